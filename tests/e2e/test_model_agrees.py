"""Random contests through the daemons, with kills on the way: the board says what the naive fold says of the log.

What was posted comes from tests/model/generate.py; what became of it is read back from Redis, entry by entry, and
folded by tests/model/fold.py, which shares no code with the daemons.
"""
import http.client
import io
import json
import random
import sys

import msgpack
import pytest

from contests import rfc3339
from harness import ROOT, System, wait_until
from result_files import read_csv

sys.path.insert(0, str(ROOT / "tests/model"))
from fold import WHOLE, fold  # noqa: E402
from generate import make_log  # noqa: E402

SEEDS = range(2000, 2012)
LENGTH = 260
TYPES = ["order.paid", "order.refunded", "order.cancelled", "session.started", "session.ended", "video.published", "metric.sampled"]
FIELDS = {"order.paid": ["product", "quantity", "amount_fen", "channel"], "order.refunded": ["of", "amount_fen"],
          "order.cancelled": ["of"], "metric.sampled": ["metric", "value"]}
NAMES = {"channel": ["online", "offline"], "metric": ["viewers", "likes", "followers", "comments"]}


def contest_of(seed):
    return f"random-{seed}"


# --- The log, read back (common/wire.h has the layout) ---


def read_event(packed):
    kind = TYPES[packed[0]]
    event = {"type": kind, "id": packed[1], "time": rfc3339(packed[2]),
             "streamer" if kind == "video.published" else "session": packed[3]}
    for name, value in zip(FIELDS.get(kind, []), packed[4:], strict=True):
        event[name] = NAMES[name][value] if name in NAMES else value
    return event


def read_log(system, contest):
    for number, fields in system.redis.client.xrange(f"bochuang:{{{contest}/0}}:log"):
        ms = int(number.split(b"-")[0])
        assert len(fields.pop(b"h")) == 8  # the entry's sum
        ((kind, payload),) = fields.items()
        if kind == b"c":
            yield {"contest": json.loads(payload), "ms": ms}
        elif kind == b"a":
            action = json.loads(payload)
            if "points_milli" in action:
                action["points"] = action["points_milli"] / 1000
            yield {"action": action, "ms": ms}
        else:
            assert kind == b"e"
            for packed in msgpack.Unpacker(io.BytesIO(payload)):
                yield {"event": read_event(packed), "ms": ms}


# --- Posting ---


def post(system, contest, entry):
    """Until it is answered; what ingest rejects does not get into the log, so any answer but 503 will do."""
    def answered():
        try:
            if "event" in entry:
                answer = system.post_events(contest, [entry["event"]], "json")
            else:
                action = entry["action"]
                answer = system.act(contest, action, "organiser" if action["type"] in ("close", "reopen", "register") else "judge")
        except (OSError, http.client.HTTPException):
            return False
        assert answer.status in (202, 422, 409, 404, 503), (entry, answer)
        return answer.status not in (404, 503)
    wait_until(answered, "an answer")


def trouble(system, chance):
    """Now and then something dies."""
    if chance < 0.004:
        system.ingest.kill()
        system.ingest.start(wait=False)
    elif chance < 0.006:
        system.redis.kill()
        system.redis.start()
    elif chance < 0.01:
        system.board.kill()
        system.board.start(wait=False)


@pytest.fixture(scope="module")
def played():
    """One system, a contest for each seed, all posted."""
    logs = {seed: make_log(seed, LENGTH) for seed in SEEDS}
    contests = [{**log[0]["contest"], "contest": contest_of(seed)} for seed, log in logs.items()]
    with System(contests) as system:
        for seed in SEEDS:
            for role in ("connector", "organiser", "judge"):
                system.token(contest_of(seed), role)
        dice = random.Random(1)
        for seed, log in logs.items():
            for entry in log:
                if "contest" not in entry:
                    trouble(system, dice.random())
                    post(system, contest_of(seed), entry)
        system.board.wait_ready()
        for seed in SEEDS:
            system.settle(contest_of(seed))
        yield system


def compare(got, expected, where):
    """All that the model says must be there; what else the board says is not its business."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if name in WHOLE and name not in got and value == 0:
                continue  # a product has no sessions: the model says 0, the board nothing
            assert name in got, f"{where}: no {name}"
            compare(got[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(got) == len(expected), where
        for number, (one, other) in enumerate(zip(got, expected)):
            compare(one, other, f"{where}[{number}]")
    else:
        assert (got or 0 if where.endswith("reached_at_ms") else got) == expected, where


@pytest.mark.parametrize("seed", SEEDS)
def test_the_board_says_what_the_model_says(played, seed):
    contest = contest_of(seed)
    folded = fold(list(read_log(played, contest)))
    assert folded["unreadable"] == 0, "ingest lets nothing in that cannot be folded"
    for name, read in (("live", played.live), ("public", played.read)):
        view = folded[name]
        compare(read(contest, "/totals")["totals"], view.totals(), f"{name} totals")
        for by in ("county,product", "session,channel", "streamer", "city", "origin,category", "division,platform"):
            compare(read(contest, f"/tally?by={by}")["rows"], view.tally(by.split(",")), f"{name} {by}")
        rankings = {ranking["id"]: ranking["rows"] for ranking in read(contest, "/rankings")["rankings"]}
        compare(rankings, view.rankings(), f"{name} rankings")
        compare(read(contest, "/series?bucket_s=3600&by=county")["rows"], view.series(3600, ["county"]), f"{name} series")
    for key, expected in folded["receipts"].items():
        compare(played.receipt(contest, *key.split("/", 1)).json, expected, key)


def test_the_logs_are_worth_comparing(played):
    """Actions, refusals, duplicates, conflicts and freezes did get into these logs."""
    sums, states = {}, set()
    for seed in SEEDS:
        body = played.live(contest_of(seed), "/totals")
        states.add(body["state"])
        for name, value in body["totals"].items():
            sums[name] = sums.get(name, 0) + (value or 0)
    for name in ("orders", "refunded_fen", "duplicates", "conflicts", "refused", "parked", "pending", "voided", "videos"):
        assert sums[name] > 0, name
    assert len(states) > 1, states


@pytest.mark.parametrize("seed", SEEDS)
def test_a_published_version_says_what_the_model_says(played, seed):
    """With marks, adjustments, disqualifications, voids and freezes in these logs: the JSON and the CSV of a version."""
    contest = contest_of(seed)
    for number, (role, action) in enumerate([("organiser", {"type": "close"}), ("judge", {"type": "publish", "override": True, "reason": "核对"})]):
        answer = played.act(contest, {"id": f"end-{number}", **action}, role)
        assert answer.status == 202, answer
    played.settle(contest)
    view = fold(list(read_log(played, contest)))["live"]
    version = json.loads(played.get(contest, "/results/1.json").body)
    compare(version["totals"], view.totals(), "totals")
    rankings = {ranking["id"]: ranking["rows"] for ranking in version["rankings"]}
    compare(rankings, view.rankings(), "rankings")
    tables = read_csv(played.get(contest, "/results/1.csv").body)
    for ranking in version["rankings"]:
        rows = tables[ranking["name"]][1:]
        expected = view.rankings()[ranking["id"]]
        assert [(int(row[0]), row[-1]) for row in rows] == [(row["rank"], row["id"]) for row in expected], ranking["id"]
