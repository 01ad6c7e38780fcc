"""What must not get lost when something dies: producers go on and try again; then every figure is right.

Each test has its own system. The expectation is a sum over what was acknowledged, worked out by the test itself.
"""
import signal
import socket
import time

import pytest

from contests import make_contest
from harness import Stream, System, encode, wait_until
from producers import Load

CONTEST = "faults"


@pytest.fixture(params=[1, 3], ids=["one-shard", "three-shards"])
def own(request):
    with System([make_contest(CONTEST)], shards=request.param) as system:
        yield system


@pytest.fixture
def own_one():
    with System([make_contest(CONTEST)]) as system:
        yield system


def check_figures(system, load):
    expected, by_streamer = load.expected()
    totals = system.totals(CONTEST)
    assert {name: totals[name] for name in expected} == expected
    assert (totals["conflicts"], totals["refused"], totals["parked"]) == (0, 0, 0)
    rows = system.live(CONTEST, "/tally?by=streamer")["rows"]
    assert {row["streamer"]: row["net_fen"] for row in rows} == by_streamer
    series = system.live(CONTEST, "/series?bucket_s=60")["rows"]
    assert sum(row["net_fen"] for row in series) == expected["net_fen"]


def let_it_run(load, more=1000):
    """Until so many more events are acknowledged."""
    goal = load.acknowledged_count + more
    wait_until(lambda: load.acknowledged_count >= goal or any(p.failure for p in load.producers), f"{more} more events", 40)


def test_kill_9_of_ingest(own):
    with Load(own, CONTEST) as load:
        for _ in range(6):
            let_it_run(load)
            own.ingest.kill()
            own.ingest.start(wait=False)
            own.ingest.wait_ready()
        let_it_run(load)
    check_figures(own, load)


def test_kill_9_of_the_aggregator(own):
    with Load(own, CONTEST) as load:
        for _ in range(6):
            let_it_run(load)
            own.board.kill()
            own.board.start()
            own.wait_shown(CONTEST)
        let_it_run(load)
    assert not load.refusals, "ingest does not need the aggregator"
    check_figures(own, load)


def test_kill_9_of_redis(own):
    with Load(own, CONTEST) as load:
        for _ in range(6):
            let_it_run(load)
            own.redis.kill()
            own.redis.start()
        let_it_run(load)
    check_figures(own, load)


def test_kill_9_of_everything_at_once(own):
    with Load(own, CONTEST) as load:
        let_it_run(load)
        for process in (own.redis, own.ingest, own.board):
            process.signal(signal.SIGKILL)
        for process in (own.redis, own.ingest, own.board):
            process.wait()
        own.redis.start()
        own.ingest.start()
        own.board.start()
        let_it_run(load)
    check_figures(own, load)


def test_actions_survive_kills(own):
    """Each action is retried until it is acknowledged; it then holds in every shard, once."""
    judge = own.token(CONTEST, "judge")
    for number in range(12):
        action = {"id": f"adj-{number}", "type": "adjust", "streamer": ["yx-01", "yx-02", "yz-01"][number % 3], "points": 1, "reason": "测试"}
        if number % 4 == 1:
            own.ingest.kill()
            own.ingest.start(wait=False)
        if number % 4 == 3:
            own.redis.kill()
            own.redis.start()

        def accepted(action=action):
            try:
                answer = own.act(CONTEST, action, token=judge)
            except OSError:
                return False
            assert answer.status in (202, 503, 404), answer
            return answer.status == 202
        wait_until(accepted, "an action to be acknowledged")
    own.settle(CONTEST)
    rows = own.live(CONTEST, "/rankings/streamers")["rows"]
    assert {row["id"]: row["points_milli"] for row in rows} == {"yx-01": 4000, "yx-02": 4000, "yz-01": 4000}
    applied = [entry["action"]["id"] for entry in own.live(CONTEST, "/audit")["actions"] if entry["outcome"] == "applied"]
    assert applied == [f"adj-{number}" for number in range(12)]


def test_sigterm_under_load_fails_no_acknowledged_request(own_one):
    """What was read is answered before the end, the exit is 0, and whoever comes later is sent away cleanly."""
    with Load(own_one, CONTEST) as load:
        for _ in range(6):
            let_it_run(load)
            assert own_one.ingest.stop() == 0
            own_one.ingest.start()
        let_it_run(load)
    check_figures(own_one, load)


def test_sigterm_answers_what_was_read(own_one):
    """Redis stands still, requests wait for their fsync, SIGTERM comes: they are answered, truthfully."""
    token = own_one.token(CONTEST, "connector")
    body = encode([{"id": "last", "type": "order.paid", "time": "2021-11-26T19:00:00+08:00", "session": "s-1",
                    "product": "tofu", "quantity": 1, "amount_fen": 777}], "json")
    own_one.redis.signal(signal.SIGSTOP)
    with socket.create_connection(("127.0.0.1", own_one.ingest.port), timeout=20) as line:
        line.sendall((f"POST /v1/contests/{CONTEST}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                      f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
        waiting = 'bochuang_ingest_commits_in_flight 1'
        wait_until(lambda: waiting in own_one.ingest.ask("GET", "/metrics").body.decode(), "the append to be under way")
        own_one.ingest.signal(signal.SIGTERM)
        own_one.redis.signal(signal.SIGCONT)
        got = b""
        while more := line.recv(4096):
            got += more
    assert got.startswith(b"HTTP/1.1 202 "), got
    assert own_one.ingest.wait() == 0
    own_one.ingest.start()
    assert own_one.totals(CONTEST)["net_fen"] == 777


def test_sigterm_of_the_aggregator_ends_streams_and_exits_0(own_one):
    live = Stream(own_one.board.port, f"/v1/contests/{CONTEST}/live")
    live.next()
    assert own_one.board.stop() == 0
    assert list(live.messages()) == []
    live.close()
    own_one.board.start()


def test_restart_on_the_same_folder(own, events):
    sale = events.paid(1000)
    own.post_events(CONTEST, [sale, events.refunded(sale, 1), events.paid(500, session="s-4"), events.video()])
    own.must_act(CONTEST, {"id": "a", "type": "adjust", "streamer": "yz-01", "points": 3, "reason": "加分"})
    own.settle(CONTEST)
    paths = ["/totals", "/rankings", "/tally?by=session,product,channel", "/series", "/audit"]
    before = {path: own.live(CONTEST, path) for path in paths}
    for process in (own.ingest, own.board):
        assert process.stop() == 0
    own.redis.stop()
    own.redis.start()
    own.ingest.start()
    own.board.start()
    own.wait_shown(CONTEST)
    after = {path: own.live(CONTEST, path) for path in paths}
    for path in paths:  # a restart may load the contest's document again: the version moves, the figures do not
        for body in (before[path], after[path]):
            del body["version"], body["as_of_ms"]
        assert after[path] == before[path], path
    assert own.post_events(CONTEST, [sale]).status == 202, "the same tokens hold"
    assert own.totals(CONTEST)["duplicates"] == 1


# --- Redis away, or full ---


def test_redis_stopped_then_back(events):
    with System([make_contest(CONTEST)], ingest_flags=("--commit-timeout-ms", "500")) as own:
        assert own.post_events(CONTEST, [events.paid(100)]).status == 202
        own.settle(CONTEST)
        own.redis.signal(signal.SIGSTOP)
        sale = events.paid(50)
        answer = own.post_events(CONTEST, [sale])
        assert (answer.status, answer.code) == (503, "unavailable"), answer
        assert int(answer.fields["retry-after"]) >= 1
        wait_until(lambda: own.ingest.ask("GET", "/readyz").status == 503, "ingest to say that it is not ready")
        assert own.ingest.ask("GET", "/healthz").status == 200
        took = []
        for _ in range(5):
            began = time.monotonic()
            assert own.post_events(CONTEST, [sale]).status == 503
            took.append(time.monotonic() - began)
        assert min(took) < 0.5, "nobody waits for a Redis that is known to be away"
        assert own.read(CONTEST, "/totals")["totals"]["net_fen"] == 100, "the board still shows what it has"
        own.redis.signal(signal.SIGCONT)
        wait_until(lambda: own.post_events(CONTEST, [sale]).status == 202, "ingest to take events again")
        wait_until(own.board.is_ready, "the board to be ready again")
        assert own.totals(CONTEST)["net_fen"] == 150, "in doubt, sent again, counted once"


def test_redis_dead_then_back(events):
    with System([make_contest(CONTEST)]) as own:
        assert own.post_events(CONTEST, [events.paid(100)]).status == 202
        own.redis.kill()
        answer = wait_until(lambda: own.post_events(CONTEST, [events.paid(1)]), "an answer")
        assert (answer.status, answer.code) == (503, "unavailable")
        wait_until(lambda: own.board.ask("GET", "/readyz").status == 503, "the board to say so")
        own.redis.start()
        wait_until(lambda: own.post_events(CONTEST, [events.paid(50)]).status == 202, "ingest to take events again")
        assert own.totals(CONTEST)["net_fen"] >= 150


def test_redis_full(events):
    """maxmemory is reached: 503 for events, never a lie; with room again all goes on."""
    with System([make_contest(CONTEST)]) as own:
        assert own.post_events(CONTEST, [events.paid(100)]).status == 202
        own.token(CONTEST, "judge")
        own.redis.client.config_set("maxmemory", "1mb")
        sale = events.paid(7)
        answer = own.post_events(CONTEST, [sale])
        assert (answer.status, answer.code) == (503, "unavailable"), answer
        assert "retry-after" in answer.fields
        answer = own.act(CONTEST, {"id": "x", "type": "adjust", "streamer": "yx-01", "points": 1, "reason": "满"})
        assert answer.status == 503
        own.redis.client.config_set("maxmemory", "0")
        wait_until(lambda: own.post_events(CONTEST, [sale]).status == 202, "room again")
        wait_until(lambda: own.act(CONTEST, {"id": "x", "type": "adjust", "streamer": "yx-01", "points": 1, "reason": "满"}).status == 202, "actions again")
        totals = own.totals(CONTEST)
        assert (totals["net_fen"], totals["orders"]) == (107, 2)
        assert own.live(CONTEST, "/rankings/streamers")["rows"][0]["adjusted_milli"] == 1000


def test_a_redis_that_may_lose_events_is_refused():
    """Without appendfsync always ingest does not take events, and says why."""
    with System([make_contest(CONTEST)]) as own:
        own.ingest.stop()
        own.redis.client.config_set("appendfsync", "everysec")
        own.ingest.start(wait=False)

        wait_until(lambda: "set \"appendfsync always\"" in own.ingest.said(), "ingest to say what is wrong")
        answer = own.ingest.ask("GET", "/readyz")
        assert answer.status == 503 and answer.json["reason"] and answer.fields["retry-after"] == "1", answer
        assert own.post_events(CONTEST, []).status == 503
        own.redis.client.config_set("appendfsync", "always")
        own.ingest.wait_ready()


# --- Clients that do wrong ---


def test_slow_and_silent_clients_are_closed(events):
    flags = ("--head-ms", "300", "--idle-ms", "400", "--body-ms", "300")
    with System([make_contest(CONTEST)], ingest_flags=flags) as own:
        sent = [b"", b"POST /v1/con", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                f"POST /v1/contests/{CONTEST}/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc".encode()]
        for start in sent:
            with socket.create_connection(("127.0.0.1", own.ingest.port), timeout=20) as line:
                line.sendall(start)
                began = time.monotonic()
                while line.recv(4096):
                    pass
                assert time.monotonic() - began < 9, f"{start}: before the default time would be over"
        assert own.post_events(CONTEST, [events.paid(1)]).status == 202


def test_too_many_connections_close_the_oldest_idle_one(events):
    with System([make_contest(CONTEST)], ingest_flags=("--connection-limit", "20")) as own:
        own.token(CONTEST, "connector")
        lines = [socket.create_connection(("127.0.0.1", own.ingest.port), timeout=20) for _ in range(40)]
        assert own.post_events(CONTEST, [events.paid(1)]).status == 202, "there is room for who has something to say"
        assert lines[0].recv(1) == b"", "the oldest one was closed"
        for line in lines:
            line.close()


def test_clients_that_leave_before_their_answer(own, events):
    token = own.token(CONTEST, "connector")
    for number in range(60):
        body = encode([events.paid(10, session=f"s-{number % 4 + 1}")], "json")
        with socket.create_connection(("127.0.0.1", own.ingest.port), timeout=20) as line:
            line.sendall((f"POST /v1/contests/{CONTEST}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                          f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
    assert own.post_events(CONTEST, [events.paid(10)]).status == 202
    assert 10 <= own.totals(CONTEST)["net_fen"] <= 610
    assert own.totals(CONTEST)["net_fen"] % 10 == 0
