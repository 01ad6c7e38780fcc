"""One life of a contest, by the server's clock and with several daemons on each side: every state once, in order."""
import time

import pytest

from contests import Events, make_contest, rfc3339
from harness import Daemon, System, free_port, wait_until

CONTEST = "life"
ORDER = ["scheduled", "running", "frozen", "ended", "provisional", "final"]


def make_soon(opens, pace):
    contest = make_contest(CONTEST, opens_ms=opens, awards=[], panel={"judges": ["j1"], "criteria": [{"id": "stage", "name": "表现", "max": 40}]},
                           rankings=[{"id": "counties", "name": "县域销售榜", "of": "county", "by": "net_fen"}])
    closes = rfc3339(opens + 2 * pace)
    sessions = [{**session, "starts": rfc3339(opens), "ends": closes} for session in contest["sessions"]]
    return {**contest, "closes": closes, "freezes": rfc3339(opens + pace), "refunds_until": rfc3339(opens + 3600_000), "sessions": sessions}


@pytest.fixture(params=[1, 3], ids=["one-shard", "three-shards"])
def soon(request):
    """Two ingests and two aggregators over the same logs."""
    with System([make_contest("first")], shards=request.param, aggregators=2) as system:
        pace = system.pace_ms()
        system.add_contest(make_soon(int(time.time() * 1000) + 2 * pace, pace))
        again = Daemon("ingest-2", system.folder, free_port(), *system.ingest.command[3:])
        system.own(again).start()
        system.second = again
        for role in ("connector", "judge", "organiser"):
            system.token(CONTEST, role)
        yield system
        assert again.stop() == 0


def test_every_state_once_and_in_order(soon):
    seen = {board: [] for board in soon.aggregators}

    def reach(state):
        """True once both boards have said so; notes every other state that they say on the way."""
        for board in soon.aggregators:
            for path in ("/totals", "/results", ""):
                body = soon.read(CONTEST, path, board=board)
                assert body["final"] == (body["state"] == "final")
                if not seen[board] or seen[board][-1] != body["state"]:
                    seen[board].append(body["state"])
        return all(states[-1] == state for states in seen.values())

    reach("scheduled")
    wait_until(lambda: reach("running"), "the opening")
    sale = Events("l", opens_ms=int(time.time() * 1000) - 60_000).paid(4200)
    assert soon.post_events(CONTEST, [sale]).status == 202
    wait_until(lambda: reach("frozen"), "the scheduled freeze")
    wait_until(lambda: reach("ended"), "the scheduled close")
    for daemon in (soon.ingest, soon.second):
        wait_until(lambda daemon=daemon: daemon.ask("POST", f"/v1/contests/{CONTEST}/events", b"[]", soon.token(CONTEST, "connector"),
                                                    Content_Type="application/json").status == 409, "both doors to be closed")
    soon.must_act(CONTEST, {"id": "p", "type": "publish", "reason": "无异议"})
    wait_until(lambda: reach("provisional"), "the publish")
    soon.must_act(CONTEST, {"id": "f", "type": "finalise", "reason": "公示期满"}, "organiser")
    wait_until(lambda: reach("final"), "the finalise")
    for states in seen.values():
        assert states == ORDER[-len(states):] and len(states) >= 5, states
    said = [(entry["action"]["type"], entry["outcome"]) for entry in soon.live(CONTEST, "/audit")["actions"]]
    assert [kind for kind, outcome in said if outcome == "applied"] == ["freeze", "close", "publish", "finalise"], said
    assert {outcome for _, outcome in said} <= {"applied", "duplicate"}
    version = soon.read(CONTEST, "/results/1")
    assert version["totals"]["net_fen"] == 4200, "what the freeze hides is in what a judge published"
    assert [action["who"] for action in version["actions"]][:2] == ["schedule", "schedule"]
