"""Clients by the thousand: more than may be connected, more than there are descriptors for, and those that die."""
import random
import resource
import socket
import struct
import time

import pytest

import invariants
from contests import OPENS_MS, make_contest, rfc3339
from extent import extent, report
from harness import Connection, Stream, System, ask, bearer, encode, wait_until
from producers import Load

CONTEST = "crowds"
PATH = f"/v1/contests/{CONTEST}/events"
CROWD = 10_000
DYING = extent("FAULT_DYING", 1500, 20_000)


def sale(number):
    return {"id": f"p0-0-{number}", "type": "order.paid", "time": rfc3339(OPENS_MS + number), "session": "s-1",
            "product": "tofu", "quantity": 1, "amount_fen": 100}


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CROWD + 500:
        pytest.skip(f"only {hard} descriptors for the test itself")
    resource.setrlimit(resource.RLIMIT_NOFILE, (CROWD + 500, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def metric(daemon, name):
    lines = daemon.ask("GET", "/metrics").body.decode().splitlines()
    return next(int(line.split()[-1]) for line in lines if line.startswith(name))


def post(system, token, number, connection=None):
    fields = {"Authorization": bearer(token), "Content_Type": "application/json"}
    body = encode([sale(number)], "json")
    if connection:
        return connection.ask("POST", PATH, body, **fields)
    return ask(system.ingest.port, "POST", PATH, body, **fields)


@pytest.mark.usefixtures("many_descriptors")
def test_ten_thousand_connections_at_once():
    """More than the limit: the oldest idle ones go, whoever has something to say is served, and all is given back."""
    with System([make_contest(CONTEST)]) as system:
        token = system.token(CONTEST, "connector")
        descriptors = system.ingest.descriptors
        kept = Connection(system.ingest.port)
        assert post(system, token, 0, kept).status == 202
        crowd, posted, slowest = [], 1, 0.0
        for number in range(CROWD):
            crowd.append(socket.create_connection(("127.0.0.1", system.ingest.port), timeout=20))
            if number % 250 == 0:
                began = time.monotonic()
                assert post(system, token, posted, kept).status == 202
                slowest = max(slowest, time.monotonic() - began)
                posted += 1
        evicted = metric(system.ingest, "bochuang_ingest_http_connections_evicted_total")
        assert evicted >= CROWD - 8192, f"{evicted} were closed to make room"
        for _ in range(50):
            assert post(system, token, posted).status == 202, "there is room for who comes new"
            posted += 1
        for line in crowd:
            line.close()
        kept.close()
        assert system.totals(CONTEST)["orders"] == posted
        invariants.wait_descriptors(system.ingest, descriptors)
        report(f"{CROWD} connections, {evicted} of them closed to make room, slowest of {posted} posts beside them {slowest * 1000:.1f} ms")


def test_descriptors_run_out():
    """Even for the way to Redis, which dies meanwhile: who is connected is answered, and all comes back by itself."""
    with System([make_contest(CONTEST)]) as system:
        token = system.token(CONTEST, "connector")
        assert post(system, token, 0).status == 202
        descriptors = system.ingest.descriptors
        pid = system.ingest.child.pid
        hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors + 10, hard))
        crowd = [socket.create_connection(("127.0.0.1", system.ingest.port), timeout=20) for _ in range(100)]
        wait_until(lambda: metric(system.ingest, "bochuang_ingest_http_connections_evicted_total") > 0, "ingest to run out of them")
        assert post(system, token, 1).status == 202, "who has something to say is served: an idle one makes room"
        system.redis.kill()
        wait_until(lambda: post(system, token, 2).status == 503, "ingest to notice")
        system.redis.start()
        for line in crowd:
            line.close()
        began = time.monotonic()
        wait_until(lambda: post(system, token, 2).status == 202, "ingest to find Redis again")
        assert time.monotonic() - began < invariants.recovery_s(system) + 2, "I7, after the longest pause between two tries"
        assert system.totals(CONTEST)["orders"] == 3
        invariants.wait_descriptors(system.ingest, descriptors)


class Watchers:
    """Live streams of one board; hear() waits until each has been told of so many orders."""

    def __init__(self, system):
        self.board, self.streams = system.board, []

    def add(self):
        self.streams.append(Stream(self.board.port, f"/v1/contests/{CONTEST}/live", timeout_s=60))
        assert self.streams[-1].next()[0] == "snapshot"

    def hear(self, orders):
        for stream in self.streams:
            while stream.next()[2]["totals"]["orders"] < orders:
                pass

    def close(self):
        for stream in self.streams:
            stream.close()


def test_descriptors_of_the_board_run_out():
    """Who watches goes on hearing, whoever comes takes the place of an idle one, or waits; Redis dies, and all comes back."""
    with System([make_contest(CONTEST)]) as system:
        token, watchers = system.token(CONTEST, "connector"), Watchers(system)
        system.token(CONTEST, "judge")
        board, descriptors = system.board, system.at_start["aggregator-0"][0]
        limit = descriptors + 10
        resource.prlimit(board.child.pid, resource.RLIMIT_NOFILE, (limit, resource.prlimit(board.child.pid, resource.RLIMIT_NOFILE)[1]))
        for _ in range(4):
            watchers.add()
        crowd = [socket.create_connection(("127.0.0.1", board.port), timeout=20) for _ in range(100)]
        wait_until(lambda: metric(board, "bochuang_aggregator_http_connections_evicted_total") > 0, "the board to run out of them")
        assert post(system, token, 1).status == 202
        watchers.hear(1)
        for line in crowd:
            line.close()
        wait_until(lambda: board.descriptors <= descriptors + 4, "the crowd to go")
        while board.descriptors < limit:
            watchers.add()
        late = socket.create_connection(("127.0.0.1", board.port), timeout=60)
        late.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        wait_until(lambda: "cannot accept connections" in board.said(), "the board to have nobody who could make room")
        assert post(system, token, 2).status == 202
        watchers.hear(2)
        system.redis.kill()
        assert late.recv(64).startswith(b"HTTP/1.1 200 "), "there is room where the ways to Redis were"
        late.close()
        system.redis.start()
        wait_until(lambda: post(system, token, 3).status == 202, "ingest to find Redis again")
        watchers.hear(3)
        watchers.close()
        wait_until(board.is_ready, "the board to be ready")
        assert system.totals(CONTEST)["orders"] == 3
        invariants.wait_descriptors(board, descriptors)


def die_in_the_middle(port, token, choose, number):
    """Sends a part of a good request, and is gone: by a reset, or by an end."""
    body = encode([sale(number)], "json")
    request = (f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n").encode() + body
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request[:choose.randrange(len(request))])
        if choose.random() < 0.5:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_producers_die_in_mid_request(seed):
    """Nothing of what they began is counted, nobody else is disturbed, and nothing is left of them."""
    choose = random.Random(seed)
    with System([make_contest(CONTEST)], shards=3) as system:
        token = system.token(CONTEST, "connector")
        system.token(CONTEST, "judge")
        descriptors = system.ingest.descriptors
        with Load(system, CONTEST, producers=3) as load:
            for number in range(DYING):
                die_in_the_middle(system.ingest.port, token, choose, 10**6 + number)
        assert not load.refusals
        invariants.check(system, CONTEST, load)
        invariants.wait_descriptors(system.ingest, descriptors)
        report(f"{DYING} producers died beside {load.acknowledged_count} events that were acknowledged")
