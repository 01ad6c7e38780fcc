"""The file of Redis loses its end, or a bit of it flips: figures of what is left, or a clear refusal. Never others.

The daemons keep running while Redis is put back onto the damaged file, so they have folded what is no longer there.
"""
import random
import shutil

import redis

from contests import Events, make_contest
from extent import extent, report
from harness import System, wait_until
from invariants import unpack

CONTEST = "lost-end"
LOG = f"bochuang:{{{CONTEST}/0}}:log"
CUTS = extent("FAULT_CUTS", 0, 0)  # 0: every byte
FLIPS = extent("FAULT_FLIPS", 40, 600)


class Filled:
    """A system with a log, its file as it was, and what the figures are after each batch."""

    def __init__(self, system, seed):
        self.system, self.random = system, random.Random(seed)
        self.folder = system.folder / "appendonlydir"
        self.net_fen = [0]
        events = Events()
        for role in ("connector", "judge"):  # before what gets lost
            system.token(CONTEST, role)
        for number in range(10):
            batch = [events.paid(self.random.randrange(1, 10**6)) for _ in range(self.random.randrange(1, 6))]
            if number == 9:
                system.must_act(CONTEST, {"id": "a-1", "type": "adjust", "streamer": "yx-01", "points": 3, "reason": "加分"})
            if number >= 8:
                self.last_two = min(getattr(self, "last_two", 1 << 60), self.file.stat().st_size)
            assert system.post_events(CONTEST, batch).status == 202
            self.net_fen.append(self.net_fen[-1] + sum(event["amount_fen"] for event in batch))
        system.settle(CONTEST)
        system.redis.kill()
        self.whole = self.file.read_bytes()

    @property
    def file(self):
        (file,) = self.folder.glob("*.incr.aof")
        return file

    def put_back(self, content):
        """Redis on this file; False where it refuses it."""
        self.system.redis.kill()
        self.file.write_bytes(content)
        self.system.redis.socket.unlink(missing_ok=True)
        server = self.system.redis
        super(type(server), server).start()
        server.client = redis.Redis(unix_socket_path=str(server.socket), socket_timeout=60)

        def settled():
            if not server.running:
                return "refused"
            try:
                return "up" if server.client.ping() else None
            except redis.exceptions.RedisError:
                return None
        return wait_until(settled, "redis-server to start or to refuse") == "up"

    def batches_left(self):
        return sum(b"e" in fields for _, fields in self.system.redis.client.xrange(LOG))

    def shown(self):
        """What the board says once it has read the log to its end: the totals, or None where it refuses."""
        def answer():
            got = self.system.get(CONTEST, "/totals")
            if got.status == 503:
                return "refused" if "could not be read" in got.json["message"] else None
            return got.json if got.json["version"] == self.system.log_end(CONTEST) else None
        got = wait_until(answer, "the board to reach the end of the log, or to refuse it")
        return None if got == "refused" else got["totals"]


def test_the_end_is_cut_off(seed):
    with System([make_contest(CONTEST)]) as system:
        filled = Filled(system, seed)
        places = range(filled.last_two, len(filled.whole))
        if CUTS:
            places = sorted(filled.random.sample(places, CUTS - 2) + [places[0], places[-1]], key=lambda _: filled.random.random())
        seen = set()
        for place in places:
            assert filled.put_back(filled.whole[:place]), "a file that only lacks its end is taken"
            left = filled.batches_left()
            seen.add(left)
            totals = filled.shown()
            assert totals["net_fen"] == filled.net_fen[left], (place, left, totals)
        assert seen >= {8, 9}, "the cuts fell into both batches"
        wait_until(system.ingest.is_ready, "ingest to be ready")
        more = Events("after")
        wait_until(lambda: system.post_events(CONTEST, [more.paid(5)]).status == 202, "ingest to take events again")
        assert system.totals(CONTEST)["net_fen"] == filled.net_fen[left] + 5
        system.board.stop()
        system.board.start()
        system.wait_shown(CONTEST)
        assert system.totals(CONTEST)["net_fen"] == filled.net_fen[left] + 5, "read anew, the same"
    report(f"{len(places)} cuts, batches left: {sorted(seen)}")


def command(*words):
    """As it stands in the file of Redis."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def test_other_entries_in_the_place_of_lost_ones(seed):
    """The clock was set back as well, so that what came after the loss has the id of what was lost."""
    with System([make_contest(CONTEST)]) as system:
        filled = Filled(system, seed)
        assert filled.put_back(filled.whole)
        assert filled.shown()["net_fen"] == filled.net_fen[-1]
        batches = [(number, fields[b"e"]) for number, fields in system.redis.client.xrange(LOG) if b"e" in fields]
        last_one = filled.whole.rindex(b"*7\r\n$4\r\nXADD\r\n")
        assert filled.put_back(filled.whole[:last_one] + command(b"XADD", LOG.encode(), batches[-1][0], b"e", batches[0][1]))
        wait_until(lambda: filled.shown()["net_fen"] == filled.net_fen[-2], "the board to see that the last batch is another one")
        assert filled.shown()["duplicates"] == len(unpack(batches[0][1]))
        report("another entry in the place of the last one: read anew")


def test_the_log_is_gone(seed):
    """Everything is: then there is a contest without events, once ingest has loaded it again."""
    with System([make_contest(CONTEST)]) as system:
        filled = Filled(system, seed)
        shutil.copy(filled.file, system.folder / "kept")
        assert filled.put_back(b"")
        wait_until(system.ingest.is_ready, "ingest to load its contest again")
        assert filled.shown()["net_fen"] == 0
        assert filled.put_back((system.folder / "kept").read_bytes())
        assert filled.shown()["net_fen"] == filled.net_fen[-1], "the file was found again"


def test_bits_flip_in_the_middle(seed):
    """Anywhere in what an entry of the log says. (A key or a stream id that changes makes another log of it.)"""
    with System([make_contest(CONTEST)]) as system:
        filled = Filled(system, seed)
        assert filled.put_back(filled.whole)
        payloads = [fields[b"e"] for _, fields in system.redis.client.xrange(LOG) if b"e" in fields]
        found = {"redis refuses": 0, "the board refuses": 0}
        for _ in range(FLIPS):
            payload = filled.random.choice(payloads)
            place = filled.whole.index(payload) + filled.random.randrange(len(payload))
            damaged = bytearray(filled.whole)
            damaged[place] ^= 1 << filled.random.randrange(8)
            if not filled.put_back(bytes(damaged)):
                found["redis refuses"] += 1
                continue
            system.board.kill()
            system.board.start(wait=False)
            wait_until(lambda: system.board.probe("/healthz"), "the board to run")
            wait_until(lambda: system.get(CONTEST, "/totals").status in (200, 503), "an answer")
            assert filled.shown() is None, f"byte {place} of {payload!r} has another value, and figures are shown"
            found["the board refuses"] += 1
        for place in [filled.whole.index(payload) - 3 for payload in payloads[:8]]:  # the length before a payload
            damaged = bytearray(filled.whole)
            damaged[place] ^= 1 << filled.random.randrange(3)
            assert not filled.put_back(bytes(damaged)), f"byte {place}"
            assert not system.redis.running and "Bad file format" in system.redis.said(1 << 20)
            found["redis refuses"] += 1
        assert filled.put_back(filled.whole)
        system.board.kill()
        system.board.start()
        system.wait_shown(CONTEST)
        assert system.totals(CONTEST)["net_fen"] == filled.net_fen[-1]
        wait_until(system.ingest.is_ready, "ingest to be ready")
        report(f"bits flipped in the log: {found}")
