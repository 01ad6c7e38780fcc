"""deploy/up: a whole system with one command, and what it promises about ends and beginnings."""
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import redis

from contests import Events, make_contest
from harness import BIN, ROOT, TROUBLE, ask, bearer, pair_of_ports, wait_until


class Up:
    """One deploy/up in a folder of its own."""

    def __init__(self, *contests, shards=1, more=()):
        self.folder = Path(tempfile.mkdtemp(prefix="bochuang-up-"))
        self.port, self.shards, self.more = pair_of_ports(), shards, list(more)
        self.files = []
        for contest in contests:
            file = self.folder / f"{contest['contest']}.yaml"
            file.write_text(json.dumps(contest, ensure_ascii=False), encoding="utf-8")
            self.files += ["--contest", str(file)]
        self.data = self.folder / "var"
        self.child = None

    def start(self):
        self.errors = open(self.folder / "up.log", "ab")
        self.child = subprocess.Popen([str(ROOT / "deploy/up"), "--data", str(self.data), "--port", str(self.port), "--shards", str(self.shards), *self.files, *self.more],
                                      env={**os.environ, "BOCHUANG_BIN": str(BIN)}, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=self.errors, text=True)
        return self

    def wait_ready(self):
        line = self.child.stdout.readline()
        assert line.startswith("ready "), (line, self.said())
        return dict(word.split("=", 1) for word in line.split()[1:])

    def said(self):
        return (self.folder / "up.log").read_text(errors="replace")

    def stop(self, number=signal.SIGTERM):
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)
            self.child.wait(30)
        return self.child.returncode

    def processes(self):
        """All processes that work in this folder, by what they were started with."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                except OSError:
                    continue
                if any(str(self.data) in word for word in words) and int(entry.name) != self.child.pid and "supervise.py" not in " ".join(words):
                    found[Path(words[0].split(" ")[0]).name] = int(entry.name)
        return found

    def redis(self, user=None):
        password = user and (self.data / f"redis-{user}.password").read_text(encoding="ascii").strip()
        return redis.Redis(unix_socket_path=str(self.data / "redis.sock"), username=user, password=password, socket_timeout=10)

    def tokens(self):
        return json.loads((self.data / "tokens.json").read_text(encoding="utf-8"))

    def post(self, contest, events, token):
        return ask(self.port, "POST", f"/v1/contests/{contest}/events", json.dumps(events).encode(), Authorization=bearer(token), Content_Type="application/json")

    def net_fen(self, contest):
        answer = ask(self.port + 1, "GET", f"/v1/contests/{contest}/totals")
        return answer.json["totals"]["net_fen"] if answer.status == 200 else None

    def close(self):
        leftover = []
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        for name, pid in self.processes().items():
            leftover.append(name)
            os.kill(pid, signal.SIGKILL)
        self.child.stdout.close()
        self.errors.close()
        logs = "".join(path.read_text(errors="replace") for path in [*self.data.glob("*.log"), self.folder / "up.log"])
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not TROUBLE.search(logs) and "NOPERM" not in logs, logs[-4000:]
        assert not leftover, f"left behind: {leftover}"


@pytest.fixture
def up():
    made = Up(make_contest("first"), make_contest("second"), shards=2).start()
    yield made
    made.close()


def test_a_whole_life(up):
    """Ready, tokens, events, SIGTERM, again on the same folder; one after another, since starts are what takes time."""
    ready = up.wait_ready()
    assert ready == {"ingest": f"http://127.0.0.1:{up.port}", "board": f"http://127.0.0.1:{up.port + 1}", "tokens": str(up.data / "tokens.json")}
    for daemon, port in (("ingest", up.port), ("board", up.port + 1)):
        assert ask(port, "GET", "/readyz").status == 200, daemon

    path = up.data / "tokens.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((up.data / "evidence.key").stat().st_mode) == 0o600 and (up.data / "evidence.pub").exists()
    tokens = up.tokens()
    assert set(tokens["contests"]) == {"first", "second"}
    assert {key: tokens[key] for key in ("organiser", "judge", "connector", "streamers")} == \
        {key: tokens["contests"]["first"][key] for key in ("organiser", "judge", "connector", "streamers")}
    assert set(tokens["streamers"]) == {"yx-01", "yx-02", "yz-01"}

    events = Events()
    assert up.post("first", [events.paid(100)], tokens["streamers"]["yx-01"]).status == 202
    assert up.post("second", [events.paid(7)], tokens["contests"]["second"]["connector"]).status == 202
    assert up.post("second", [events.paid(7)], tokens["connector"]).status == 403, "a token is for one contest"
    wait_until(lambda: up.net_fen("first") == 100 and up.net_fen("second") == 7, "the figures")
    assert ask(up.port + 1, "GET", "/").status == 200, "the screens"
    wait_until(lambda: any(up.redis("aggregator").hgetall(f"bochuang:{{first/{shard}}}:tally:totals") for shard in range(2)), "the tallies in Redis")

    file = str(up.folder / "first.evidence")
    for words in (("export", "first", "--data", str(up.data), "-o", file), ("verify", file, "--key", (up.data / "evidence.pub").read_text())):
        done = subprocess.run([str(BIN / "bochuang"), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done

    running = up.processes()
    assert {"bochuang-ingest", "bochuang-aggregator"} <= set(running) and any("redis" in name for name in running)
    assert ports_of(running) == {up.port, up.port + 1}, "no other port is open"
    assert up.stop() == 0
    assert up.child.stdout.read() == "", "one line on standard output, no more"
    assert up.processes() == {}

    up.start()
    up.wait_ready()
    assert up.tokens() == tokens
    assert up.net_fen("first") == 100
    assert up.post("first", [events.paid(11)], tokens["connector"]).status == 202
    wait_until(lambda: up.net_fen("first") == 111, "the figures to go on")
    assert up.stop(signal.SIGINT) == 0
    assert up.processes() == {}


def test_redis_lets_each_do_only_what_it_does(up):
    """Nobody without a name; ingest writes the log, the operator tokens, the aggregator tallies: and nothing else."""
    up.wait_ready()
    with pytest.raises(redis.exceptions.AuthenticationError):
        up.redis().ping()
    log, tokens, tally = (f"bochuang:{{first/0}}:{name}" for name in ("log", "tokens", "tally:totals"))
    entry = ("*", "x", "y")
    allowed = {
        "ingest": [("XREAD", "STREAMS", log, "0"), ("XRANGE", tokens, "-", "+"), ("HGETALL", "bochuang:contests"), ("CONFIG", "GET", "appendfsync")],
        "aggregator": [("XREAD", "STREAMS", log, tokens, "0", "0"), ("HSET", tally, "spare", "1")],
        "operator": [("XRANGE", log, "-", "+"), ("XREVRANGE", log, "+", "-"), ("XLEN", log), ("HKEYS", "bochuang:contests")],
    }
    refused = {
        "ingest": [("XADD", tokens, *entry), ("DEL", log), ("XTRIM", log, "MAXLEN", "0"), ("CONFIG", "SET", "appendfsync", "no"), ("SET", tally, "1")],
        "aggregator": [("XADD", log, *entry), ("XADD", tokens, *entry), ("HSET", "bochuang:contests", "first", "9"), ("SET", "other", "1"), ("DEL", tally)],
        "operator": [("XADD", log, *entry), ("HSET", "bochuang:contests", "first", "9"), ("DEL", tokens), ("CONFIG", "GET", "dir")],
    }
    common = [("KEYS", "*"), ("FLUSHALL",), ("SHUTDOWN", "NOSAVE"), ("ACL", "LIST"), ("MONITOR",), ("REPLICAOF", "NO", "ONE"),
              ("BGREWRITEAOF",), ("CLIENT", "LIST"), ("MODULE", "LIST"), ("FUNCTION", "LIST"), ("SUBSCRIBE", "x")]
    for user in allowed:
        link = up.redis(user)
        for command in allowed[user]:
            link.execute_command(*command)
        for command in refused[user] + common:
            with pytest.raises(redis.exceptions.NoPermissionError):
                link.execute_command(*command)
    for user in allowed:
        assert stat.S_IMODE((up.data / f"redis-{user}.password").stat().st_mode) == 0o600
    secrets = [(up.data / f"redis-{user}.password").read_text(encoding="ascii").strip() for user in allowed]
    conf = (up.data / "redis.conf").read_text(encoding="utf-8")
    shown = "".join(Path(f"/proc/{pid}/cmdline").read_text(errors="replace") for pid in up.processes().values())
    assert not [secret for secret in secrets if secret in conf or secret in shown], "Redis and ps are told no password"


def test_the_command_line_gets_in_by_name(up, tmp_path):
    """What reads the log directly finds its password beside the socket."""
    up.wait_ready()
    assert up.post("first", [Events().paid(5)], up.tokens()["connector"]).status == 202
    exported = subprocess.run([str(BIN / "bochuang"), "export", "first", "--data", str(up.data), "-o", str(tmp_path / "evidence")],
                              capture_output=True, text=True, check=False)
    assert exported.returncode == 0, exported
    verified = subprocess.run([str(BIN / "bochuang"), "verify", str(tmp_path / "evidence")], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified


def test_who_is_impatient_stops_it_all_the_same(up):
    """Signals while it waits, while it hears the first of them, and while it stops."""
    up.wait_ready()
    for _ in range(2000):
        if up.child.poll() is not None:
            break
        up.child.send_signal(signal.SIGTERM)
        time.sleep(0.0002)
    assert up.stop() == 0
    assert up.processes() == {}


def test_a_password_file_that_others_can_read_is_refused(up):
    up.wait_ready()
    (up.data / "redis-operator.password").chmod(0o644)
    made = subprocess.run([str(BIN / "bochuang"), "token", "create", "--contest", "first", "--role", "judge", "--data", str(up.data)],
                          capture_output=True, text=True, check=False)
    assert made.returncode == 1 and "mode 0600" in made.stderr, made
    daemon = subprocess.run([str(BIN / "bochuang-ingest"), "--port", "0", "--redis-password-file", str(up.data / "redis-operator.password")],
                            capture_output=True, text=True, check=False, timeout=20)
    assert daemon.returncode == 2 and "redis_password_file" in daemon.stderr and "mode 0600" in daemon.stderr, daemon


def ports_of(processes):
    """The TCP ports that these processes listen on."""
    inodes = set()
    for pid in processes.values():
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            try:
                found = re.match(r"socket:\[(\d+)\]", os.readlink(fd))
            except OSError:
                continue
            if found:
                inodes.add(found[1])
    ports = set()
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and words[9] in inodes:
            ports.add(int(words[1].split(":")[1], 16))
    return ports


def test_a_child_that_is_killed_comes_back(up):
    up.wait_ready()
    connector = up.tokens()["connector"]
    events, total = Events(), 0
    for name in ("bochuang-ingest", "bochuang-aggregator", "redis-server"):
        before = up.processes()
        os.kill(next(pid for process, pid in before.items() if name in process), signal.SIGKILL)
        sale = events.paid(10)

        def accepted(sale=sale):
            try:
                return up.post("first", [sale], connector).status == 202
            except OSError:
                return False
        wait_until(accepted, f"events to be taken after {name} was killed", 30)
        total += 10

        def shown(total=total):
            try:
                return up.net_fen("first") == total
            except OSError:
                return False
        wait_until(shown, f"the figures after {name} was killed", 30)
        after = up.processes()
        assert len(after) == len(before) and after != before
    assert up.child.poll() is None


def test_the_supervisor_itself_is_killed(up):
    """Its children go with it, and a new one starts where it was."""
    up.wait_ready()
    connector = up.tokens()["connector"]
    assert up.post("first", [Events().paid(5)], connector).status == 202
    up.child.kill()
    up.child.wait()
    wait_until(lambda: not up.processes(), "the children to end", 30)
    up.start()
    up.wait_ready()
    wait_until(lambda: up.net_fen("first") == 5, "the figures")


def test_a_wrong_contest_file(tmp_path):
    wrong = make_contest("wrong")
    wrong["sessions"][0]["streamer"] = "nobody"
    up = Up(wrong)
    began = time.monotonic()
    up.start()
    try:
        assert up.child.wait(60) == 1
        said = up.said()
        assert "nobody" in said and "sessions[0].streamer" in said and "expected" in said, said
        assert up.child.stdout.read() == ""
        assert time.monotonic() - began < 30
    finally:
        up.close()


def test_a_port_that_is_taken(up):
    up.wait_ready()
    other = Up(make_contest("other"))
    other.port = up.port
    other.start()
    try:
        assert other.child.wait(60) == 1
        assert str(up.port) in other.said()
    finally:
        other.close()
    assert ask(up.port, "GET", "/readyz").status == 200


def test_a_folder_that_is_in_use(up):
    up.wait_ready()
    other = Up(make_contest("other"))
    own, other.data = other.data, up.data
    other.start()
    try:
        assert other.child.wait(60) == 1
        assert "in use" in other.said()
    finally:
        other.data = own
        other.close()
    assert ask(up.port, "GET", "/readyz").status == 200
