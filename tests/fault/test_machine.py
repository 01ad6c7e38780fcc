"""The machine under it fails: disks that say no or take their time, clocks that step."""
import errno
import random
import time

import pytest

import invariants
from contests import make_contest
from extent import extent, report
from harness import System, wait_until
from judge import Judge
from producers import Load
from shim import Shim

CONTEST = "machine"
DAY_S = 24 * 3600
STEPS = extent("FAULT_STEPS", 6, 60)


@pytest.fixture
def shim():
    shim = Shim("machine")
    yield shim
    shim.close()


def more_acknowledged(load, more=20):
    goal = load.acknowledged_count + more
    wait_until(lambda: load.acknowledged_count >= goal or any(p.failure for p in load.producers), "more to be acknowledged")


def start_again(system):
    """As a supervisor does, until it stays."""
    redis = system.redis
    if not redis.running:
        redis.wait()
        redis.start()


@pytest.mark.parametrize("failure", ["write_errno", "fsync_errno"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_the_disk_says_no(shim, seed, failure, number):
    """Redis then stops, as `appendfsync always` has it; nothing was acknowledged that is not there afterwards."""
    choose = random.Random(seed)
    with System([make_contest(CONTEST)], shards=choose.choice([1, 3]), environments={"redis": shim.environment()}) as system:
        with Load(system, CONTEST, producers=3) as load, Judge(system, CONTEST) as judge:
            for _ in range(4):
                more_acknowledged(load)
                time.sleep(choose.uniform(0, 0.1))
                refused = len(load.refusals)
                setattr(shim, failure, number)
                wait_until(lambda refused=refused: not system.redis.running or len(load.refusals) > refused, "the disk to fail")
                time.sleep(choose.uniform(0, 0.1))
                setattr(shim, failure, 0)
                start_again(system)
                more_acknowledged(load)
                start_again(system)  # where it noticed only later
        invariants.check(system, CONTEST, load)
        judge.check()
        report(f"the disk said {errno.errorcode[number]} 4 times at {failure.removesuffix('_errno')}: {load.acknowledged_count} events, "
               f"{judge.acknowledged} actions, 0 violations")


def test_every_fsync_takes_half_a_second(shim):
    """Those who wait share one, so more requests are on disk than there were syncs, however many the board's own take."""
    with System([make_contest(CONTEST)], environments={"redis": shim.environment()}) as system:
        system.token(CONTEST, "judge")
        with Load(system, CONTEST, producers=24) as load:
            more_acknowledged(load)
            shim.fsync_delay_ms = 500
            began, posts = time.monotonic(), sum(producer.tries for producer in load.producers)
            while time.monotonic() - began < 5:
                time.sleep(0.05)
                assert system.board.probe("/healthz") and system.ingest.probe("/healthz"), "nobody else waits"
            posts = sum(producer.tries for producer in load.producers) - posts
            syncs = (time.monotonic() - began) / 0.5
            shim.fsync_delay_ms = 0
            more_acknowledged(load)
        assert syncs < posts < syncs * 24 * 1.5, f"{posts} requests, 24 at a time, while at most {syncs:.0f} syncs were done"
        assert not load.refusals
        invariants.check(system, CONTEST, load)
        report(f"{posts} requests acknowledged in 5 s with an fsync of half a second")


def test_clocks_step_by_days(shim, seed):
    """Of Redis and of both daemons, while all run; a machine that starts with a wrong one too."""
    choose = random.Random(seed)
    environment = shim.environment()
    with System([make_contest(CONTEST)], shards=3, environments={"redis": environment, "ingest": environment, "aggregator-0": environment}) as system:
        with Load(system, CONTEST, producers=3) as load, Judge(system, CONTEST) as judge:
            for _ in range(STEPS):
                shim.clock_offset_s = choose.choice([-DAY_S, 0, DAY_S, choose.randrange(-DAY_S, DAY_S)])
                more_acknowledged(load)
                if shim.clock_offset_s == DAY_S:
                    newest = max(int(end.split("-")[0]) for end in system.log_end(CONTEST).split(","))
                    assert newest / 1000 > time.time() + DAY_S / 2, "the log's time is the stepped one"
                if choose.random() < 0.5:
                    victim = choose.choice([system.redis, system.ingest, system.board])
                    victim.kill()
                    victim.start()
                wait_until(lambda: system.ingest.is_ready() and system.board.is_ready(), "all to be ready")
                more_acknowledged(load)
        invariants.check(system, CONTEST, load)
        judge.check()
        report(f"clocks stepped {STEPS} times by up to a day: {load.acknowledged_count} events, 0 violations")
