"""Clients by the hundred that do no good, storms of duplicates, a disk that is full, a supervisor that is killed."""
import http.client
import json
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

import invariants
from contests import OPENS_MS, make_contest, rfc3339
from extent import extent, report
from harness import ROOT, Connection, System, ask, bearer, encode, pair_of_ports, wait_until
from producers import Load

CONTEST = "storms"
PATH = f"/v1/contests/{CONTEST}/events"
SLOW = 1000
STORM_EVENTS = extent("FAULT_EVENTS", 20000, 1_000_000)
STORM_COPIES, STORM_BATCH = 19, 200


def sale(number, amount_fen=100):
    return {"id": f"p0-0-{number}", "type": "order.paid", "time": rfc3339(OPENS_MS + number), "session": f"s-{number % 4 + 1}",
            "product": "tofu", "quantity": 1, "amount_fen": amount_fen}


def p99_ms(system, token, first, count=600):
    """Of single posts on one kept connection."""
    connection, took = Connection(system.ingest.port), []
    for number in range(first, first + count):
        began = time.monotonic()
        answer = connection.ask("POST", PATH, encode([sale(number)], "json"), Authorization=bearer(token), Content_Type="application/json")
        took.append(time.monotonic() - began)
        assert answer.status == 202, answer
    connection.close()
    return sorted(took)[int(count * 0.99)] * 1000


class SlowClients:
    """So many that send a head, or a body, byte by byte, or never read their answers."""

    def __init__(self, system, token, count):
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self.stop_asked, self.lines = threading.Event(), []
        for number in range(count):
            line = socket.create_connection(("127.0.0.1", system.ingest.port))
            kind = number % 3
            if kind == 0:
                line.sendall(b"POST /v1/con")
            elif kind == 1:
                line.sendall((head + "Content-Length: 100000\r\n\r\n[").encode())
            else:
                line.setblocking(False)
                try:
                    line.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 40)
                except OSError:
                    pass
            self.lines.append(line)
        self.thread = threading.Thread(target=self.trickle, daemon=True)
        self.thread.start()

    def trickle(self):
        while not self.stop_asked.wait(0.5):
            for number, line in enumerate(self.lines):
                if number % 3 < 2:
                    try:
                        line.send(b" ")
                    except OSError:
                        pass

    def close(self):
        self.stop_asked.set()
        self.thread.join()
        for line in self.lines:
            line.close()


def test_slow_clients_do_not_slow_the_others():
    """1,000 of them; memory is where it was after the first such wave, descriptors where they were before it."""
    with System([make_contest(CONTEST)]) as system:
        token = system.token(CONTEST, "connector")
        p99_ms(system, token, 0)
        descriptors = system.ingest.descriptors
        SlowClients(system, token, SLOW).close()
        invariants.wait_descriptors(system.ingest, descriptors)
        memory_kib = system.ingest.rss_kib
        figures = []
        for round_number in range(8):  # another process of this machine may get in between: the best of them
            first = 1000 + round_number * 2000
            alone = p99_ms(system, token, first)
            slow = SlowClients(system, token, SLOW)
            beside = p99_ms(system, token, first + 1000)
            slow.close()
            figures.append((alone, beside))
            if beside < 2 * alone:
                break
        report(f"p99 of good clients, ms: alone, beside {SLOW} slow ones: {[(round(a, 2), round(b, 2)) for a, b in figures]}")
        assert min(beside / alone for alone, beside in figures) < 2, figures
        invariants.wait_baseline(system.ingest, (descriptors, memory_kib))


def test_connections_at_the_limit():
    """Twice as many as may be: who has something to say is served; afterwards all is as it was."""
    with System([make_contest(CONTEST)], ingest_flags=("--connection-limit", "400")) as system:
        token = system.token(CONTEST, "connector")
        baseline = system.at_start["ingest"]
        lines = [socket.create_connection(("127.0.0.1", system.ingest.port)) for _ in range(800)]
        for number in range(50):
            answer = ask(system.ingest.port, "POST", PATH, encode([sale(number)], "json"), Authorization=bearer(token),
                         Content_Type="application/json")
            assert answer.status == 202, answer
        for line in lines:
            line.close()
        assert system.totals(CONTEST)["orders"] == 50
        invariants.wait_baseline(system.ingest, baseline)


def send_all(system, token, batches, acknowledged):
    """Each batch until it is acknowledged; a connection that breaks is dialled again."""
    connection = Connection(system.ingest.port, timeout_s=10)
    for batch in batches:
        while True:
            try:
                answer = connection.ask("POST", PATH, encode(batch, "msgpack-array"), Authorization=bearer(token),
                                        Content_Type="application/x-msgpack")
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if answer.status == 202:
                acknowledged.append(len(batch))
                break
            assert answer.status in (503, 429), answer
            time.sleep(0.02)
    connection.close()


def batches_of_a_storm(choose, events):
    """Every event up to 20 times, in batches, each pass in another order."""
    for _ in range(STORM_COPIES):
        starts = list(range(0, len(events), STORM_BATCH))
        choose.shuffle(starts)
        for start in starts:
            if choose.random() < 0.95:
                yield events[start:start + STORM_BATCH]
    yield from (events[start:start + STORM_BATCH] for start in range(0, len(events), STORM_BATCH))


class Handed(threading.Thread):
    """Takes batches from what all share, until there are none."""

    def __init__(self, system, token, batches, lock):
        super().__init__(daemon=True)
        self.system, self.token, self.batches, self.lock = system, token, batches, lock
        self.acknowledged = []

    def take(self):
        with self.lock:
            return next(self.batches, None)

    def run(self):
        send_all(self.system, self.token, iter(self.take, None), self.acknowledged)


def restart(system, victim):
    """A log of millions of events takes its time to be read again."""
    victim.kill()
    if victim is system.redis:
        super(type(victim), victim).start()
        wait_until(victim.answers, "redis-server to answer", 180)
    else:
        victim.start(wait=False)
        wait_until(victim.is_ready, f"{victim.name} to be ready", 180)


def restart_all_along(system, choose, threads):
    restarts = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(choose.uniform(0.05, 0.4) if STORM_EVENTS < 100_000 else choose.uniform(0.5, 8))
        restart(system, choose.choice([system.ingest, system.redis, system.board]))
        restarts += 1
    return restarts


def test_a_storm_of_duplicates(seed):
    """Every event up to 20 times over 16 connections in different orders, with restarts between: it counts once."""
    choose = random.Random(seed)
    events = [sale(number, choose.randrange(1, 10**6)) for number in range(STORM_EVENTS)]
    with System([make_contest(CONTEST)], shards=3) as system:
        token = system.token(CONTEST, "connector")
        system.token(CONTEST, "judge")
        batches, lock = batches_of_a_storm(choose, events), threading.Lock()
        threads = [Handed(system, token, batches, lock) for _ in range(16)]
        for thread in threads:
            thread.start()
        restarts = restart_all_along(system, choose, threads)
        end = system.log_end(CONTEST)
        wait_until(lambda: system.live(CONTEST, "/totals")["version"] == end, "the board to reach the end of the log", 180)
        totals = system.totals(CONTEST)
        acknowledged = sum(sum(thread.acknowledged) for thread in threads)
        logged, distinct = invariants.count_keys(system, CONTEST)
        assert totals["orders"] == len(events) == distinct, "I1, I2"
        assert totals["gross_fen"] == sum(event["amount_fen"] for event in events), "I3"
        assert totals["duplicates"] == logged - len(events), "I2"
        assert logged >= acknowledged, "I1"
        report(f"{len(events)} events acknowledged {acknowledged} times, {logged} in the log, {restarts} restarts, each counted once")


@pytest.fixture
def small_disk():
    """16 MiB of their own for Redis."""
    with tempfile.TemporaryDirectory(prefix="bochuang-disk-") as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("a small disk cannot be mounted here (not root)")
        yield Path(folder)
        subprocess.run(["umount", "-l", folder], check=True)


def test_the_disk_is_full(small_disk):
    """Redis writes no more: 503 and never a lie; with room again it goes on, and nothing acknowledged is missing."""
    with System([make_contest(CONTEST)], redis_flags=("--dir", str(small_disk))) as system:
        system.token(CONTEST, "judge")
        with Load(system, CONTEST, producers=3) as load:
            wait_until(lambda: load.acknowledged_count > 500, "some events")
            filler = small_disk / "filler"
            with open(filler, "wb") as file:
                try:
                    file.write(b"x" * (32 << 20))
                except OSError:
                    pass
            count = len(load.refusals)
            wait_until(lambda: not system.redis.running or len(load.refusals) > count, "the disk to be full")
            for _ in range(3):  # a supervisor tries; it stops again as soon as it has something to write
                if not system.redis.running:
                    super(type(system.redis), system.redis).start()
                time.sleep(0.3)
            filler.unlink()
            if not system.redis.running:
                system.redis.start()
            goal = load.acknowledged_count + 200
            wait_until(lambda: load.acknowledged_count >= goal, "events to be taken again")
        invariants.check(system, CONTEST, load)


def test_kill_9_of_the_supervisor():
    """Its children go with it, and the next one on the same folder goes on where it was."""
    with tempfile.TemporaryDirectory(prefix="bochuang-up-") as folder:
        port = pair_of_ports()
        command = ["/usr/bin/python3", str(ROOT / "deploy/supervise.py"), "--data", folder, "--port", str(port)]
        paid, token = 0, None
        for number in range(3):
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as up:
                assert up.stdout.readline().startswith("ready ")
                if token is None:
                    token = json.loads((Path(folder) / "tokens.json").read_text(encoding="utf-8"))["streamers"]["yx-01"]
                event = {"id": f"k-{number}", "type": "order.paid", "time": "2021-11-26T19:21:07+08:00", "session": "s-001",
                         "product": "youxian-dried-tofu", "quantity": 1, "amount_fen": 1000 + number}
                answer = ask(port, "POST", "/v1/contests/youxian-2021/events", encode([event], "json"),
                             Authorization=bearer(token), Content_Type="application/json")
                assert answer.status == 202, answer
                paid += 1000 + number

                def totals():
                    return ask(port + 1, "GET", "/v1/contests/youxian-2021/totals").json["totals"]["net_fen"]
                wait_until(lambda expected=paid: totals() == expected, "the figures")
                up.send_signal(signal.SIGKILL if number < 2 else signal.SIGTERM)
                assert up.wait(20) == (-signal.SIGKILL if number < 2 else 0)
