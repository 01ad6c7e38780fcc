"""What must hold after every scenario (I1 … I8 of docs/reliability.md), worked out from what producers know."""
import time

import msgpack

from harness import wait_until

RECOVERY_S = 3.0
MEMORY_KIB = 64 << 10  # what caches and allocators may keep


def recovery_s(system):
    """I7; where a machine is too busy for it, some times what the system's own start took there."""
    return max(RECOVERY_S, 4 * system.start_s)


def keys_in_log(system, contest):
    """The id of every event in the logs, as often as it stands there; read by msgpack, not by our code."""
    for shard in range(system.shards):
        after = "-"
        while entries := system.redis.client.xrange(f"bochuang:{{{contest}/{shard}}}:log", after, "+", count=500):
            for _, fields in entries:
                yield from (identity(event) for event in unpack(fields.get(b"e", b"")))
            after = b"(" + entries[-1][0]


def count_keys(system, contest):
    """How many events stand in the logs, and how many of them are different."""
    count, different = 0, set()
    for key in keys_in_log(system, contest):
        count += 1
        different.add(key)
    return count, len(different)


def unpack(blob):
    unpacker = msgpack.Unpacker(strict_map_key=False)
    unpacker.feed(blob)
    return list(unpacker)


def identity(event):
    """Its id is the one text of an event that our producers begin with p."""
    return next(part for part in event if isinstance(part, str) and part.startswith("p") and part.count("-") == 2)


def check(system, contest, load):
    """All eight, once the load has ended and everything is acknowledged."""
    expected, by_streamer = load.expected()
    totals = system.totals(contest)
    assert {name: totals[name] for name in expected} == expected, "I3: the figures are another sum"
    rows = system.live(contest, "/tally?by=streamer")["rows"]
    assert {row["streamer"]: row["net_fen"] for row in rows} == by_streamer, "I3, by streamer"
    assert (totals["conflicts"], totals["refused"], totals["parked"]) == (0, 0, 0), "I2"
    logged = list(keys_in_log(system, contest))
    acknowledged = {event["id"] for producer in load.producers for event in producer.acknowledged}
    assert acknowledged <= set(logged), "I1: acknowledged, and not in the log"
    assert set(logged) <= acknowledged, "I4: in the log, and nobody sent it to the end"
    assert totals["duplicates"] == len(logged) - len(acknowledged), "I2: each counts once"
    before = figures(system, contest)
    for daemon in (system.ingest, *system.aggregators):
        wait_descriptors(daemon, system.at_start[daemon.name][0])
    lived_kib = system.board.rss_kib
    took = []
    while len(took) < 3 and not any(seconds < recovery_s(system) for seconds in took):
        took.append(restart_board(system, contest))  # something else may get in between: the best of three
        assert figures(system, contest) == before, "I8: the same log gave other figures"
    assert min(took) < recovery_s(system), f"I7: {took} s until the board showed all again, {system.start_s:.2f} s for the first start"
    assert lived_kib < MEMORY_KIB + 1.5 * system.board.rss_kib, "I6: the board had much more memory than one that has just read the log"
    assert system.ingest.rss_kib < MEMORY_KIB + system.at_start["ingest"][1], "I6: ingest keeps no events"


def figures(system, contest):
    bodies = {path: system.live(contest, path) for path in ("/totals", "/rankings", "/series")}
    for body in bodies.values():
        body.pop("as_of_ms", None)
    return bodies


def restart_board(system, contest):
    """As if it had died; how long it took, in seconds."""
    system.board.kill()
    began = time.monotonic()
    system.board.start()
    system.wait_shown(contest)
    return time.monotonic() - began


def wait_descriptors(process, descriptors):
    """I6: as many are open as were at first."""
    wait_until(lambda: process.descriptors <= descriptors, f"I6: {process.name}'s descriptors, {descriptors} at first", 30)


def wait_baseline(process, baseline, slack_kib=8192):
    """I6: descriptors are back where they were, memory within what allocators keep."""
    descriptors, rss_kib = baseline
    wait_descriptors(process, descriptors)
    now_kib = process.rss_kib
    assert now_kib <= rss_kib + slack_kib, f"I6: {process.name} has {now_kib} KiB, {rss_kib} KiB at first"
