"""Bytes over real sockets, and the answers that come back: for the tests of strict HTTP."""
import functools
import json
import os
import socket
import subprocess
import tempfile

from harness import BIN, ROOT, wait_until

PROBE = b"GET /probe HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"


def tool(name):
    """A C program of this folder, built as the daemons are."""
    build = BIN.parent.relative_to(ROOT)
    sanitizer = build.name.replace("+", ",") if build.name != "build" else ""
    subprocess.run(["make", "--no-print-directory", "-s", f"SANITIZER={sanitizer}", f"{build}/tests/{name}"], cwd=ROOT, check=True)
    return str(ROOT / build / "tests" / name)


def vectors(*groups):
    """Every vector of tests/unit/http_vectors.h, of these groups."""
    listed = json.loads(subprocess.run([tool("http_vectors")], capture_output=True, check=True).stdout)
    return [{**vector, "bytes": bytes.fromhex(vector["bytes"])} for vector in listed if vector["group"] in groups]


HEADS = ("compliance", "smuggling", "malformed", "normalisation")


def as_request(vector):
    """The vector's bytes as the start of a connection: a chunked body gets a head before it."""
    if vector["group"] != "chunks":
        return vector["bytes"]
    return b"POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + vector["bytes"]


def wanted_body(head):
    """What an accepted head still wants, by what its vector says itself: a plain reading of good bytes."""
    for line in head.split(b"\r\n\r\n", 1)[0].lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"transfer-encoding":
            return b"0\r\n\r\n"
        if name == b"content-length":
            return b"x" * min(int(value), 1 << 16)
    return b""


def closes(head):
    """Whether what was sent asks for a close, in the vectors' own words."""
    text = head.lstrip(b"\r\n").split(b"\r\n\r\n")[0].lower()
    lines = [line.partition(b":") for line in text.split(b"\r\n")[1:]]
    options = [option.strip() for name, _, value in lines if name == b"connection" for option in value.split(b",")]
    return b"close" in options or (text.split(b"\r\n")[0].endswith(b"http/1.0") and b"keep-alive" not in options)


class Talk:
    """All that came back for some bytes: statuses and bodies of the answers, and whether the server closed in good manners."""

    def __init__(self, port, sent, methods=(), half_close=True, deadline_s=30.0):
        self.got, self.closed = b"", False
        with socket.create_connection(("127.0.0.1", port), timeout=30.0) as line:
            try:
                line.sendall(sent)
                if half_close:
                    line.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has said no already
            line.settimeout(deadline_s)
            try:
                while more := line.recv(1 << 16):
                    self.got += more
                self.closed = True
            except OSError:
                pass
        self.methods = list(methods)

    @functools.cached_property
    def answers(self):
        return list(self.cut(self.got, list(self.methods)))

    @property
    def statuses(self):
        return [status for status, _, _ in self.answers]

    @staticmethod
    def cut(got, methods):
        """(status, fields, body) of each final answer; `methods` says which were HEAD, so that they have no body."""
        while got:
            head, found, got = got.partition(b"\r\n\r\n")
            assert found and head.startswith(b"HTTP/1.1 "), head[:200]
            status = int(head[9:12])
            fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
            if status == 100:
                continue
            method = methods.pop(0) if methods else b"GET"
            if method == b"HEAD" or status in (204, 304):
                length = 0
            elif b"content-length" in fields:
                length = int(fields[b"content-length"])
            else:  # of node's and nginx's own refusals: chunks, or until the end
                length = got.index(b"0\r\n\r\n") + 5 if fields.get(b"transfer-encoding") == b"chunked" else len(got)
            yield status, fields, got[:length]
            got = got[length:]


class Echo:
    """A server that says what it was given: ours (http_echo.c), or node's (http_echo.mjs)."""

    def __init__(self, *command):
        self.said = tempfile.TemporaryFile()  # a pipe that nobody reads would fill up
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.said)
        words = wait_until(self.first_line, "an echo's port").split()
        assert words[:1] == [b"port"], words
        self.port = int(words[1])

    def first_line(self):
        line, found, _ = os.pread(self.said.fileno(), 64, 0).partition(b"\n")
        return line if found else None

    def seen(self):
        """What it was given since the start, in order."""
        self.said.seek(0)
        return [seen_request(json.loads(line)) for line in self.said.read().splitlines()[1:]]

    def stop(self):
        """It must end in order."""
        self.child.stdin.close()
        assert self.child.wait(20) == 0


def seen_request(seen):
    texts = [bytes.fromhex(text) for text in seen["fields"]]
    fields = [(name.lower(), value) for name, value in zip(texts[::2], texts[1::2])]
    return {"method": bytes.fromhex(seen["method"]), "target": bytes.fromhex(seen["target"]), "minor": seen["minor"], "fields": fields, "body": bytes.fromhex(seen["body"])}


def seen_in(talk):
    """The requests that an echo says it was given on this connection; None: one without a body, which was answered 411."""
    return [seen_request(json.loads(body)) if status == 200 else None for status, _, body in talk.answers if status in (200, 411)]


# --- Mutants ---

PIECES = [
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b",", b";", b"chunked", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 0\r\n", b"Host: b\r\n", b"0\r\n\r\n", b"5\r\nhello\r\n", b"abc", b"HTTP/1.0", b"HTTP/1.1", b"Connection: close\r\n",
    b"Connection: keep-alive\r\n", b"X: y\r\n", b" folded\r\n", b"GET /b HTTP/1.1\r\nHost: b\r\n\r\n", b"Expect: 100-continue\r\n", b"\x0b", b"\x7f", b"\xff", b"0", b"a", b"/",
]


def mutant(choose, seeds):
    """Two requests one behind the other, with a few bytes changed, a piece put in, taken out or moved."""
    sent = bytearray(choose.choice(seeds) + choose.choice(seeds))
    for _ in range(choose.randint(1, 3)):
        at = choose.randrange(len(sent) + 1)
        kind = choose.random()
        if kind < 0.5:
            sent[at:at] = choose.choice(PIECES)
        elif kind < 0.75:
            del sent[at:at + choose.randint(1, 4)]
        elif kind < 0.9:
            sent[at:at + 1] = bytes([choose.randrange(256)])
        else:
            end = min(len(sent), at + choose.randint(1, 30))
            piece = bytes(sent[at:end])
            del sent[at:end]
            sent[choose.randrange(len(sent) + 1):0] = piece
    return bytes(sent)


def seeds_of_mutants():
    """Good requests with their bodies, none too long."""
    seeds = []
    for vector in vectors("compliance", "normalisation", "chunks"):
        sent = as_request(vector)
        if vector["verdict"] == 0 and len(sent) < 400 and not sent.startswith(b"HEAD"):
            head = sent if vector["group"] == "chunks" else sent[:sent.index(b"\r\n\r\n", 2) + 4]
            seeds.append(head + (b"" if vector["group"] == "chunks" else wanted_body(head)[:64]))
    return seeds
