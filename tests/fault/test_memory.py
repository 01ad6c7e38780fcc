"""The n-th allocation fails, for every n: at the start with a clear line, while serving with a 503. Never anything else.

Under a sanitizer malloc() is the sanitizer's, so this runs on what users run, where there is one.
"""
import http.client
import json
import random
import re
import signal
import time

import pytest

import invariants
from contests import Events, make_contest
from extent import extent, report
from harness import BIN, Connection, System, ask, bearer, encode, wait_until
from producers import Load
from shim import Shim

CONTEST = "memory"
RELEASE = BIN if "+" not in BIN.parent.name else BIN.parent.parent / "bin"
STARTS = extent("FAULT_STARTS", 60, 1500)
BREAKS = extent("FAULT_BREAKS", 80, 160)
FIRST = 40  # allocations of a start that are all tried; the others by chance

pytestmark = pytest.mark.skipif(not (RELEASE / "bochuang-ingest").exists(), reason="there is no build for use")


@pytest.fixture
def shim():
    shim = Shim("memory")
    yield shim
    shim.close()


def system_on(shim, name, shards=1):
    """One of its daemons runs out of memory on command."""
    system = System([make_contest(CONTEST)], shards=shards, environments={name: shim.environment()})
    for process, program in ((system.ingest, "bochuang-ingest"), (system.board, "bochuang-aggregator")):
        process.command[0] = str(RELEASE / program)
    return system


def is_foreign(process):
    """
    Two libraries do not look whether they have memory: libseccomp 2.5 falls over or loads half a filter, before anything
    is served; hiredis 0.14 falls over where it wants an empty buffer after a write.
    """
    said = process.said().rsplit("shim: no memory for", 1)
    first = said[1].strip().splitlines()[:1] if len(said) == 2 else []
    return any("libseccomp" in line for line in first) or \
        (any("libhiredis" in line for line in first) and process.child.poll() == -signal.SIGSEGV)


def hiredis_gave_up(process):
    """hiredis 0.14 itself ends a process that has no memory for a reply (hi_malloc() aborts)."""
    said = process.said().rsplit("shim: no memory for", 1)
    return len(said) == 2 and "(hi_malloc+" in said[1].strip().splitlines()[0] and process.child.poll() == -signal.SIGABRT


def is_ready_soon(daemon):
    """Like probe(), without waiting for one that hears no system call any more."""
    connection = Connection(daemon.port, timeout_s=2)
    try:
        return connection.ask("GET", "/readyz").status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def ended_clearly(process):
    """It said why, and did not just fall over."""
    assert process.child.returncode in (1, -signal.SIGABRT), f"ended with {process.child.returncode}\n{process.said()}"
    said = [line for line in process.said().strip().splitlines() if not re.match(r"shim:|\S*\[0x", line)]
    assert "memory" in said[-1].lower(), said[-5:]
    return True


@pytest.mark.parametrize("name", ["ingest", "aggregator-0"])
def test_memory_ends_at_the_start(shim, seed, name):
    choose = random.Random(seed)
    with system_on(shim, name) as system:
        daemon = system.ingest if name == "ingest" else system.board
        allocations = shim.allocations
        started = died = foreign = 0
        tried = list(range(1, FIRST)) + [choose.randrange(FIRST, allocations) for _ in range(STARTS - FIRST)]
        for number in tried:
            daemon.kill()
            shim.countdown, shim.failures = number, 0
            daemon.log.unlink()
            daemon.start(wait=False)
            wait_until(lambda: not daemon.running or is_foreign(daemon) or is_ready_soon(daemon), "a start or an end")
            shim.countdown = 0
            if is_foreign(daemon):
                foreign += 1
            elif daemon.running:
                started += 1
            else:
                died += ended_clearly(daemon)
        daemon.kill()
        daemon.start()
        assert died > 0 and started + died > FIRST / 2
        report(f"{name}: {len(tried)} of {allocations} allocations failed in turn: {started} starts, {died} clear ends, "
              f"{foreign} in libraries that do not look")


class Requests:
    """What is asked while memory runs out, and what may be answered."""

    def __init__(self, system):
        self.system, self.events, self.sum_fen, self.in_doubt = system, Events(), 0, []
        self.token, self.judge = system.token(CONTEST, "connector"), system.token(CONTEST, "judge")
        self.actions = 0

    def post(self, count, form):
        batch = [self.events.paid(7, session=f"s-{number % 4 + 1}") for number in range(count)]
        kind = "application/x-ndjson" if form == "ndjson" else "application/msgpack"
        self.in_doubt.append(batch)  # until there is an answer: a connection may be lost behind the append, too
        answer = ask(self.system.ingest.port, "POST", f"/v1/contests/{CONTEST}/events", encode(batch, form),
                     Authorization=bearer(self.token), Content_Type=kind)
        if answer.status == 202:
            assert answer.json["accepted"] == len(self.in_doubt.pop())
            self.sum_fen += 7 * len(batch)
        return answer

    def act(self):
        self.actions += 1
        action = {"id": f"a-{self.actions}", "type": "adjust", "streamer": "yx-01", "points": 1, "reason": "加分"}
        return ask(self.system.ingest.port, "POST", f"/v1/contests/{CONTEST}/actions", json.dumps(action).encode(),
                   Authorization=bearer(self.judge), Content_Type="application/json")

    def get(self, port, path, token=None):
        return ask(port, "GET", path, Authorization=bearer(token))


def runs_out(shim, daemon, request, may_end, most=400):
    """Fails the 1st, 2nd, … allocation of a request, until it needs no more; how many that were, and how many ends."""
    ends = 0
    for number in range(1, most):
        shim.failures, shim.countdown = 0, number
        try:
            answer = request()
            assert answer.status in (200, 202, 503), (number, answer)
        except (OSError, http.client.HTTPException):
            pass  # the connection could not be served
        out = shim.failures
        shim.countdown = 0
        wait_until(lambda: not daemon.running or daemon.probe("/healthz"), "the daemon to go on")
        if not daemon.running:
            assert may_end or is_foreign(daemon) or hiredis_gave_up(daemon), f"allocation {number} ended {daemon.name} with {daemon.child.returncode}\n{daemon.said()}"
            assert is_foreign(daemon) or ended_clearly(daemon)
            ends += 1
            daemon.start()
        if not out:
            return number - 1, ends
    return most, ends


@pytest.mark.parametrize("shards", [1, 3])
def test_memory_ends_while_ingest_serves(shim, shards):
    with system_on(shim, "ingest", shards) as system:
        requests, failed = Requests(system), {}
        kinds = {
            "one event": lambda: requests.post(1, "ndjson"),
            "many events": lambda: requests.post(300, "msgpack"),
            "an action": requests.act,
            "figures": lambda: requests.get(system.ingest.port, "/metrics"),
            "readiness": lambda: requests.get(system.ingest.port, "/readyz"),
        }
        for name, request in kinds.items():
            failed[name] = runs_out(shim, system.ingest, request, may_end=False)
            wait_until(system.ingest.is_ready, "ingest to be ready again")
        for batch in requests.in_doubt:  # sent again, as producers do
            wait_until(lambda batch=batch: system.post_events(CONTEST, batch).status == 202, "what was in doubt to be taken")
            requests.sum_fen += 7 * len(batch)
        assert system.totals(CONTEST)["net_fen"] == requests.sum_fen
        report(f"allocations that failed, one after the other: {failed}")


def test_memory_ends_while_the_board_serves(shim):
    """Where figures cannot be worked out it ends, clearly, and folds the log again: none of them is ever wrong."""
    with system_on(shim, "aggregator-0", shards=3) as system:
        requests, failed = Requests(system), {}
        assert requests.post(50, "ndjson").status == 202
        totals = system.totals(CONTEST)
        base = f"/v1/contests/{CONTEST}"
        paths = ["", "/totals", "/tally?by=county,product", "/rankings", "/series", "/audit", "/receipts/yx-01/e-00001"]
        for path in paths:
            token = requests.judge if path in ("/audit", "/receipts/yx-01/e-00001") else None
            failed[path] = runs_out(shim, system.board, lambda path=path, token=token: requests.get(system.board.port, base + path, token),
                                    may_end=True)
        failed["/metrics"] = runs_out(shim, system.board, lambda: requests.get(system.board.port, "/metrics"), may_end=False)
        assert system.totals(CONTEST) == totals
        report(f"allocations that failed, one after the other: {failed}")


def ends_while_reading(daemon):
    """Of the allocations that failed, those on the way of an answer of Redis through hiredis."""
    return sum("redisReader" in where for where in daemon.said(1 << 24).split("shim: no memory for")[1:])


def bring_back(daemon):
    """Ready again; started again where it had to end."""
    ends = 0
    while not is_ready_soon(daemon):
        if not daemon.running:
            assert is_foreign(daemon) or ended_clearly(daemon)
            daemon.start(wait=False)
            ends += 1
        time.sleep(0.01)
    return ends


@pytest.mark.parametrize("name", ["ingest", "aggregator-0"])
def test_memory_ends_while_redis_answers(shim, seed, name):
    """A new connection wants buffers for what comes back, and gets none: no answer is taken for that of another request."""
    choose = random.Random(seed)
    with system_on(shim, name, shards=3) as system:
        daemon, ends = system.ingest if name == "ingest" else system.board, 0
        system.token(CONTEST, "judge")
        with Load(system, CONTEST, producers=4) as load:
            for _ in range(BREAKS):
                shim.countdown = choose.randrange(1, 80)
                system.redis.client.client_kill_filter(_type="normal", skipme=True)
                wait_until(lambda: shim.countdown == 0, "memory to run out")
                ends += bring_back(daemon)
                goal = load.acknowledged_count + 5
                wait_until(lambda goal=goal: load.acknowledged_count >= goal or any(p.failure for p in load.producers), "more to be acknowledged")
        invariants.check(system, CONTEST, load)
        reading = ends_while_reading(daemon)
        assert reading > 0, "none of them while an answer was read"
        report(f"{name}: {BREAKS} allocations failed on new connections, {reading} of them while an answer was read: {ends} clear ends, "
               f"{load.acknowledged_count} events, 0 violations")
