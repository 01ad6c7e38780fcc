"""What a daemon gives up once it serves, and that it still serves then.

These run the release build: a sanitizer needs system calls of its own, so a build with one has no filter.
"""
import os
import pwd
import signal
import subprocess
import time

import pytest

from contests import Events, make_contest
from harness import ROOT, Stream, System, free_port, wait_until

CONTEST = "confined"
RELEASE = ROOT / "build/bin"


def release(system):
    for daemon in [system.ingest, *system.aggregators]:
        daemon.command[0] = str(RELEASE / os.path.basename(daemon.command[0]))
        assert os.access(daemon.command[0], os.X_OK), "make all first"
    return system


def status_of(daemon):
    with open(f"/proc/{daemon.child.pid}/status", encoding="ascii") as file:
        return {name: value.split() for name, value in (line.rstrip("\n").split(":", 1) for line in file)}


def limits_of(daemon):
    with open(f"/proc/{daemon.child.pid}/limits", encoding="ascii") as file:
        return {line[:26].strip(): line[26:].split()[:2] for line in file}


@pytest.fixture(scope="module")
def confined():
    with release(System([make_contest(CONTEST)], shards=2)) as system:
        yield system


@pytest.mark.parametrize("side", ["ingest", "board"])
def test_nothing_is_left_to_it(confined, side):
    daemon = getattr(confined, side)
    status, limits = status_of(daemon), limits_of(daemon)
    assert (status["NoNewPrivs"], status["Seccomp"]) == (["1"], ["2"])
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb") + (("CapBnd",) if os.geteuid() == 0 else ()):
        assert int(status[kind][0], 16) == 0, (kind, status[kind])
    for name in ("Max core file size", "Max processes", "Max locked memory", "Max msgqueue size", "Max realtime priority"):
        assert limits[name] == ["0", "0"], (name, limits[name])
    soft, hard = limits["Max open files"]
    assert soft == hard and int(soft) < 32768
    assert "with a filter of system calls" in daemon.said()


def process_figures(daemon):
    lines = daemon.ask("GET", "/metrics").body.decode().splitlines()
    return {name: float(value) for name, value in (line.split() for line in lines if line.startswith("process_"))}


def tells_its_descriptors(daemon):
    """One is the connection that asks; those of who asked before may be about to go."""
    told, now = process_figures(daemon)["process_open_fds"], daemon.descriptors
    return told in (now, now + 1)


def test_everything_still_works(confined, events):
    """Every kind of thing that a daemon does once it serves, so that each system call it needs is called."""
    for form in ("array", "ndjson", "msgpack"):
        assert confined.post_events(CONTEST, [events.paid(100), events.paid(50)], form).status == 202
    big = [events.paid(1) for _ in range(5000)]
    assert confined.post_events(CONTEST, big, "ndjson").status == 202
    confined.must_act(CONTEST, {"id": "f1", "type": "freeze"}, "organiser")
    confined.must_act(CONTEST, {"id": "t1", "type": "thaw"}, "organiser")
    assert confined.totals(CONTEST)["orders"] == 5006
    for path in ("", "/totals", "/tally?by=county,product", "/rankings", "/series?bucket_s=60"):
        assert confined.get(CONTEST, path).status == 200, path
    assert confined.get(CONTEST, "/audit", confined.token(CONTEST, "judge")).status == 200
    assert confined.board.ask("GET", "/").status == 200
    stream = Stream(confined.board.port, f"/v1/contests/{CONTEST}/live")
    assert stream.next()[0] == "snapshot"
    assert confined.post_events(CONTEST, [events.paid(7)]).status == 202
    assert stream.next()[0] == "update"
    stream.close()
    for daemon in (confined.ingest, confined.board):
        wait_until(lambda daemon=daemon: tells_its_descriptors(daemon), "the number of its descriptors")
        figures = process_figures(daemon)
        assert figures["process_resident_memory_bytes"] > 1 << 20
        assert figures["process_cpu_seconds_total"] > 0 and abs(time.time() - figures["process_start_time_seconds"]) < 600


def test_results_can_be_downloaded_in_every_form(confined):
    """Each is put together in memory; a spreadsheet in files without a name, the one kind of writing that is left."""
    confined.must_act(CONTEST, {"id": "c1", "type": "close"}, "organiser")
    confined.must_act(CONTEST, {"id": "p1", "type": "publish", "override": True, "reason": "test"})
    wait_until(lambda: confined.get(CONTEST, "/results/1").status == 200, "the published version")
    for ending in ("json", "csv", "xlsx", "html"):
        answer = confined.get(CONTEST, f"/results/1.{ending}")
        assert answer.status == 200 and answer.body, (ending, answer)
    confined.must_act(CONTEST, {"id": "o1", "type": "reopen"}, "organiser")


def test_a_contest_file_is_read_again(confined):
    contest = make_contest(CONTEST)
    contest["title_en"] = "Read again"
    confined.write_contest(contest)
    confined.ingest.signal(signal.SIGHUP)
    wait_until(lambda: confined.read(CONTEST)["title_en"] == "Read again", "the new title", pause_s=0.05)


def test_redis_comes_back(confined, events):
    confined.redis.kill()
    wait_until(lambda: confined.ingest.ask("GET", "/readyz").status == 503, "ingest to notice")
    confined.redis.start()
    for daemon in (confined.ingest, confined.board):
        daemon.wait_ready()
    assert confined.post_events(CONTEST, [events.paid(1)]).status == 202


def test_redis_by_the_name_of_its_host():
    """A name is looked up behind the filter; and as root, the daemons are somebody else by then."""
    port = free_port()
    as_nobody = ("--user", "nobody") if os.geteuid() == 0 else ()
    system = release(System([make_contest(CONTEST)], redis_flags=("--port", str(port)), ingest_flags=as_nobody))
    system.redis.address = f"localhost:{port}"
    for daemon in (system.ingest, system.board):
        daemon.command[daemon.command.index("--redis") + 1] = system.redis.address
    system.board.command += as_nobody
    with system:
        assert system.post_events(CONTEST, [Events().paid(5)]).status == 202
        assert system.totals(CONTEST)["net_fen"] == 5
        if as_nobody:
            for daemon in (system.ingest, system.board):
                nobody = pwd.getpwnam("nobody")
                assert status_of(daemon)["Uid"] == [str(nobody.pw_uid)] * 4 and status_of(daemon)["Gid"] == [str(nobody.pw_gid)] * 4
                assert status_of(daemon)["Groups"] == []


def test_a_user_that_is_not_there():
    if os.geteuid() != 0:
        return  # only root can become somebody
    with release(System([make_contest(CONTEST)])) as system:
        system.ingest.stop()
        system.ingest.command += ("--user", "no-such-user")
        system.ingest.start(wait=False)
        assert system.ingest.wait() == 1
        assert 'there is no user "no-such-user"' in system.ingest.said()


def test_the_filter_can_be_turned_off():
    with release(System([make_contest(CONTEST)], ingest_flags=("--seccomp=false",))) as system:
        assert status_of(system.ingest)["Seccomp"] == ["0"] and status_of(system.ingest)["NoNewPrivs"] == ["1"]
        assert "without a filter of system calls, as it is set" in system.ingest.said()


# --- Attempts to break out ---

ENDS_IT = ["execve", "fork", "clone", "ptrace", "listen", "setuid"]
FAILS = ["write a file", "executable memory", "make memory executable", "raw socket", "raise a limit", "signal another", "remove a file"]
WORKS = ["read a file", "unnamed file"]


@pytest.fixture(scope="module")
def preload(tmp_path_factory):
    library = tmp_path_factory.mktemp("break-out") / "break_out.so"
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", str(library), str(ROOT / "tests/e2e/break_out.c")], check=True)
    return str(library)


@pytest.mark.parametrize("attempt", ENDS_IT + FAILS + WORKS)
def test_breaking_out(confined, preload, attempt):
    """In an aggregator of its own, which reads the same log."""
    daemon = confined.aggregators[0].__class__(f"aggregator-{attempt.replace(' ', '-')}", confined.folder, free_port(), "--redis", confined.redis.address)
    daemon.command[0] = str(RELEASE / "bochuang-aggregator")
    daemon.environment.update(LD_PRELOAD=preload, BREAK_OUT=attempt)
    daemon.start()
    daemon.signal(signal.SIGUSR2)
    if attempt in ENDS_IT:
        assert daemon.wait() == -signal.SIGSYS, daemon.said()
        return
    wait_until(lambda: "broke out: " in daemon.said(), "the attempt")
    assert ("broke out: done" in daemon.said()) == (attempt in WORKS), daemon.said()
    assert daemon.ask("GET", f"/v1/contests/{CONTEST}/audit", token="x").status == 401, "it goes on serving"
    assert daemon.stop() == 0
