"""The case vectors through the daemons: posted in order over HTTP, then every figure is compared.

Each vector runs in each form of a body, in one shard and in three. What stands between two actions goes in one
request (or many, for single JSON objects), and the next thing is only sent when that is acknowledged: so the log's
order is the vector's.
"""
import json

import pytest

from harness import ROOT, Connection, System, bearer, encode, CONTENT_TYPES
from result_files import read_csv, read_html, read_xlsx

VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests/vectors").glob("fold-*.json"))}
FORMS = ["json", "array", "ndjson", "msgpack"]


def contest_of(name, form):
    return f"{name}-{form}"


@pytest.fixture(scope="module", params=[1, 3], ids=["one-shard", "three-shards"])
def played(request):
    """A system with one contest for each vector and form."""
    contests = [{**vector["contest"], "contest": contest_of(name, form)} for name, vector in VECTORS.items() for form in FORMS]
    with System(contests, shards=request.param) as system:
        yield system


def batches(log):
    """Runs of events, and single actions, in order."""
    run = []
    for entry in log:
        if "event" in entry:
            run.append(entry["event"])
            continue
        if run:
            yield "events", run
            run = []
        yield "action", entry["action"]
    if run:
        yield "events", run


def post_all(system, contest, log, form):
    connection = Connection(system.ingest.port)
    connector, judge = (bearer(system.token(contest, role)) for role in ("connector", "judge"))
    path = f"/v1/contests/{contest}"
    for kind, what in batches(log):
        if kind == "action":
            answer = connection.ask("POST", f"{path}/actions", json.dumps(what).encode(), Authorization=judge, Content_Type="application/json")
            assert answer.status == 202, (what, answer)
            continue
        for part in [[event] for event in what] if form == "json" else [what]:
            answer = connection.ask("POST", f"{path}/events", encode(part, form), Authorization=connector, Content_Type=CONTENT_TYPES[form])
            assert (answer.status, answer.json) == (202, {"accepted": len(part), "rejected": 0, "errors": []}), answer
    connection.close()


def compare_rankings(got, expected):
    assert [ranking["id"] for ranking in got] == list(expected)
    for ranking in got:
        rows = [{"rank": row["rank"], "id": row["id"], "net_fen": row["metrics"]["net_fen"], "orders": row["metrics"]["orders"],
                 **({"points_milli": row["points_milli"]} if "points_milli" in row else {})} for row in ranking["rows"]]
        assert rows == expected[ranking["id"]], ranking["id"]
        ranks = [row["rank"] for row in ranking["rows"]]
        assert [row["tied"] for row in ranking["rows"]] == [ranks.count(rank) > 1 for rank in ranks]


def compare_view(read, expected):
    totals = read("/totals")["totals"]
    assert {name: totals[name] for name in expected["totals"]} == expected["totals"]
    for by, rows in expected["tally"].items():
        got = read(f"/tally?by={by}")["rows"]
        assert [{name: row[name] for name in rows[0]} for row in got] == rows, by
    compare_rankings(read("/rankings")["rankings"], expected["rankings"])


def compare_receipts(system, contest, expected):
    connection, judge = Connection(system.board.port), bearer(system.token(contest, "judge"))
    for key, what in expected.items():
        answer = connection.ask("GET", f"/v1/contests/{contest}/receipts/{key}", Authorization=judge)
        assert answer.status == 200, (key, answer)
        assert {name: answer.json[name] for name in what} == what, key
    connection.close()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VECTORS)
def test_vector(played, name, form):
    contest, vector = contest_of(name, form), VECTORS[name]
    post_all(played, contest, vector["log"], form)
    played.settle(contest)
    compare_view(lambda path: played.live(contest, path), vector["expected"])
    compare_view(lambda path: played.read(contest, path), vector["expected"])
    compare_receipts(played, contest, vector["expected"]["receipts"])


@pytest.mark.parametrize("name", VECTORS)
def test_forms_agree_to_the_byte(played, name):
    """However it was sent, the board says the same, but for the contest's id and the log's positions."""
    def tally(form):
        contest = contest_of(name, form)
        return played.read(contest, "/tally?by=session,product,channel")["rows"]

    def without_times(rows):
        return [{key: value for key, value in row.items() if key != "reached_at_ms"} for row in rows]

    first = without_times(tally(FORMS[0]))
    assert first, "test_vector comes first and posts the events"
    for form in FORMS[1:]:
        assert without_times(tally(form)) == first


@pytest.mark.parametrize("name", VECTORS)
def test_a_version_has_the_same_rankings(played, name):
    """Published, each vector's rankings stand in the version and in its files as they stood on the board."""
    contest, vector = contest_of(name, FORMS[0]), VECTORS[name]
    for number, (role, action) in enumerate([("organiser", {"type": "close"}), ("judge", {"type": "publish", "override": True, "reason": "核对"})]):
        played.must_act(contest, {"id": f"end-{number}", **action}, role)
    played.settle(contest)
    version = played.read(contest, "/results/1")
    compare_rankings(version["rankings"], vector["expected"]["rankings"])
    assert {key: version["totals"][key] for key in vector["expected"]["totals"]} == vector["expected"]["totals"]
    tables, sheets = read_csv(played.get(contest, "/results/1.csv").body), read_xlsx(played.get(contest, "/results/1.xlsx").body)
    page = read_html(played.get(contest, "/results/1.html").body)
    for ranking in version["rankings"]:
        expected = [(row["rank"], row["id"]) for row in vector["expected"]["rankings"][ranking["id"]]]
        assert [(int(row[0]), row[-1]) for row in tables[ranking["name"]][1:]] == expected
        rows = sheets[ranking["name"]][1:]
        assert rows.pop()[0].startswith("按"), "below them, what the order follows from"
        assert [(int(row[0]), row[-1]) for row in rows] == expected
        assert [int(row[0]) for row in page[f"ranking-{ranking['id']}"][1:]] == [rank for rank, _ in expected]
