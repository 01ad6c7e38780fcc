"""nginx in front, as deploy/proxy/nginx.conf has it: no request may be seen differently by the two.

nginx says in its access log what it passed on; what stands behind says what it was given: the same server with a handler
that echoes for the shape of every request, and the real ingest for their number.
"""
import itertools
import json
import os
import random
import re
import shutil
import subprocess

import pytest

from contests import Events, make_contest
from harness import ROOT, Process, System, ask, free_port, wait_until
from http_speech import HEADS, PROBE, Echo, Talk, as_request, closes, mutant, seeds_of_mutants, tool, vectors, wanted_body

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

SEED = int(os.environ.get("HTTP_SEED", random.randrange(1 << 32)))
MUTANTS = int(os.environ.get("HTTP_NGINX_MUTANTS", "150"))
FORMAT = """log_format seen escape=json '{"line":"$request","method":"$request_method","target":"$request_uri","upstream":"$upstream_status","length":"$content_length","status":"$status"}';"""


class Nginx(Process):
    """nginx with deploy/proxy/nginx.conf: without TLS, on a port of its own, before these two."""

    def __init__(self, folder, ingest_port, board_port):
        self.port, self.board_port = free_port(), free_port()
        self.seen_log = folder / "nginx-seen.log"
        conf = folder / "nginx.conf"
        text = (ROOT / "deploy/proxy/nginx.conf").read_text(encoding="utf-8")
        text = re.sub(r"^\s*ssl_certificate.*\n", "", text, flags=re.M)
        text = text.replace("127.0.0.1:8300", f"127.0.0.1:{ingest_port}").replace("127.0.0.1:8301", f"127.0.0.1:{board_port}")
        text = text.replace("rate=200r/s", "rate=100000r/s")  # every vector is to get through
        for port in (self.port, self.board_port):
            text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};", 1)
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        conf.write_text(f"daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;\nevents {{ worker_connections 1024; }}\n"
                        f"http {{\n{temporary}proxy_ignore_client_abort on; # a client that gives up is no answer that is missing in the log\n{FORMAT}\naccess_log {self.seen_log} seen;\n{text}}}\n", encoding="utf-8")
        super().__init__("nginx", [NGINX, "-e", str(folder / "nginx-error.log"), "-p", str(folder), "-c", str(conf)], folder)

    def start(self):
        super().start()
        wait_until(lambda: self.running and self.answers(), "nginx to answer")
        return self

    def answers(self):
        try:
            return ask(self.port, "GET", "/metrics").status == 404
        except OSError:
            return False

    def passed_on(self):
        """What it gave to the server behind, in order. A request is logged when it has been answered."""
        lines = [json.loads(line) for line in self.seen_log.read_text(encoding="utf-8", errors="replace").splitlines()]
        return [line for line in lines if line["upstream"] not in ("", "-")]


def answered(nginx):
    """What the server behind took."""
    return [line for line in nginx.passed_on() if line["upstream"] == "200"]


def conversations():
    """All vectors, each followed by a plain request that must not be swallowed, moved or doubled."""
    for vector in vectors(*HEADS, "chunks"):
        sent = as_request(vector)
        if vector["group"] != "chunks" and vector["verdict"] == 0:
            head = sent[:sent.index(b"\r\n\r\n", 2) + 4]
            sent = head + wanted_body(head)
        yield vector["name"], sent if vector["verdict"] == 0 and closes(sent) else sent + PROBE


def speak(port, mutants=MUTANTS):
    """All vectors, and some of their mutants; how many."""
    print("HTTP_SEED", SEED)
    choose, seeds = random.Random(SEED), seeds_of_mutants()
    sents = [sent for _, sent in conversations()] + [mutant(choose, seeds) + PROBE for _ in range(mutants)]
    for sent in sents:
        Talk(port, sent, half_close=False, deadline_s=0.1)  # some wait for more, on either side: that is no failure here
    return len(sents)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("nginx")


def test_every_request_has_the_same_shape_on_both_sides(folder):
    echo = Echo(tool("http_echo"))
    nginx = Nginx(folder, echo.port, echo.port).start()
    try:
        assert speak(nginx.port) > 300
        assert ask(nginx.port, "GET", "/last").status == 200
        wait_until(lambda: len(answered(nginx)) == len(echo.seen()), "nginx to have logged as many as came through")
    finally:
        stopped = nginx.stop()
        seen = echo.seen()
        echo.stop()
    before = [(line["method"], line["target"]) for line in answered(nginx)]
    behind = [(one["method"].decode(), one["target"].decode()) for one in seen]
    assert stopped == 0
    assert sorted(before) == sorted(behind), set(before) ^ set(behind)
    assert len(before) > 100
    refused = [line for line in nginx.passed_on() if line["upstream"] not in ("200", "411", "413")]  # 411: before the handler is asked
    assert all(line["upstream"].startswith("4") or line["upstream"] == "501" for line in refused), refused
    for one in seen:
        names = [name for name, _ in one["fields"]]
        assert names.count(b"host") == 1 and names.count(b"content-length") <= 1 and b"transfer-encoding" not in names, one
        lengths = [int(value) for name, value in one["fields"] if name == b"content-length"]
        assert (lengths or [0]) == [len(one["body"])], one


def heard(daemon):
    """How many requests it was given, good ones and bad ones; this question is one more."""
    metrics = daemon.ask("GET", "/metrics").body.decode()
    return sum(int(re.search(rf"^bochuang_ingest_http_{name}_total (\d+)$", metrics, re.M)[1]) for name in ("requests", "bad_requests"))


def test_ingest_is_asked_as_often_as_nginx_says(folder):
    with System([make_contest("behind")]) as system:
        nginx = Nginx(folder, system.ingest.port, system.board.port)
        nginx.seen_log = folder / "nginx-seen.log"
        nginx.seen_log.unlink(missing_ok=True)
        nginx.start()
        try:
            token = system.token("behind", "connector")
            before, passed = heard(system.ingest), len(nginx.passed_on())
            assert speak(nginx.port, mutants=0) > 300
            body = json.dumps([Events().paid(5)]).encode()
            answer = ask(nginx.port, "POST", "/v1/contests/behind/events", body, Authorization=f"Bearer {token}", Content_Type="application/json")
            assert answer.status == 202
            asked = itertools.count(1)
            wait_until(lambda: heard(system.ingest) - before - next(asked) == len(nginx.passed_on()) - passed,
                       "ingest to have heard as many as nginx has logged")
        finally:
            assert nginx.stop() == 0
        assert system.totals("behind")["net_fen"] == 5


def test_the_file_as_it_stands_is_right(folder):
    """With TLS: nginx itself reads it, with a certificate made up."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=example.org",
                    "-keyout", str(key), "-out", str(certificate)], capture_output=True, check=True)
    text = (ROOT / "deploy/proxy/nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/ssl/certs/bochuang.pem", str(certificate)).replace("/etc/ssl/private/bochuang.key", str(key))
    conf = folder / "tls.conf"
    conf.write_text(f"pid {folder}/tls.pid;\nevents {{}}\nhttp {{\naccess_log off;\n{text.replace('listen 443', f'listen 127.0.0.1:{free_port()}')}}}\n", encoding="utf-8")
    done = subprocess.run([NGINX, "-t", "-e", str(folder / "tls-error.log"), "-p", str(folder), "-c", str(conf)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "successful" in done.stderr, done.stderr
