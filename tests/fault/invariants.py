"""What must hold after every scenario (I1 … I8 of docs/reliability.md), worked out from what producers know."""
import os
import time

import msgpack

from harness import wait_until

RECOVERY_S = 3.0


def fds_and_rss(process):
    pid = process.child.pid
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        rss_kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return len(os.listdir(f"/proc/{pid}/fd")), rss_kib


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
    before = {path: system.live(contest, path) for path in ("/totals", "/rankings", "/series")}
    system.board.kill()
    began = time.monotonic()
    system.board.start()
    system.wait_shown(contest)
    assert time.monotonic() - began < RECOVERY_S, "I7"
    after = {path: system.live(contest, path) for path in before}
    for body in (*before.values(), *after.values()):
        body.pop("as_of_ms", None)
    assert after == before, "I8: the same log gave other figures"


def wait_descriptors(process, descriptors):
    """I6: as many are open as were at first."""
    wait_until(lambda: fds_and_rss(process)[0] <= descriptors, f"I6: {process.name}'s descriptors, {descriptors} at first", 30)


def wait_baseline(process, baseline, slack_kib=8192):
    """I6: descriptors are back where they were, memory within what allocators keep."""
    descriptors, rss_kib = baseline
    wait_descriptors(process, descriptors)
    now_kib = fds_and_rss(process)[1]
    assert now_kib <= rss_kib + slack_kib, f"I6: {process.name} has {now_kib} KiB, {rss_kib} KiB at first"
