"""The systemd units: as tight as promised, right, and not so tight that a daemon cannot work."""
import os
import re
import shutil
import subprocess

import pytest

from contests import Events, make_contest
from harness import ROOT, System

UNITS = ROOT / "deploy/systemd"
UNDER_FILTER = ["/usr/bin/python3", str(ROOT / "tests/e2e/under_unit_filter.py")]
RELEASE = ROOT / "build/bin"
EXPOSURE_MOST = {"ingest": 1.2, "aggregator": 1.0, "redis": 1.0}


def analyze(*words, cwd):
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, "LC_ALL": "C.UTF-8"})


@pytest.mark.parametrize("name", EXPOSURE_MOST)
def test_exposure(name):
    done = analyze("security", "--offline=true", "--no-pager", f"./bochuang-{name}.service", cwd=UNITS)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found, done
    assert float(found[1]) <= EXPOSURE_MOST[name], done.stdout


@pytest.mark.parametrize("name", EXPOSURE_MOST)
def test_systemd_takes_every_line(name, tmp_path):
    """With the programs where the unit says: systemd tells of words that it does not know, and then ignores them."""
    for unit in UNITS.glob("*.service"):
        text = unit.read_text(encoding="utf-8").replace("/usr/local/bin", str(RELEASE))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = analyze("verify", "--man=no", "--recursive-errors=no", f"./bochuang-{name}.service", cwd=tmp_path)
    complaints = [line for line in done.stderr.splitlines() if f"bochuang-{name}.service" in line]
    assert not complaints, complaints


def test_the_daemons_work_under_the_units_filter():
    system = System([make_contest("units")])
    for daemon, name in ((system.ingest, "ingest"), (system.board, "aggregator")):
        daemon.command = [*UNDER_FILTER, str(UNITS / f"bochuang-{name}.service"), str(RELEASE / f"bochuang-{name}"), *daemon.command[1:]]
    system.redis.command = [*UNDER_FILTER, str(UNITS / "bochuang-redis.service"), shutil.which("redis-server"), *system.redis.command[1:]]
    with system:
        assert system.post_events("units", [Events().paid(5)]).status == 202
        assert system.totals("units")["net_fen"] == 5
        for daemon in (system.ingest, system.board):
            assert daemon.ask("GET", "/metrics").status == 200
            assert "with a filter of system calls\n" in daemon.said(), "and set their own inside it"
