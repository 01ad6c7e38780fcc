"""The daemons die at every place that is named in their code (common/crash_point.h), under load."""
import os
import random
import subprocess

import pytest

import invariants
from contests import make_contest
from extent import extent, report
from harness import BIN, System, wait_until
from judge import Judge
from producers import Load

CONTEST = "crash-points"
PASSES = extent("FAULT_PASSES", 1, 6)  # ways to die at each place
LIKE_KILL_9 = 137


def points_of(program):
    """The names in a binary's section crash_points; none where it was built for use."""
    shown = subprocess.run(["readelf", "-p", "crash_points", str(BIN / program)], capture_output=True, text=True, check=True).stdout
    return sorted({line.split("]", 1)[1].strip() for line in shown.splitlines() if line.startswith("  [")})


def restart(daemon, crash=None):
    daemon.environment = {**os.environ, **({"BOCHUANG_CRASH": crash} if crash else {})}
    daemon.start(wait=False)


class Dying:
    """Lets a daemon run into a place, and brings it back."""

    def __init__(self, system, load):
        self.system, self.load, self.reached = system, load, {}

    def die_at(self, daemon, point, passes, patience_s=1.0):
        daemon.kill()
        restart(daemon, f"{point}:{passes}")
        try:
            wait_until(lambda: not daemon.running, "the end", patience_s * max(1.0, self.system.start_s))
        except AssertionError:
            return False  # it does not pass there so often, or does not at all
        assert daemon.child.returncode == LIKE_KILL_9, f"{daemon.name} at {point}: {daemon.child.returncode}\n{daemon.said()}"
        self.reached[point] = self.reached.get(point, 0) + 1
        return True

    def die_in_a_start(self, point):
        """At a place that is only passed after a death between two shards (of an action that none of them had)."""
        assert self.die_at(self.system.ingest, "steer.appended", 1, 20)
        reached = self.die_at(self.system.ingest, point, 1, 2)
        self.bring_back(self.system.ingest)
        return reached

    def bring_back(self, daemon):
        if daemon.running:
            daemon.kill()
        restart(daemon)
        wait_until(lambda: self.system.ingest.is_ready() and self.system.board.is_ready(), "all to be ready")
        goal = self.load.acknowledged_count + 10
        wait_until(lambda: self.load.acknowledged_count >= goal or any(p.failure for p in self.load.producers),
                   "more to be acknowledged")


def die_everywhere(dying, everywhere, passes_of):
    for daemon, points in everywhere.items():
        for point in points:
            dying.die_at(daemon, point, passes_of())
            dying.bring_back(daemon)
    for daemon, points in everywhere.items():  # once more, with patience
        for point in set(points) - set(dying.reached):
            dying.die_at(daemon, point, 1, 8)
            dying.bring_back(daemon)


@pytest.mark.parametrize("number", range(PASSES))
def test_every_place(seed, number):
    """The first time that it is passed; then, in the long form, some later time."""
    choose = random.Random(seed)
    with System([make_contest(CONTEST)], shards=3) as system:
        everywhere = {daemon: points_of(program) for daemon, program in
                      ((system.ingest, "bochuang-ingest"), (system.board, "bochuang-aggregator"))}
        if not everywhere[system.ingest]:
            pytest.skip("this build has no crash points")
        with Load(system, CONTEST, producers=3) as load, Judge(system, CONTEST) as judge:
            dying = Dying(system, load)
            die_everywhere(dying, everywhere, lambda: 1 if number == 0 else choose.randrange(2, 30))
            for point in set(everywhere[system.ingest]) - set(dying.reached):
                assert any(dying.die_in_a_start(point) for _ in range(10)), f"nobody ever passes {point}"
        invariants.check(system, CONTEST, load)
        judge.check()
        assert set(dying.reached) == set().union(*everywhere.values())
        report(f"{len(dying.reached)} places, {sum(dying.reached.values())} deaths, {load.acknowledged_count} events, "
               f"{judge.acknowledged} actions, 0 violations")


def test_what_users_run_has_none():
    release = BIN.parent.parent / "bin" if "+" in BIN.parent.name else BIN
    for program in ("bochuang-ingest", "bochuang-aggregator"):
        if (release / program).exists():
            shown = subprocess.run(["readelf", "-S", "-W", str(release / program)], capture_output=True, text=True, check=True)
            assert "crash_points" not in shown.stdout
