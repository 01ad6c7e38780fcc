"""kill -9 of any of them, alone and together, at random moments under load; SOAK_MINUTES for the long form."""
import random
import signal
import time

import invariants
from contests import make_contest
from extent import extent, report, SOAK_MINUTES
from harness import System, wait_until
from producers import Load

CONTEST = "kills"
CYCLES = extent("FAULT_CYCLES", 60, 60)
SOAK_S = SOAK_MINUTES * 60 * 0.4  # of the whole
CYCLES_A_SYSTEM = 15


def bring_back(system, victims):
    """As a supervisor does: whoever has died starts again; in any order, since each waits for the others."""
    began = time.monotonic()
    for victim in victims:
        victim.wait()
    for victim in victims:
        if victim is system.redis:
            victim.start()
        else:
            victim.start(wait=False)
    wait_until(lambda: system.ingest.is_ready() and system.board.is_ready(), "all to be ready")
    return time.monotonic() - began


def run_cycles(choose, shards, cycles):
    """One system, so many kills, then every invariant. The longest recovery in seconds."""
    recoveries = []
    with System([make_contest(CONTEST)], shards=shards) as system:
        for role in ("connector", "judge"):
            system.token(CONTEST, role)
        with Load(system, CONTEST, producers=3) as load:
            for _ in range(cycles):
                time.sleep(choose.uniform(0.02, 0.5))
                everyone = [system.redis, system.ingest, system.board]
                victims = everyone if choose.random() < 0.2 else choose.sample(everyone, choose.choice([1, 1, 2]))
                for victim in victims:
                    victim.signal(signal.SIGKILL)
                    time.sleep(choose.choice([0, 0, 0.005]))
                recoveries.append(bring_back(system, victims))
                goal = load.acknowledged_count + 20
                wait_until(lambda goal=goal: load.acknowledged_count >= goal or any(p.failure for p in load.producers),
                           "more to be acknowledged")
        invariants.check(system, CONTEST, load)
        events = load.acknowledged_count
        tries = sum(producer.tries for producer in load.producers)
    assert max(recoveries) < invariants.RECOVERY_S, f"I7: {recoveries} s until all were ready again"
    return max(recoveries), events, tries


def test_kill_9_at_random_moments(seed):
    choose = random.Random(seed)
    end, done, systems, events, longest = time.monotonic() + SOAK_S, 0, 0, 0, 0.0
    while done < CYCLES or time.monotonic() < end:
        took, acknowledged, _ = run_cycles(choose, choose.choice([1, 3]), CYCLES_A_SYSTEM)
        done, systems, events, longest = done + CYCLES_A_SYSTEM, systems + 1, events + acknowledged, max(longest, took)
    report(f"{done} kill cycles on {systems} systems, {events} events acknowledged, longest recovery {longest:.2f} s, 0 violations")


def test_redis_stands_still(seed):
    """SIGSTOP for a while, several times: requests wait or are refused, and all is there afterwards."""
    choose = random.Random(seed)
    with System([make_contest(CONTEST)], ingest_flags=("--commit-timeout-ms", "500")) as system:
        system.token(CONTEST, "judge")
        with Load(system, CONTEST, producers=3) as load:
            for number in range(5):
                time.sleep(choose.uniform(0.05, 0.3))
                system.redis.signal(signal.SIGSTOP)
                if number == 0:
                    wait_until(lambda: load.refusals, "some to be refused while nobody can commit")
                time.sleep(choose.uniform(1, 30) if SOAK_MINUTES else choose.uniform(0.2, 2))
                system.redis.signal(signal.SIGCONT)
                goal = load.acknowledged_count + 20
                wait_until(lambda goal=goal: load.acknowledged_count >= goal, "more to be acknowledged")
        invariants.check(system, CONTEST, load)
        report(f"Redis stood still 5 times: {load.acknowledged_count} events, {len(load.refusals)} refusals, 0 violations")


def test_memory_of_redis_ends(seed):
    """maxmemory reached and lifted under load, again and again."""
    choose = random.Random(seed)
    with System([make_contest(CONTEST)], shards=3) as system:
        system.token(CONTEST, "judge")
        with Load(system, CONTEST, producers=3) as load:
            for _ in range(5):
                time.sleep(choose.uniform(0.05, 0.3))
                refused = len(load.refusals)
                system.redis.client.config_set("maxmemory", "1mb")
                wait_until(lambda refused=refused: len(load.refusals) > refused, "somebody to be refused")
                time.sleep(choose.uniform(0, 0.3))
                system.redis.client.config_set("maxmemory", "0")
                goal = load.acknowledged_count + 20
                wait_until(lambda goal=goal: load.acknowledged_count >= goal, "more to be acknowledged")
        invariants.check(system, CONTEST, load)
