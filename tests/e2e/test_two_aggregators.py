"""Several aggregators over one log say the same, to the byte."""
import pytest

from contests import make_contest
from harness import Stream, System, wait_until
from producers import Load

CONTEST = "twins"
PATHS = ["/totals", "/rankings", "/rankings/streamers", "/tally?by=session,product,channel", "/tally?by=county", "/series", "/audit", "/receipts/yx-01?limit=1000", "/sales"]


@pytest.fixture(params=[1, 3], ids=["one-shard", "three-shards"])
def twins(request):
    with System([make_contest(CONTEST)], shards=request.param, aggregators=2) as system:
        yield system


def answers(system, board):
    token = system.token(CONTEST, "judge")
    got = {}
    for path in PATHS:
        for view in ("public", "live"):
            answer = system.get(CONTEST, f"{path}{'&' if '?' in path else '?'}view={view}", token, board)
            assert answer.status == 200, answer
            got[path, view] = answer.body
    return got


def test_the_same_bytes(twins, events):
    """While it runs, frozen, thawed; and from an aggregator that comes late and one that was killed."""
    with Load(twins, CONTEST) as load:
        wait_until(lambda: load.acknowledged_count > 200, "some events", 40)
        twins.must_act(CONTEST, {"id": "f", "type": "freeze"}, "organiser")
        twins.must_act(CONTEST, {"id": "s", "type": "score", "judge": "j1", "streamer": "yx-02", "criterion": "stage", "points": 12.345})
        goal = load.acknowledged_count + 200
        wait_until(lambda: load.acknowledged_count > goal, "more events", 40)
    first, second = twins.aggregators
    for board in (first, second):
        twins.settle(CONTEST, board)
    one, other = answers(twins, first), answers(twins, second)
    for key, body in one.items():
        assert other[key] == body, key
    assert one["/totals", "public"] != one["/totals", "live"], "it is frozen"

    twins.must_act(CONTEST, {"id": "t", "type": "thaw"}, "organiser")
    second.kill()
    second.start()
    twins.wait_shown(CONTEST, second)
    for board in (first, second):
        twins.settle(CONTEST, board)
    one, other = answers(twins, first), answers(twins, second)
    for key, body in one.items():
        assert other[key] == body, key
    expected, _ = load.expected()
    totals = twins.totals(CONTEST, second)
    assert {name: totals[name] for name in expected} == expected


def test_a_stream_resumes_at_another_aggregator(twins, events):
    twins.post_events(CONTEST, [events.paid(5)])
    for board in twins.aggregators:
        twins.settle(CONTEST, board)
    here = Stream(twins.aggregators[0].port, f"/v1/contests/{CONTEST}/live")
    _, number, body = here.next()
    here.close()
    there = Stream(twins.aggregators[1].port, f"/v1/contests/{CONTEST}/live", last_id=number)
    twins.post_events(CONTEST, [events.paid(6)])
    kind, _, later = there.next()
    there.close()
    assert (body["totals"]["net_fen"], kind, later["totals"]["net_fen"]) == (5, "update", 11)
