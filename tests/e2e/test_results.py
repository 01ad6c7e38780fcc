"""From the log to results: sections 5 and 8 of the contract, with one shard and with three."""
import csv
import json
import subprocess

import pytest

from contests import Events, make_contest
from harness import BIN, Stream, System, wait_until

JUDGES, CRITERIA = ("j1", "j2", "j3"), ("stage", "product")
STREAMERS = ("yx-01", "yx-02", "yz-01")


@pytest.fixture(scope="module", params=[1, 3], ids=["one-shard", "three-shards"])
def shows(request):
    """Two aggregators over the same logs; each test has a contest of its own."""
    with System([make_contest(f"results-{number}") for number in range(16)], shards=request.param, aggregators=2) as system:
        system.free = iter([f"results-{number}" for number in range(16)])
        yield system


@pytest.fixture(scope="module")
def shared(shows):
    return next(shows.free)


@pytest.fixture
def contest(shows):
    return next(shows.free)


def act(system, contest, kind, role="judge", token=None, **fields):
    """An action with an id of its own."""
    act.number = getattr(act, "number", 0) + 1
    number = f"{kind}-{act.number}"
    answer = system.act(contest, {"id": number, "type": kind, **fields}, role, token)
    assert (answer.status, answer.json) == (202, {"accepted": 1}), answer
    system.settle(contest)
    return number


def results(system, contest, role="judge", board=None):
    return system.read(contest, "/results", system.token(contest, role) if role else None, board)


def play(system, contest, events):
    """Sales of all three, one claim that nobody decides, one refund whose sale never comes; then it is closed."""
    sales = [events.paid(9000, "s-1"), events.paid(5000, "s-3"), events.paid(5000, "s-4", "orange"),
             events.paid(700, "s-2", channel="offline"), events.paid(120, "s-4")]
    more = [events.started("s-1"), events.video("yx-02"), events.sampled("viewers", 41, "s-4"),
            events.refunded(sales[0], 1000), events.refunded({"session": "s-4", "id": "never"}, 5)]
    assert system.post_events(contest, sales + more).status == 202
    act(system, contest, "close", "organiser")
    return sales, more


def mark_all(system, contest, but=()):
    for judge in JUDGES:
        for streamer in STREAMERS:
            for criterion in CRITERIA:
                if (judge, streamer, criterion) not in but:
                    points = {"stage": 31.5, "product": 52}[criterion] + JUDGES.index(judge)
                    act(system, contest, "score", judge=judge, streamer=streamer, criterion=criterion, points=points)


def blockers(answer):
    return [tuple(value for key, value in blocker.items()) for blocker in answer["blockers"]]


def test_nothing_is_published_before_the_close(shows, contest):
    assert shows.read(contest, "/results")["versions"] == []
    act(shows, contest, "publish", override=True, reason="早了")
    answer = results(shows, contest)
    assert (answer["state"], answer["final"], answer["versions"]) == ("running", False, [])
    (refusal,) = answer["refusals"]
    assert (refusal["code"], refusal["why"]) == ("not_closed", "the contest is not closed") and refusal["blocker_totals"]["contest_open"] == 1
    assert shows.get(contest, "/results/latest").status == shows.get(contest, "/results/1").status == 404
    done = cli(shows, contest, "judge", "publish", "override=true", "reason=早了")
    assert done.returncode == 1 and "no override helps" in done.stderr and "contest_open: close the contest first\n" in done.stderr


def test_what_stands_in_the_way(shows, contest):
    sales, more = play(shows, contest, Events("w"))
    left_out = ("j2", "yz-01", "stage")
    mark_all(shows, contest, but=[left_out])
    refused = act(shows, contest, "publish", reason="先试")
    expected = [("parked_refund", "yz-01", more[4]["id"]), ("pending_claim", "yx-01", sales[3]["id"]),
                ("missing_mark", "yz-01", "j2", "stage")]
    answer = results(shows, contest)
    assert answer["state"] == "ended" and answer["versions"] == []
    assert blockers(answer) == expected == blockers(answer["refusals"][0])
    assert answer["refusals"][0]["code"] == "blocked" and answer["refusals"][0]["id"] == refused and answer["refusals"][0]["type"] == "publish"
    assert answer["blocker_totals"] == {"contest_open": 0, "parked_refund": 1, "pending_claim": 1, "missing_mark": 1, "undecided_tie": 0}
    public = results(shows, contest, role=None)
    assert not {"blockers", "refusals", "counties"} & set(public)
    connector = results(shows, contest, role="connector")
    assert not {"blockers", "refusals", "counties"} & set(connector)

    act(shows, contest, "reject", streamer="yx-01", event=sales[3]["id"])
    act(shows, contest, "score", judge="j2", streamer="yz-01", criterion="stage", points=30)
    act(shows, contest, "publish", override=True, reason="退款的订单不在赛期")
    answer = results(shows, contest)
    assert (answer["state"], answer["final"]) == ("provisional", False)
    version = shows.read(contest, "/results/1")
    assert version["override"] and version["reason"] == "退款的订单不在赛期"
    assert version["set_aside"] == [{"kind": "parked_refund", "streamer": "yz-01", "event": more[4]["id"]}]
    assert answer["versions"][0]["set_aside_totals"]["parked_refund"] == 1


def test_what_a_manual_award_is_decided_by(shows, contest):
    play(shows, contest, Events("m"))
    rows = {row["id"]: row for row in results(shows, contest)["counties"]}
    youxian = rows["430223"]
    assert (youxian["entrants"], youxian["active"], youxian["sessions"], youxian["videos"]) == (2, 2, 1, 1)
    assert (youxian["net_fen"], youxian["gross_fen"], youxian["refund_rate_bp"]) == (13000, 14000, 714)
    assert (rows["431022"]["entrants"], rows["431022"]["viewers"], rows["431022"]["refund_rate_bp"]) == (1, 41, 0)


def test_from_provisional_to_final_and_an_appeal(shows, contest):
    sales, more = play(shows, contest, Events("f"))
    act(shows, contest, "award", award="organisation", winners=["431022"], reason="组织得力")
    first = act(shows, contest, "publish", override=True, reason="首次公布")
    assert act(shows, contest, "finalise", reason="自己定稿")
    answer = results(shows, contest)
    assert [(refusal["code"], refusal["why"]) for refusal in answer["refusals"]] == [
        ("same_person", "finalise needs a second person: another token than the publish")]
    assert (answer["state"], answer["final"]) == ("provisional", False)
    before = shows.get(contest, "/results/1.json")
    assert before.status == 200 and 'filename="' in before.fields["content-disposition"]
    assert before.json["awards"][1]["winners"] == [{"id": "431022", "name": "宜章县"}] and before.json["awards"][1]["decided"]

    act(shows, contest, "finalise", "organiser", reason="公示期满")
    answer = results(shows, contest, role=None)
    assert (answer["state"], answer["final"]) == ("final", True)
    assert answer["versions"][0]["finalised_reason"] == "公示期满" and answer["versions"][0]["finalised_by"].startswith("organiser ")
    for path in ("/totals", "/rankings", "/results/1", ""):
        assert shows.read(contest, path)["final"] is True, path

    act(shows, contest, "void", streamer="yx-01", event=sales[0]["id"], reason="自购")
    act(shows, contest, "publish", override=True, reason="申诉成立")
    answer = results(shows, contest, role=None)
    assert (answer["state"], answer["final"], len(answer["versions"])) == ("provisional", False, 2)
    assert [version["final"] for version in answer["versions"]] == [True, False]
    assert shows.get(contest, "/results/1.json").body == before.body, "a version does not move"
    assert shows.read(contest, "/results/1")["final"] is True
    second = shows.read(contest, "/results/latest")
    assert second["number"] == 2 and second["totals"]["net_fen"] == before.json["totals"]["net_fen"] - 8000
    assert [event["id"] for event in second["voided"]] == [sales[0]["id"]]
    assert [action["reason"] for action in second["actions"] if action["type"] == "void"] == ["自购"]
    assert first in [action["id"] for action in second["actions"]]

    audit = shows.live(contest, "/audit")["actions"]
    assert {entry["action"]["reason"]: entry["outcome"] for entry in audit if entry["action"]["type"] in ("publish", "finalise")} == {
        "首次公布": "applied", "自己定稿": "refused", "公示期满": "applied", "申诉成立": "applied"}
    lines = {number: shows.get(contest, f"/results/{number}.csv").body.decode("utf-8-sig").splitlines() for number in (1, 2)}
    assert lines[1][1] == "第 1 版 · 已被第 2 版取代" and lines[2][1] == "公示结果（尚未定稿） · 第 2 版"
    told = {row[6]: row[1] for row in csv.reader(lines[2]) if len(row) == 8}
    assert (told["自己定稿"], told["公示期满"], told["首次公布"]) == ("定稿（未生效）", "定稿", "公布")

    act(shows, contest, "reopen", "organiser")
    assert results(shows, contest, role=None)["state"] == "running"
    assert len(results(shows, contest, role=None)["versions"]) == 2, "nothing disappears"


def test_a_version_is_what_the_board_showed(shows, contest):
    play(shows, contest, Events("b"))
    mark_all(shows, contest)
    act(shows, contest, "adjust", streamer="yx-02", points=1.25, reason="加分")
    act(shows, contest, "disqualify", streamer="yz-01", reason="违规")
    act(shows, contest, "publish", override=True, reason="公布")
    version = shows.read(contest, "/results/1")
    assert version["totals"] == shows.read(contest, "/totals")["totals"]
    assert version["rankings"] == shows.read(contest, "/rankings")["rankings"]
    assert version["version"] == shows.read(contest, "/totals")["version"]
    metrics = set(shows.read(contest, "/tally?by=county")["rows"][0]) - {"county", "names"}
    for table, dimension in (("counties", "county"), ("products", "product"), ("streamers", "streamer")):
        tally = {row[dimension]: row for row in shows.read(contest, f"/tally?by={dimension}")["rows"]}
        for row in version[table]:
            for metric in metrics & set(row):
                assert row[metric] == tally[row["id"]][metric], (table, row["id"], metric)
        assert {row["id"] for row in version[table]} >= set(tally)
    assert len(version["chains"]) == shows.shards and all(len(chain["head"]) == 64 for chain in version["chains"])


def test_two_judges_publish_at_the_same_moment(shows, contest):
    play(shows, contest, Events("t"))
    fields = {"override": True}
    for number, reason in ((1, "甲"), (2, "乙")):
        assert shows.act(contest, {"id": f"at-once-{number}", "type": "publish", "reason": reason, **fields}).status == 202
    shows.settle(contest)
    versions = results(shows, contest)["versions"]
    assert [(version["number"], version["reason"]) for version in versions] == [(1, "甲"), (2, "乙")]
    assert shows.act(contest, {"id": "at-once-1", "type": "publish", "reason": "甲", **fields}).status == 202
    shows.settle(contest)
    assert len(results(shows, contest)["versions"]) == 2, "the same action again is no second version"


def test_a_version_is_public_while_the_board_is_frozen(shows, contest):
    events = Events("z")
    shows.post_events(contest, [events.paid(1000, "s-1")])
    act(shows, contest, "freeze", "organiser")
    shows.post_events(contest, [events.paid(2000, "s-3")])
    act(shows, contest, "close", "organiser")
    act(shows, contest, "publish", override=True, reason="揭榜")
    assert shows.read(contest, "/totals")["totals"]["net_fen"] == 1000
    assert shows.read(contest, "/totals")["state"] == "provisional"
    assert shows.read(contest, "/results/latest")["totals"]["net_fen"] == 3000
    act(shows, contest, "thaw", "organiser")
    wait_until(lambda: shows.read(contest, "/totals")["totals"]["net_fen"] == 3000, "the public figures to follow")


def test_the_same_bytes_from_every_aggregator_and_after_a_restart(shows, contest):
    play(shows, contest, Events("r"))
    act(shows, contest, "publish", override=True, reason="公布")
    one, other = shows.aggregators
    shows.settle(contest, other)
    paths = ["/results/1.json", "/results/1", "/results"]
    before = {path: shows.get(contest, path, board=one).body for path in paths}
    assert {path: shows.get(contest, path, board=other).body for path in paths} == before
    other.kill()
    other.start()
    shows.wait_shown(contest, other)
    shows.settle(contest, other)
    assert {path: shows.get(contest, path, board=other).body for path in paths} == before


def test_there_is_no_other_version(shows, contest):
    play(shows, contest, Events("n"))
    act(shows, contest, "publish", override=True, reason="公布")
    for name in ("0", "2", "01", "1.", "1.exe", "-1", "latest.", "1.json.json", "999999999999", "%2e"):
        answer = shows.get(contest, f"/results/{name}")
        assert (answer.status, answer.code) == (404, "not_found"), (name, answer)
    assert shows.get(contest, "/results/latest.json").body == shows.get(contest, "/results/1.json").body


def test_the_live_stream_says_that_it_is_final(shows, contest):
    play(shows, contest, Events("l"))
    stream = Stream(shows.board.port, f"/v1/contests/{contest}/live")
    try:
        stream.next()
        for kind, role, state, final in (("publish", "judge", "provisional", False), ("finalise", "organiser", "final", True)):
            act(shows, contest, kind, role, reason="公布", **({"override": True} if kind == "publish" else {}))
            wait_until(lambda state=state, final=final: (lambda body: (body["state"], body["final"]) == (state, final))(stream.next()[2]), state)
    finally:
        stream.close()


# --- The command line ---


def cli(system, contest, role, *words):
    """bochuang act, with its exit code."""
    return subprocess.run([str(BIN / "bochuang"), "act", "--contest", contest, "--ingest", f"http://127.0.0.1:{system.ingest.port}",
                           "--board", f"http://127.0.0.1:{system.board.port}", "--token", system.token(contest, role), *words],
                          capture_output=True, text=True, check=False, timeout=60)


def test_publish_from_the_command_line(shows, contest):
    sales, more = play(shows, contest, Events("c"))
    done = cli(shows, contest, "judge", "publish", "reason=先试")
    assert done.returncode == 1 and "not sent" in done.stderr and done.stdout == ""
    assert ": 1 parked_refund, 1 pending_claim, 18 missing_mark\n" in done.stderr, "all kinds, though the list is cut"
    assert f"parked_refund: streamer yz-01 event {more[4]['id']}" in done.stderr and f"pending_claim: streamer yx-01 event {sales[3]['id']}" in done.stderr
    assert results(shows, contest)["refusals"] == [], "it was not sent"
    done = cli(shows, contest, "judge", "publish", "override=true", "reason=评委会决定", "-j")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["version"], said["final"]) == (1, False)
    assert results(shows, contest)["versions"][0]["action"] == said["id"]
    done = cli(shows, contest, "judge", "finalise", "reason=自己定稿")
    assert done.returncode == 1 and "second person" in done.stderr
    done = cli(shows, contest, "organiser", "finalise", "reason=公示期满")
    assert done.returncode == 0 and "version 1 is final" in done.stdout, done
    done = cli(shows, contest, "organiser", "finalise", "reason=再来一次")
    assert done.returncode == 1 and "final already" in done.stderr


def test_an_open_contest_is_not_published_from_the_command_line(shows, contest):
    done = cli(shows, contest, "judge", "publish", "override=true", "reason=早了")
    assert done.returncode == 1 and "contest_open" in done.stderr and "no override helps" in done.stderr
    assert cli(shows, contest, "organiser", "close").returncode == 0
    assert cli(shows, contest, "judge", "publish", "override=true", "reason=好了").returncode == 0, "right after the close"


# --- Who may win ---


@pytest.mark.parametrize("award, winners, good", [
    ("first", ["yx-01"], True), ("first", ["430223"], False), ("first", ["nobody"], False), ("first", [], False),
    ("first", ["yx-01", "yx-01"], False), ("organisation", ["431022", "yx-01", "tofu"], True), ("organisation", ["nobody"], False), ("none", ["yx-01"], False)])
def test_an_award_names_those_who_can_win_it(shows, shared, award, winners, good):
    answer = shows.act(shared, {"id": f"w-{award}-{len(winners)}-{good}-{''.join(winners)}"[:64], "type": "award", "award": award, "winners": winners, "reason": "试"})
    assert answer.status == (202 if good else 422), answer
    if not good:
        assert answer.json["errors"][0]["field"] in ("winners", "award")


def test_a_finalise_means_the_version_that_was_looked_at(shows, contest):
    """Published again a moment before: the organiser has seen the first version, not the second."""
    play(shows, contest, Events("v"))
    for reason in ("甲", "乙"):
        act(shows, contest, "publish", override=True, reason=reason)
    done = cli(shows, contest, "organiser", "finalise", "version=1", "reason=看过第一版")
    assert done.returncode == 1 and "another one" in done.stderr
    assert results(shows, contest)["final"] is False
    assert cli(shows, contest, "organiser", "finalise", "version=2", "reason=看过第二版").returncode == 0
    for wrong in (0, -1, "1", 1.5, 10**12):
        answer = shows.act(contest, {"id": "wrong", "type": "finalise", "version": wrong, "reason": "试"}, "organiser")
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "version"), (wrong, answer)
