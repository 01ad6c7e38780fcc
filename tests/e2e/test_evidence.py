"""export, verify and key: a contest in one file that holds by itself (contract, section 8; docs/evidence.md)."""
import io
import json
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys

import msgpack
import nacl.signing
import pytest

from contests import OPENS_MS, Events, make_contest
from harness import BIN, ROOT, System, wait_until
from producers import Load
from test_model_agrees import read_event
from test_vectors import VECTORS, post_all

sys.path.insert(0, str(ROOT / "docs"))
sys.path.insert(0, str(ROOT / "tests/model"))
import check_evidence  # noqa: E402
from fold import fold  # noqa: E402


def bochuang(*words, **more):
    return subprocess.run([str(BIN / "bochuang"), *map(str, words)], capture_output=True, text=True, check=False, timeout=120, **more)


@pytest.fixture(scope="module", params=[1, 3], ids=["one-shard", "three-shards"])
def played(request):
    """One contest for each vector, and some to play with."""
    contests = [{**vector["contest"], "contest": name} for name, vector in VECTORS.items()]
    with System([*contests, *(make_contest(name) for name in ("empty", "busy", "small", "damaged", "frozen"))], shards=request.param) as system:
        yield system


@pytest.fixture
def file(tmp_path):
    return tmp_path / "contest.evidence"


def export(system, contest, file):
    done = bochuang("export", contest, "--data", system.folder, "-o", file, "-j")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def verify(file, *words):
    """The verdict of `verify -j`; the exit code must say the same."""
    done = bochuang("verify", file, "-j", *words)
    verdict = json.loads(done.stdout)
    assert done.returncode == (0 if verdict["holds"] else 1), (done.stdout, done.stderr)
    return verdict


def publish(system, contest):
    """Closed, published by a judge and finalised by the organiser."""
    system.must_act(contest, {"id": "z-close", "type": "close"}, "organiser")
    system.must_act(contest, {"id": "z-publish", "type": "publish", "override": True, "reason": "公示"})
    system.must_act(contest, {"id": "z-final", "type": "finalise", "reason": "期满"}, "organiser")
    system.settle(contest)


# --- The figures ---


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_are_the_same_on_the_board_and_in_the_file(played, file, name):
    vector, middle = VECTORS[name], len(VECTORS[name]["log"]) // 2
    post_all(played, name, vector["log"][:middle], "ndjson")
    played.must_act(name, {"id": "z-freeze", "type": "freeze"})
    post_all(played, name, vector["log"][middle:], "ndjson")
    publish(played, name)
    exported = export(played, name, file)
    verdict = verify(file, "--key", exported["key"])
    assert verdict["holds"] and verdict["versions"] == 1 and verdict["pinned"], verdict
    assert verdict["chains"] == exported["chains"]

    evidence = check_evidence.read(file.read_bytes(), exported["key"])
    (version,) = evidence["versions"]
    assert played.get(name, "/results/1.json").body in file.read_bytes(), "to the byte"
    assert played.get(name, "/results/1.json").json == version
    assert evidence["totals"]["totals"] == played.live(name, "/totals")["totals"]
    assert {key: version["totals"][key] for key in vector["expected"]["totals"]} == vector["expected"]["totals"]
    for ranking in version["rankings"]:
        rows = [(row["rank"], row["id"], row["metrics"]["net_fen"], row.get("points_milli")) for row in ranking["rows"]]
        assert rows == [(row["rank"], row["id"], row["net_fen"], row.get("points_milli")) for row in vector["expected"]["rankings"][ranking["id"]]]
    assert evidence["totals"]["versions"] == played.read(name, "/results")["versions"]
    assert evidence["totals"]["versions"][0]["final"]
    assert played.live(name, "/chains")["chains"] == exported["chains"] == evidence["totals"]["chains"]
    assert played.read(name, "/totals")["totals"] != evidence["totals"]["totals"], "the public view stands where it was frozen"


def log_of(evidence):
    """The file's entries as the naive fold takes them, which knows one log: all events, and the actions of shard 0."""
    entries = [entry for shard, log in enumerate(evidence["logs"]) for entry in log if shard == 0 or entry[2] == "e"]
    for ms, _, kind, payload in sorted(entries, key=lambda entry: (entry[0], "ce a".index(entry[2]))):
        if kind == "c":
            yield {"contest": json.loads(payload), "ms": ms}
        elif kind == "a":
            action = json.loads(payload)
            if "points_milli" in action:
                action["points"] = action["points_milli"] / 1000
            if action["type"] not in ("publish", "finalise"):
                yield {"action": action, "ms": ms}
        else:
            for packed in msgpack.Unpacker(io.BytesIO(payload)):
                yield {"event": read_event(packed), "ms": ms}


def test_a_fold_of_one_s_own_comes_to_the_same(played, file):
    """What an auditor could do: the file alone, read in Python, folded by the naive model of the contract."""
    export(played, "fold-2", file)
    evidence = check_evidence.read(file.read_bytes())
    own = fold(list(log_of(evidence)))["live"].totals()
    assert {key: evidence["versions"][0]["totals"][key] for key in own} == own
    assert own["orders"] > 10


def test_a_contest_without_a_sale(played, file):
    exported = export(played, "empty", file)
    verdict = verify(file)
    assert verdict["holds"] and not verdict["pinned"]
    assert (verdict["entries"], verdict["events"], verdict["versions"]) == (played.shards, 0, 0)
    assert exported["entries"] == played.shards
    said = bochuang("verify", file).stdout
    assert "Whose key that is, this file cannot say" in said and exported["chains"][0]["head"] in said and exported["key"] in said


def test_while_the_contest_goes_on(played, file):
    """The file ends where the log ended when it began; a later one goes on from there."""
    with Load(played, "busy") as load:
        wait_until(lambda: load.acknowledged_count > 200, "some sales")
        first = export(played, "busy", file)
        earlier = file.read_bytes()
        assert verify(file)["holds"]
    last = export(played, "busy", file)
    assert verify(file)["holds"] and last["events"] > first["events"] > 0
    before, after = check_evidence.read(earlier), check_evidence.read(file.read_bytes())
    for shard in range(played.shards):
        assert after["logs"][shard][:len(before["logs"][shard])] == before["logs"][shard]
    figures, _ = load.expected()
    assert {key: after["totals"]["totals"][key] for key in figures} == figures


def test_the_public_heads_stand_still_in_a_freeze(played):
    events = Events("f")
    played.post_events("frozen", [events.paid(100), events.paid(200, session="s-4")])
    played.must_act("frozen", {"id": "fr", "type": "freeze"})
    played.settle("frozen")
    still = played.read("frozen", "/chains")["chains"]
    assert still == played.live("frozen", "/chains")["chains"]
    played.post_events("frozen", [events.paid(7, session=session) for session in ("s-1", "s-3", "s-4")])
    played.settle("frozen")
    assert played.read("frozen", "/chains")["chains"] == still
    assert played.live("frozen", "/chains")["chains"] != still
    played.must_act("frozen", {"id": "th", "type": "thaw"})
    played.settle("frozen")
    assert played.read("frozen", "/chains")["chains"] == played.live("frozen", "/chains")["chains"] != still


def test_on_a_machine_that_has_nothing(small, tmp_path):
    """bochuang-verify and the file in an empty root folder, without a network: no library, no /proc, no /dev."""
    if subprocess.run(["unshare", "--map-root-user", "--net", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no namespaces here: a container, or a root folder of its own")
    data, key_hex = small
    alone = ROOT / "build/bin/bochuang-verify"
    if not alone.exists():
        subprocess.run(["make", "-s", "-C", ROOT, alone.relative_to(ROOT)], check=True)
    shutil.copy(alone, tmp_path / "verify")
    file = tmp_path / "f.evidence"
    command = ["unshare", "--map-root-user", "--net", f"--root={tmp_path}", "/verify", "/f.evidence", "--key", key_hex]
    file.write_bytes(data)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0 and f"holds, by the wanted key {key_hex}" in done.stdout, done
    file.write_bytes(changed(data, len(data) // 2))
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={})
    assert done.returncode == 1 and "does not hold" in done.stdout and done.stderr == "", done


def test_it_says_what_stands_on_the_cover(played, small, file):
    """So that a printed result can be held against the file: by its net sales, and by the head of the chain when it was published."""
    file.write_bytes(small[0])
    version = played.read("small", "/results/1")
    net = f"{version['totals']['net_fen'] / 100:,.2f}"
    heads = [chain["head"] for chain in version["chains"]]
    said = bochuang("verify", file).stdout
    assert f"net sales {net} yuan, 0 sessions, 1 videos, 2 orders\n" in said
    assert all(f"head of the chain then {head}\n" in said for head in heads), said
    assert verify(file)["published"] == [{"number": 1, "published_at_ms": version["published_at_ms"], "final": True,
                                          "net_fen": version["totals"]["net_fen"], "heads": heads}]


# --- What does not hold ---


@pytest.fixture(scope="module")
def small(played):
    """The bytes of a small file that holds, and its key."""
    events = Events("s")
    played.post_events("small", [events.paid(100), events.paid(250, session="s-4", product="orange"), events.video()])
    publish(played, "small")
    path = played.folder / "small.evidence"
    exported = export(played, "small", path)
    assert verify(path)["holds"]
    return path.read_bytes(), exported["key"]


def must_fail(file, data, part, *words):
    file.write_bytes(data)
    verdict = verify(file, *words)
    assert not verdict["holds"] and part in verdict["problem"]["what"], verdict
    done = bochuang("verify", file, *words)
    assert done.returncode == 1 and part in done.stdout and done.stderr == "", done
    return verdict


def frame_of(data, kind, number=0):
    """(offset, payload's offset, end) of the frame of a kind."""
    found = [(at, at + 25, at + 25 + len(payload) + len(mark)) for at, _, _, what, payload, mark in check_evidence.frames(data) if what in kind]
    return found[number]


def changed(data, at):
    return data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1:]


def test_a_changed_entry(small, file):
    data, _ = small
    at, payload, _ = frame_of(data, "e")
    verdict = must_fail(file, changed(data, payload + 9), "the chain breaks here")
    problem = verdict["problem"]
    assert problem["offset"] == at and problem["shard"] is not None and problem["entry"] == 1
    assert re.fullmatch(r"\d+-\d+", problem["log_id"]) and not verdict["signed"]


def test_a_missing_an_added_and_a_moved_entry(small, file):
    data, _ = small
    at, _, end = frame_of(data, "c")
    must_fail(file, data[:at] + data[end:], "the chain breaks here")
    must_fail(file, data[:end] + data[at:end] + data[end:], "the chain breaks here")
    first, second = frame_of(data, "a", 0), frame_of(data, "a", 1)
    assert first[2] == second[0]
    must_fail(file, data[:first[0]] + data[second[0]:second[2]] + data[first[0]:first[2]] + data[second[2]:], "the chain breaks here")


def test_a_changed_version_names_the_figure(small, file):
    data, _ = small
    _, payload, end = frame_of(data, "V")
    at = data.index(b'"gross_fen":350', payload, end) + len('"gross_fen":')
    verdict = must_fail(file, data[:at] + b"9" + data[at + 1:], "version 1: totals.gross_fen differs: the log gives 350, the file says 950")
    assert verdict["problem"]["version"] == 1 and verdict["problem"]["offset"] == at
    _, payload, end = frame_of(data, "T")
    at = data.index(b'"gross_fen":350', payload, end) + len('"gross_fen":')
    must_fail(file, data[:at] + b"9" + data[at + 1:], "the totals: totals.gross_fen differs")


def test_a_cut_and_a_padded_file(small, file):
    data, _ = small
    for length in (0, 1, 19, 60, 200, len(data) // 2, len(data) - 96, len(data) - 1):
        file.write_bytes(data[:length])
        assert not verify(file)["holds"]
    for more in (b"\n", b"\0" * 96, data):
        file.write_bytes(data + more)
        assert not verify(file)["holds"]


def test_the_signature_and_the_key(small, file):
    data, key = small
    must_fail(file, changed(data, len(data) - 1), "do not hold")
    must_fail(file, changed(data, len(data) - 70), "do not hold")
    file.write_bytes(data)
    assert verify(file, "--key", key)["holds"] and verify(file, f"--key= {key.upper()}\n")["holds"]
    must_fail(file, data, "signed by another key", "--key", "0" * 63 + "1")
    for wrong in ("", "0" * 63, "0" * 65, "g" * 64):
        done = bochuang("verify", file, f"--key={wrong}")
        assert done.returncode == 2 and "64 hexadecimal digits" in done.stderr


def test_wrong_usage_and_files_that_are_none(tmp_path):
    assert bochuang("verify").returncode == bochuang("verify", "a", "b").returncode == bochuang("export").returncode == 2
    assert bochuang("key", "more").returncode == 2
    for name, part in ((tmp_path / "none", "No such file"), (tmp_path, "expected a file on disk"), ("/dev/zero", "expected a file on disk")):
        done = bochuang("verify", name)
        assert done.returncode == 1 and part in done.stderr and done.stdout == "", done
    text = tmp_path / "text"
    text.write_text("orders,amount\n" * 100)
    done = bochuang("verify", text)
    assert done.returncode == 1 and "no evidence file" in done.stdout


def forge(contest, shard_logs):
    """A file of these logs, chained, marked and signed as it must be; its totals say nothing."""
    key = nacl.signing.SigningKey(bytes(32))
    data = check_evidence.MAGIC + frame(len(shard_logs), 0, b"B", contest.encode())
    for log in shard_logs:
        head = bytes(32)
        for number, (kind, payload) in enumerate(log, 1):
            entry = frame(OPENS_MS, number, kind, payload)
            head = check_evidence.sha256(head + entry)
            data += entry + head[:8]
        events = sum(len(list(msgpack.Unpacker(io.BytesIO(payload)))) for kind, payload in log if kind == b"e")
        data += frame(len(log), events, b"H", head)
    data += frame(0, 0, b"T", b"{}") + bytes(key.verify_key)
    return data + key.sign(check_evidence.MAGIC + check_evidence.sha256(data)).signature


def frame(first, last, kind, payload):
    return check_evidence.FRAME.pack(first, last, kind, len(payload)) + payload


def test_forged_files(file):
    """Whole and well signed, and yet no evidence: what they hold cannot be."""
    contest = make_contest("forged")
    document = (b"c", json.dumps(contest).encode())
    must_fail(file, forge("forged", [[document]]), "the totals: ")
    must_fail(file, forge("forgery", [[document]]), "is of contest forged, expected forgery")
    must_fail(file, forge("forged", [[document], []]), "the log of shard 1 has no contest document")
    must_fail(file, forge("forged", [[document, document, (b"c", b"{}")]]), "it could not be read")
    sale = msgpack.packb([0, "x-1", OPENS_MS, "s-1", "tofu", 1, 500, 0])
    must_fail(file, forge("forged", [[document, (b"e", sale)], [document, (b"e", sale)]]), "it could count twice")
    loud = msgpack.packb([0, "\x1b[2J", OPENS_MS, "s-1", "tofu", 1, 500, 0])
    verdict = must_fail(file, forge("forged", [[document, (b"e", loud)], [document, (b"e", loud)]]), "it could count twice")
    assert "\x1b" not in bochuang("verify", file).stdout and "\x1b" not in verdict["problem"]["what"]


def test_figures_that_leave_64_bits(file):
    sessions = [{"id": f"s-{number}", "streamer": "yx-01", "platform": "douyin", "starts": "2021-11-26T08:00:00+08:00",
                 "ends": "2021-11-26T09:00:00+08:00"} for number in range(9300)]
    samples = b"".join(msgpack.packb([6, f"m-{number}", OPENS_MS, f"s-{number}", 0, 10**15]) for number in range(9300))
    document = (b"c", json.dumps(make_contest("forged", sessions=sessions)).encode())
    file.write_bytes(forge("forged", [[document, (b"e", samples)]]))
    done = bochuang("verify", file)
    assert done.returncode == 1 and "its figures leave 64 bits" in done.stderr and done.stdout == "", done


# --- What is in it, and what stays behind ---


def test_no_token_is_in_it(played, small):
    data, _ = small
    evidence = check_evidence.read(data)
    assert {kind for log in evidence["logs"] for _, _, kind, _ in log} == {"c", "e", "a"}
    records = [fields[b"t"] for _, fields in played.redis.client.xrange(f"bochuang:{{small/0}}:tokens")]
    assert len(records) >= 3
    for record in map(json.loads, records):
        assert record["hash"].encode() not in data
    for token in played.tokens.values():
        assert token.encode() not in data and token.rsplit("_", 1)[1].encode() not in data


def test_nothing_half_done_remains(played, small, tmp_path):
    """No room: the file that was there is as it was, and nothing else is."""
    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    file = tmp_path / "kept.evidence"
    file.write_bytes(b"what was there")
    done = bochuang("export", "small", "--data", played.folder, "-o", file, preexec_fn=no_room)
    assert done.returncode == 1 and "File too large" in done.stderr, done
    assert [path.name for path in tmp_path.iterdir()] == ["kept.evidence"] and file.read_bytes() == b"what was there"
    done = bochuang("export", "small", "--data", played.folder, "-o", tmp_path / "no" / "where")
    assert done.returncode == 1 and "No such file" in done.stderr
    done = bochuang("export", "small", "--data", played.folder, "-o", tmp_path)
    assert done.returncode == 1 and "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept.evidence"]


def test_what_it_cannot_export(played, tmp_path):
    done = bochuang("export", "nobody", "--data", played.folder, "-o", tmp_path / "f")
    assert done.returncode == 1 and "no contest nobody there; there is: " in done.stderr and "busy" in done.stderr
    done = bochuang("export", "busy", "--data", tmp_path, "-o", tmp_path / "f")
    assert done.returncode == 1 and "no Redis answers there" in done.stderr
    assert bochuang("export", "../etc", "--data", played.folder, "-o", tmp_path / "f").returncode == 1


def test_a_damaged_log_is_not_exported(played, tmp_path):
    played.redis.client.xadd("bochuang:{damaged/0}:log", {"e": b"\xc1", "h": b"12345678"})
    done = bochuang("export", "damaged", "--data", played.folder, "-o", tmp_path / "f")
    assert done.returncode == 1 and re.search(r"entry \d+-\d+ of the log of shard 0 could not be read", done.stderr), done
    assert list(tmp_path.iterdir()) == []


# --- The key ---


def key(folder, *words):
    return bochuang("key", "--data", folder, *words)


def test_the_key_is_made_once(tmp_path):
    made = json.loads(key(tmp_path, "-j").stdout)
    assert made["made"] and re.fullmatch("[0-9a-f]{64}", made["key"])
    assert stat.S_IMODE((tmp_path / "evidence.key").stat().st_mode) == 0o600
    assert (tmp_path / "evidence.pub").read_text() == made["key"] + "\n"
    assert (tmp_path / "evidence.key").read_text() != (tmp_path / "evidence.pub").read_text()
    assert json.loads(key(tmp_path, "-j").stdout) == {"key": made["key"], "made": False}
    assert key(tmp_path).stdout == made["key"] + "\n"
    (tmp_path / "evidence.pub").unlink()
    assert key(tmp_path).stdout == made["key"] + "\n" == (tmp_path / "evidence.pub").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.key", "evidence.pub"]


def test_many_at_once_make_one_key(tmp_path):
    running = [subprocess.Popen([str(BIN / "bochuang"), "key", "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True) for _ in range(12)]
    said = {child.communicate(timeout=60)[0] for child in running}
    assert {child.returncode for child in running} == {0} and len(said) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.key", "evidence.pub"]


def test_a_key_that_cannot_be_trusted_is_refused(played, tmp_path):
    key(tmp_path)
    path, pub = tmp_path / "evidence.key", tmp_path / "evidence.pub"
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        done = key(tmp_path)
        assert done.returncode == 1 and "0600" in done.stderr and f"{mode:04o}" in done.stderr and done.stdout == ""
    path.chmod(0o600)
    good, other = path.read_text(), "ab" * 32 + "\n"
    for text, part in (("", "found nothing"), ("abc\n", "hexadecimal"), (other, "one of them was replaced")):
        path.write_text(text)
        done = key(tmp_path)
        assert done.returncode == 1 and part in done.stderr, done
    path.write_text(good)
    pub.write_text("no key\n")
    assert "hexadecimal" in key(tmp_path).stderr
    pub.write_text(other)
    path.unlink()
    assert "is gone" in key(tmp_path).stderr and not path.exists()

    mine = played.folder / "evidence.key"
    key(played.folder)
    mine.chmod(0o644)
    done = bochuang("export", "small", "--data", played.folder, "-o", tmp_path / "f")
    mine.chmod(0o600)
    assert done.returncode == 1 and "0600" in done.stderr and not (tmp_path / "f").exists()
    assert key(tmp_path / "nowhere").returncode == 1


def test_the_script_in_docs_by_itself(small, file):
    data, key_hex = small
    file.write_bytes(data)
    script = [sys.executable, str(ROOT / "docs/check_evidence.py"), str(file)]
    done = subprocess.run([*script, key_hex], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and key_hex in done.stdout and "small:" in done.stdout, done
    assert subprocess.run([*script, "00" * 32], capture_output=True, check=False).returncode == 1
    file.write_bytes(changed(data, 300))
    assert subprocess.run(script, capture_output=True, check=False).returncode == 1
