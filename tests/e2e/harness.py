"""The daemons as daemons: each test system has its own folder, ports and redis-server.

Nothing here sleeps and hopes: wait_until() polls with a deadline. A daemon's log is read when it is stopped, and a
line of a sanitizer or of a failed assertion fails the test. Processes are ended by their process id.
"""
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

import msgpack
import redis

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(os.environ.get("BOCHUANG_BIN", ROOT / "build/bin")).resolve()
UNDER_SANITIZERS = "+" in BIN.parent.name or "address" in BIN.parent.name

TROUBLE = re.compile(r"ERROR: \w+Sanitizer|WARNING: \w+Sanitizer|SUMMARY: \w+Sanitizer|runtime error:|Assertion .* failed")

DEADLINE_S = 60.0  # for a machine that has much else to do; who is quick does not wait for it


def wait_until(condition, what, deadline_s=DEADLINE_S, pause_s=0.01):
    """The first true value of `condition`; fails, saying `what` was waited for, when it takes too long."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_s} s for {what}")
        time.sleep(pause_s)


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(successors=0):
    """A port that is free, as are so many behind it. Not of those that the kernel gives to whoever connects: these may be
    taken before a daemon listens on them."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        given_from = int(file.read().split()[0])
    while True:
        port = random.randrange(10000, max(given_from, 20000) - successors)
        if all(is_free(port + i) for i in range(successors + 1)):
            return port


def pair_of_ports():
    """A port whose successor is free too."""
    return free_port(successors=1)


# --- HTTP ---


class Answer:
    """Status, header fields (lower case) and body of one answer."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Connection:
    """A kept connection, dialled again where it was closed."""

    def __init__(self, port, timeout_s=30.0):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)

    def ask(self, method, path, body=None, **fields):
        headers = {name.replace("_", "-"): value for name, value in fields.items() if value is not None}
        try:
            self.http.request(method, path, body=body, headers=headers)
            answer = self.http.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException):
            self.http.close()
            raise

    def close(self):
        self.http.close()


def bearer(token):
    return f"Bearer {token}" if token else None


def ask(port, method, path, body=None, **fields):
    connection = Connection(port)
    try:
        return connection.ask(method, path, body, **fields)
    finally:
        connection.close()


def raw(port, sent, deadline_s=10.0, until_closed=True):
    """Sends bytes as they are, and gives back all that comes until the server closes (or says enough)."""
    with socket.create_connection(("127.0.0.1", port), timeout=deadline_s) as line:
        line.sendall(sent)
        got = b""
        while True:
            try:
                more = line.recv(65536)
            except (TimeoutError, ConnectionResetError):
                break
            if not more:
                break
            got += more
            if not until_closed and b"\r\n\r\n" in got:
                break
        return got


class Stream:
    """One live stream: messages() gives (kind, id, body) as they come; a comment has the kind 'comment'."""

    def __init__(self, port, path, token=None, last_id=None, timeout_s=30.0):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        headers = {"Authorization": bearer(token), "Last-Event-ID": last_id}
        self.http.request("GET", path, headers={k: v for k, v in headers.items() if v})
        self.answer = self.http.getresponse()
        self.status = self.answer.status

    def messages(self):
        message = {}
        while True:
            line = self.answer.readline()
            if not line:
                return
            line = line.decode().rstrip("\r\n")
            if line.startswith(":"):
                yield "comment", None, line[1:]
            elif not line and message:
                yield message.get("event", "message"), message.get("id"), json.loads(message["data"])
                message = {}
            elif line:
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                message[name] = message[name] + "\n" + value if name in message else value

    def next(self, kinds=("snapshot", "update")):
        for kind, number, body in self.messages():
            if kind in kinds:
                return kind, number, body
        raise AssertionError("the live stream ended")

    def close(self):
        self.answer.close()
        self.http.close()


# --- Processes ---


class Process:
    """A child process with its log; kill(), stop() and start() as often as wanted."""

    def __init__(self, name, command, folder, environment=None):
        self.name, self.command, self.folder = name, command, Path(folder)
        self.log = self.folder / f"{name}.log"
        self.environment = {**os.environ, **(environment or {})}
        self.child = None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.command, cwd=self.folder, env=self.environment,
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    @property
    def running(self):
        return self.child is not None and self.child.poll() is None

    @property
    def descriptors(self):
        """How many it has open."""
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    @property
    def rss_kib(self):
        with open(f"/proc/{self.child.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def signal(self, number):
        if self.running:
            self.child.send_signal(number)

    def wait(self, deadline_s=DEADLINE_S):
        try:
            return self.child.wait(deadline_s)
        except subprocess.TimeoutExpired as late:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"{self.name} did not end within {deadline_s} s\n{self.said()}") from late

    def kill(self):
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self, deadline_s=DEADLINE_S):
        """SIGTERM, and it must end in order."""
        if not self.running:
            return self.child.returncode if self.child else 0
        self.signal(signal.SIGTERM)
        return self.wait(deadline_s)

    def said(self, length=4000):
        return self.log.read_text(errors="replace")[-length:] if self.log.exists() else ""

    def check_log(self):
        for line in self.said(1 << 20).splitlines():
            assert not TROUBLE.search(line), f"{self.name}: {line}\n{self.said()}"


class RedisServer(Process):
    def __init__(self, folder, *more):
        self.socket = Path(folder) / "redis.sock"
        super().__init__("redis", [
            "redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir", str(folder),
            "--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no",
            "--maxmemory-policy", "noeviction", "--save", "", *more], folder)
        self.address = f"unix:{self.socket}"

    def start(self):
        super().start()
        self.client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=DEADLINE_S)
        wait_until(self.answers, "redis-server to answer")
        return self

    def answers(self):
        assert self.running, self.said()
        try:
            return self.client.ping()
        except redis.exceptions.RedisError:
            return False


class Daemon(Process):
    def __init__(self, name, folder, port, *flags):
        self.port = port
        super().__init__(name, [str(BIN / f"bochuang-{name.split('-')[0]}"), "--port", str(port), *flags], folder)

    def start(self, wait=True):
        super().start()
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        wait_until(self.is_ready, f"{self.name} to be ready")

    def is_ready(self):
        assert self.running, f"{self.name} ended with {self.child.returncode}:\n{self.said()}"
        return self.probe("/readyz")

    def probe(self, path):
        try:
            return ask(self.port, "GET", path).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(self, method, path, body=None, token=None, **fields):
        return ask(self.port, method, path, body, Authorization=bearer(token), **fields)


# --- A whole system ---

CONTENT_TYPES = {
    "json": "application/json", "array": "application/json",
    "ndjson": "application/x-ndjson", "msgpack": "application/msgpack", "msgpack-array": "application/x-msgpack",
}


def encode(events, form):
    """A body of these events; `json` takes exactly one."""
    if form == "json":
        (event,) = events
        return json.dumps(event, ensure_ascii=False).encode()
    if form == "array":
        return json.dumps(events, ensure_ascii=False).encode()
    if form == "ndjson":
        return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)
    if form == "msgpack-array":
        return msgpack.packb(events)
    return b"".join(msgpack.packb(event) for event in events)


class System:
    """Redis, ingest and one aggregator (or more), in a folder that goes with it."""

    def __init__(self, contests, shards=1, aggregators=1, ingest_flags=(), redis_flags=(), environments=None):
        self.folder = Path(tempfile.mkdtemp(prefix="bochuang-e2e-"))
        self.tokens, self.processes = {}, []
        self.contests = {contest["contest"]: contest for contest in contests}
        self.shards = shards
        self.redis = self.own(RedisServer(self.folder, *redis_flags))
        files = [flag for contest in contests for flag in ("--contest", str(self.write_contest(contest)))]
        self.ingest = self.own(Daemon("ingest", self.folder, free_port(), "--redis", self.redis.address,
                                      "--shards", str(shards), *files, *ingest_flags))
        self.aggregators = [
            self.own(Daemon(f"aggregator-{number}", self.folder, free_port(), "--redis", self.redis.address))
            for number in range(aggregators)]
        self.board = self.aggregators[0]
        for board in self.aggregators:
            board.command += ["--ingest-url", f"http://127.0.0.1:{self.ingest.port}"]
            self.ingest.command += ["--cors-origins", f"http://127.0.0.1:{board.port}"]
        for process in self.processes:
            process.environment.update((environments or {}).get(process.name, {}))

    def own(self, process):
        self.processes.append(process)
        return process

    def write_contest(self, contest):
        path = self.folder / f"{contest['contest']}.yaml"
        path.write_text(json.dumps(contest, ensure_ascii=False, indent=1), encoding="utf-8")
        return path

    def __enter__(self):
        began = time.monotonic()
        try:
            self.redis.start()
            self.ingest.start()
            for aggregator in self.aggregators:
                aggregator.start()
            for contest in self.contests:
                self.wait_shown(contest)
        except BaseException:
            self.print_logs()
            self.clean()
            raise
        # With one more, maybe, that the last question of wait_shown() still had.
        self.at_start = {daemon.name: (daemon.descriptors, daemon.rss_kib) for daemon in [self.ingest, *self.aggregators]}
        self.start_s = time.monotonic() - began  # what starts cost on this machine, by which others can be measured
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                for daemon in [self.ingest, *self.aggregators]:
                    if daemon.running:
                        assert daemon.stop() == 0, f"{daemon.name} ended with {daemon.child.returncode}\n{daemon.said()}"
                for process in self.processes:
                    process.check_log()
            else:
                self.print_logs()
        finally:
            self.clean()

    def print_logs(self):
        for process in self.processes:
            print(f"--- {process.name}\n{process.said(2000)}")

    def clean(self):
        for process in reversed(self.processes):
            if process.running:
                process.signal(signal.SIGCONT)
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_contest(self, contest):
        """One more, with a restart of ingest."""
        self.contests[contest["contest"]] = contest
        self.ingest.command += ["--contest", str(self.write_contest(contest))]
        self.ingest.stop()
        self.ingest.start()
        for board in self.aggregators:
            self.wait_shown(contest["contest"], board)

    def pace_ms(self):
        """Between two moments of a contest that goes by the clock: short, and long enough for what this machine does in between."""
        return int(1500 * max(1.0, self.start_s))

    def wait_shown(self, contest, board=None):
        board = board or self.board
        wait_until(lambda: board.probe(f"/v1/contests/{contest}"), f"contest {contest} to be shown")

    # --- Tokens ---

    def token(self, contest, role, streamer=None):
        key = (contest, role, streamer)
        if key not in self.tokens:
            command = [str(BIN / "bochuang"), "token", "create", "--contest", contest, "--role", role,
                       "--data", str(self.folder), *(["--streamer", streamer] if streamer else [])]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            self.tokens[key] = re.search(r"bc_\w+", done.stdout)[0]
            self.wait_known(contest, self.tokens[key])
        return self.tokens[key]

    def wait_known(self, contest, token):
        """A token counts as soon as each daemon has read it: poll, with requests that change nothing."""
        path = f"/v1/contests/{contest}"
        for post in ("events", "actions"):
            wait_until(lambda post=post: self.ingest.ask("POST", f"{path}/{post}", b"", token).status != 401, "ingest to know a token")
        for board in self.aggregators:
            if board.running:
                wait_until(lambda board=board: board.ask("GET", f"{path}/receipts/-/-", token=token).status != 401, "the board to know a token")

    # --- Writing ---

    def post(self, contest, body, token, content_type="application/json", query="", **fields):
        return self.ingest.ask("POST", f"/v1/contests/{contest}/events{query}", body, token, Content_Type=content_type, **fields)

    def post_events(self, contest, events, form="array", token=None, query=""):
        token = token or self.token(contest, "connector")
        return self.post(contest, encode(events, form), token, CONTENT_TYPES[form], query)

    def act(self, contest, action, role="judge", token=None):
        token = token or self.token(contest, role)
        return self.ingest.ask("POST", f"/v1/contests/{contest}/actions", json.dumps(action, ensure_ascii=False).encode(),
                               token, Content_Type="application/json")

    def must_act(self, contest, action, role="judge"):
        answer = self.act(contest, action, role)
        assert (answer.status, answer.json) == (202, {"accepted": 1}), answer

    # --- Reading ---

    def get(self, contest, path="", token=None, board=None):
        return (board or self.board).ask("GET", f"/v1/contests/{contest}{path}", token=token)

    def read(self, contest, path="", token=None, board=None):
        answer = self.get(contest, path, token, board)
        assert answer.status == 200, (path, answer)
        return answer.json

    def live(self, contest, path, board=None):
        """The live view, as a judge sees it."""
        join = "&" if "?" in path else "?"
        return self.read(contest, f"{path}{join}view=live", self.token(contest, "judge"), board)

    def log_end(self, contest):
        ends = []
        for shard in range(self.shards):
            last = self.redis.client.xrevrange(f"bochuang:{{{contest}/{shard}}}:log", count=1)
            ends.append(last[0][0].decode() if last else "0-0")
        return ",".join(ends)

    def settle(self, contest, board=None):
        """Waits until the live view stands on the last entry of the log."""
        end = self.log_end(contest)
        wait_until(lambda: self.live(contest, "/totals", board)["version"] == end, f"the board to reach {end}")

    def totals(self, contest, board=None):
        self.settle(contest, board)
        return self.live(contest, "/totals", board)["totals"]

    def receipt(self, contest, streamer, event, token=None):
        path = "/receipts/" + urllib.parse.quote(streamer, safe="") + "/" + urllib.parse.quote(event, safe="")
        return self.get(contest, path, token or self.token(contest, "judge"))
