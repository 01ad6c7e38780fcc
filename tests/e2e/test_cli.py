"""The command line, run as people run it. Exit 0: done; 1: it did not hold; 2: wrong usage."""
import csv
import io
import json
import os
import re
import pty
import select
import signal
import subprocess
import time
import zipfile

import pytest

from contests import make_contest
from harness import BIN, ROOT, TROUBLE, Stream, System, wait_until

COMMANDS = ["check", "token", "post", "watch", "rank", "act", "reconcile", "simulate"]


def run(*words, token=None, system=None, given=None, folder=None):
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    for name in ("BOCHUANG_TOKEN", "BOCHUANG_BOARD", "BOCHUANG_INGEST"):
        environment.pop(name, None)
    if system:
        environment["BOCHUANG_BOARD"] = f"http://127.0.0.1:{system.board.port}"
        environment["BOCHUANG_INGEST"] = f"http://127.0.0.1:{system.ingest.port}"
    if token:
        environment["BOCHUANG_TOKEN"] = token
    done = subprocess.run([str(BIN / "bochuang"), *words], input=given, env=environment, cwd=folder, capture_output=True,
                          text=True, timeout=60, check=False)
    assert not TROUBLE.search(done.stderr), done.stderr
    return done


def good(*words, **more):
    done = run(*words, **more)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


# --- Usage ---


def test_help():
    overview = good("--help")
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\b", overview, re.M), command
        text = good(command, "--help")
        assert f"bochuang {command}" in text and "usage" in text.lower()
    assert re.search(r"\d+\.\d+", good("--version"))


@pytest.mark.parametrize("words", [[], ["dance"], ["rank"], ["rank", "--contest"], ["rank", "--contest", "x", "--format", "pdf"],
                                   ["rank", "--contest", "x", "--colour", "red"], ["token", "create"], ["token", "burn", "--contest", "x"],
                                   ["act", "--contest", "x"], ["post"], ["check"]])
def test_wrong_usage_exits_2(words):
    done = run(*words)
    assert done.returncode == 2, done
    assert done.stdout == "" and len(done.stderr) > 20, "what is wrong stands on standard error"


# --- check ---


@pytest.mark.parametrize("name", ["example", "youxian-2021"])
def test_the_contests_that_come_along_are_right(name):
    assert "right" in good("check", f"config/contests/{name}.yaml", folder=ROOT)


def test_check_names_line_field_and_what_was_expected(tmp_path):
    text = (ROOT / "config/contests/example.yaml").read_text(encoding="utf-8")
    lines = text.split("\n")
    number = next(n for n, line in enumerate(lines) if "platform: " in line)
    lines[number] = lines[number].replace("platform: ", "platfrom: ", 1)
    file = tmp_path / "bad.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = run("check", str(file))
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert f"bad.yaml:{number + 1}:" in said and "platfrom" in said and "expected" in said and 'did you mean "platform"' in said
    (error,) = json.loads(run("check", "-j", str(file)).stdout)["errors"]
    assert (error["line"], error["field"].split(".")[-1]) == (number + 1, "platfrom")


@pytest.mark.parametrize("text", ["", "a: [", "contest: X Y", "- 1", "\x00", "contest: a\ncontest: b\n"])
def test_check_of_what_is_no_contest(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    done = run("check", str(file))
    assert done.returncode == 1 and "bad.yaml" in done.stdout + done.stderr
    assert run("check", str(tmp_path / "none.yaml")).returncode in (1, 2)


# --- token ---


def test_tokens_are_made_listed_and_revoked(system, contest, events):
    place = ("--contest", contest, "--data", str(system.folder))
    token = re.search(r"bc_(\w{10})_\w{32}", good("token", "create", "--role", "streamer", "--streamer", "yx-01", "--label", "手机", *place))
    system.wait_known(contest, token[0])
    assert system.post_events(contest, [events.paid(1)], token=token[0]).status == 202
    listed = good("token", "list", *place)
    assert token[1] in listed and "yx-01" in listed and "手机" in listed
    assert token[0] not in listed, "a token is shown once"
    good("token", "revoke", token[1], *place)
    wait_until(lambda: system.post_events(contest, [events.paid(1)], token=token[0]).status == 401, "the revocation to hold at ingest")
    wait_until(lambda: system.get(contest, "/receipts/yx-01", token[0]).status == 401, "the revocation to hold at the board")
    assert "revoked" in good("token", "list", *place)


@pytest.mark.parametrize("words", [["--role", "king"], ["--role", "streamer"], ["--role", "streamer", "--streamer", "nobody"],
                                   ["--role", "judge", "--streamer", "yx-01"]])
def test_tokens_that_nobody_could_use(system, shared_contest, words):
    done = run("token", "create", "--contest", shared_contest, "--data", str(system.folder), *words)
    assert done.returncode in (1, 2) and "bc_" not in done.stdout and done.stderr


def test_a_revoked_judge_loses_the_live_stream(system, contest):
    place = ("--contest", contest, "--data", str(system.folder))
    token = re.search(r"bc_(\w{10})_\w{32}", good("token", "create", "--role", "judge", *place))
    system.wait_known(contest, token[0])
    live = Stream(system.board.port, f"/v1/contests/{contest}/live?view=live", token=token[0])
    assert live.next()[0] == "snapshot"
    good("token", "revoke", token[1], *place)
    assert all(kind == "comment" for kind, _, _ in live.messages()), "the stream is ended, without another figure"
    live.close()


# --- post ---


def test_post_a_file(system, contest, events, tmp_path):
    body = [events.paid(100 + n) for n in range(2500)]
    file = tmp_path / "sales.ndjson"
    file.write_text("".join(json.dumps(event) + "\n" for event in body), encoding="utf-8")
    token = system.token(contest, "connector")
    good("post", "--contest", contest, str(file), system=system, token=token)
    good("post", "--contest", contest, str(file), system=system, token=token)
    totals = system.totals(contest)
    assert (totals["orders"], totals["gross_fen"], totals["duplicates"]) == (2500, sum(e["amount_fen"] for e in body), 2500)
    assert not (tmp_path / "sales.ndjson.rejected").exists()


def test_post_says_what_was_rejected(system, contest, events, tmp_path):
    lines = [json.dumps(events.paid(1)), json.dumps(events.paid(-1)), "rubbish", "", json.dumps(events.paid(2))]
    file = tmp_path / "sales.ndjson"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run("post", "--contest", contest, str(file), system=system, token=system.token(contest, "connector"))
    assert done.returncode == 1
    rejected = (tmp_path / "sales.ndjson.rejected").read_text(encoding="utf-8")
    assert "out_of_range" in rejected and "invalid_json" in rejected and "rubbish" in rejected
    assert system.totals(contest)["gross_fen"] == 3


def test_post_from_standard_input_as_json(system, contest, events, tmp_path):
    out = good("post", "--contest", contest, "-j", system=system, token=system.token(contest, "connector"),
               given=json.dumps(events.paid(7)) + "\n", folder=tmp_path)
    last = json.loads(out.strip().splitlines()[-1])
    assert (last["accepted"], last["rejected"]) == (1, 0)


def test_post_waits_for_an_ingest_that_is_away(events, tmp_path):
    """Ingest is killed and started again while a file is sent: all of it is acknowledged in the end."""
    with System([make_contest("away")]) as own:
        file = tmp_path / "sales.ndjson"
        file.write_text("".join(json.dumps(events.paid(1)) + "\n" for _ in range(5000)), encoding="utf-8")
        token = own.token("away", "connector")
        own.ingest.kill()
        child = subprocess.Popen([str(BIN / "bochuang"), "post", "--contest", "away", "--ingest", f"http://127.0.0.1:{own.ingest.port}", str(file)],
                                 env={**os.environ, "BOCHUANG_TOKEN": token}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            own.ingest.start()
            own.ingest.kill()
            own.ingest.start()
            _, said = child.communicate(timeout=60)
            assert child.returncode == 0, said.decode()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        totals = own.totals("away")
        assert (totals["orders"], totals["gross_fen"]) == (5000, 5000)


def test_post_with_a_bad_token_stops(system, contest, events):
    done = run("post", "--contest", contest, system=system, token="bc_" + "a" * 10 + "_" + "a" * 32, given=json.dumps(events.paid(1)) + "\n")
    assert done.returncode in (1, 2) and "token" in done.stderr.lower()


# --- rank, watch, act ---


@pytest.fixture
def ranked(system, contest, events):
    system.post_events(contest, [events.paid(1234567), events.paid(500, session="s-4")])
    system.settle(contest)
    return contest


def test_rank_in_every_form(system, ranked, tmp_path):
    table = good("rank", "--contest", ranked, "counties", system=system)
    assert "攸县" in table and "12,345.67" in table
    rows = list(csv.reader(io.StringIO(good("rank", "--contest", ranked, "counties", "--format", "csv", system=system).removeprefix("\ufeff"))))
    assert any("攸县" in row for row in rows) and len(rows) >= 3
    body = json.loads(good("rank", "--contest", ranked, "counties", "--format", "json", system=system))
    assert "430223" in json.dumps(body)
    book = tmp_path / "ranking.xlsx"
    good("rank", "--contest", ranked, "counties", "--format", "xlsx", "-o", str(book), system=system)
    with zipfile.ZipFile(book) as pages:
        assert "攸县" in pages.read("xl/sharedStrings.xml").decode()
    every = good("rank", "--contest", ranked, system=system)
    for ranking in system.contests[ranked]["rankings"]:
        assert ranking["name"] in every


def test_a_cell_that_looks_like_a_formula_is_guarded(system, contest):
    evil = '=HYPERLINK("http://x")'
    system.must_act(contest, {"id": "r", "type": "register", "streamers": [{"id": "evil", "name": evil, "county": "430223"}]}, "organiser")
    system.settle(contest)
    out = good("rank", "--contest", contest, "teams", "--format", "csv", system=system)
    cells = [cell for row in csv.reader(io.StringIO(out)) for cell in row]
    assert evil not in cells and any(evil in cell for cell in cells)


def test_rank_of_what_is_not_there(system, ranked):
    for words in (["--contest", ranked, "none"], ["--contest", "no-such-contest"]):
        done = run("rank", *words, system=system)
        assert done.returncode == 1 and done.stderr


def test_act(system, contest, events):
    judge, organiser = (system.token(contest, role) for role in ("judge", "organiser"))
    sale = events.paid(900, channel="offline")
    system.post_events(contest, [sale])
    good("act", "--contest", contest, "approve", "streamer=yx-01", f"event={sale['id']}", system=system, token=organiser)
    assert system.totals(contest)["net_fen"] == 900
    good("act", "--contest", contest, "score", "judge=j1", "streamer=yx-01", "criterion=stage", "points=39.5", system=system, token=judge)
    good("act", "--contest", contest, "register", 'products:=[{"id":"tea","name":"绿茶","county":"431022","category":"茶叶"}]', system=system, token=organiser)
    assert system.post_events(contest, [events.paid(1, product="tea")]).status == 202
    done = run("act", "--contest", contest, "void", "streamer=yx-01", f"event={sale['id']}", "reason=x", system=system, token=organiser)
    assert done.returncode == 1 and "judge" in done.stderr
    done = run("act", "--contest", contest, "score", "judge=j1", "streamer=yx-01", "criterion=stage", "points=99", system=system, token=judge)
    assert done.returncode == 1 and "points" in done.stderr


def test_watch_as_json(system, ranked, events):
    child = subprocess.Popen([str(BIN / "bochuang"), "watch", "--contest", ranked, "-j", "--board", f"http://127.0.0.1:{system.board.port}"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert json.loads(child.stdout.readline())["totals"]["net_fen"] == 1235067
        system.post_events(ranked, [events.paid(33)])
        while json.loads(child.stdout.readline())["totals"]["net_fen"] != 1235100:
            pass
        child.send_signal(signal.SIGINT)
        assert child.wait(10) in (0, 130, -signal.SIGINT)
    finally:
        if child.poll() is None:
            child.kill()
        _, said = child.communicate()
    assert not TROUBLE.search(said), said


# --- Terminals ---


class Terminal:
    """The command on a terminal of 100 columns: what it shows, as it comes."""

    def __init__(self, *words, board, **more):
        self.pid, self.line = pty.fork()
        if self.pid == 0:
            environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "BOCHUANG_BOARD": f"http://127.0.0.1:{board.port}", **more}
            os.execve(str(BIN / "bochuang"), ["bochuang", *words], environment)
        self.shown = ""

    def read(self, seconds=0.1):
        if select.select([self.line], [], [], seconds)[0]:
            try:
                self.shown += os.read(self.line, 65536).decode(errors="replace")
            except OSError:
                return False  # it has ended
        return True

    def wait_for(self, words):
        def is_shown():
            self.read(0.05)
            return words in self.shown
        wait_until(is_shown, f"the terminal to show {words!r}")
        shown, self.shown = self.shown, ""
        return shown

    def rest(self):
        end = time.monotonic() + 10
        while self.read() and time.monotonic() < end:
            pass
        os.close(self.line)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), self.shown


def test_colours_are_for_terminals_alone(system, ranked):
    code, shown = Terminal("rank", "--contest", ranked, "counties", board=system.board).rest()
    assert code == 0 and "\x1b[1m" in shown
    code, shown = Terminal("rank", "--contest", ranked, "counties", board=system.board, NO_COLOR="1").rest()
    assert code == 0 and "\x1b" not in shown and "12,345.67" in shown
    assert "\x1b" not in good("rank", "--contest", ranked, "counties", system=system)
    done = run("watch", "--contest", ranked, "--once", system=system)
    assert done.returncode == 0 and "\x1b" not in done.stdout + done.stderr


def test_watch_says_when_it_is_no_longer_live(tmp_path):
    with System([make_contest("watched")]) as system:
        terminal = Terminal("watch", "--contest", "watched", board=system.board)
        assert "NOT LIVE" not in terminal.wait_for("net 0.00 yuan")
        system.board.kill()
        terminal.wait_for("NOT LIVE")
        system.board.start()
        assert "NOT LIVE" not in terminal.wait_for("net 0.00 yuan").split("\x1b[H")[-1]
        os.kill(terminal.pid, signal.SIGINT)
        assert terminal.rest()[0] == 0


def test_watch_once_gives_up():
    began = time.monotonic()
    done = run("watch", "--contest", "x", "--once", "--board", "http://127.0.0.1:1")
    assert done.returncode == 1 and "dialling" in done.stderr and time.monotonic() - began < 30


def test_a_board_that_is_away_is_said():
    done = run("rank", "--contest", "x", "--board", "http://127.0.0.1:1")
    assert done.returncode == 1 and "--board" in done.stderr


def test_the_help_of_act_knows_every_action():
    text = good("act", "--help")
    assert re.search(r"void +judge +streamer= event= reason=\n", text) and re.search(r"register +organiser +\[counties=\]", text)
