"""The naive fold against the case vectors, and the C fold against the naive one over random logs."""
import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from fold import fold
from generate import make_log

ROOT = Path(__file__).resolve().parent.parent.parent
VECTORS = sorted((ROOT / "tests/vectors").glob("fold-*.json"))
LOGS = int(os.environ.get("MODEL_LOGS", "320"))
TALLIES = ["county,product", "streamer", "session,channel", "division,platform,category", "province,origin", "city",
           "product:channel=offline", "county:division=pro", "streamer:platform=douyin"]
SERIES = ["3600:county", "60:channel", "420:product,streamer"]


@pytest.fixture(scope="session")
def program():
    """The C fold as a program; the sanitizers' build where there is one asked for."""
    build = "build/" + os.environ.get("MODEL_SANITIZER", "").replace(",", "+")
    subprocess.run(["make", "--no-print-directory", "-s", f"SANITIZER={os.environ.get('MODEL_SANITIZER', '')}",
                    f"{build.rstrip('/')}/tests/fold_stdin"], cwd=ROOT, check=True)
    return ROOT / build / "tests/fold_stdin"


def run_c(program, log, shards):
    lines = []
    for entry in log:
        kind = next(k for k in ("contest", "event", "action") if k in entry)
        lines.append(f"{kind} {entry['ms']} {json.dumps(entry[kind], ensure_ascii=False)}\n")
    queries = [f"tally:{text}" for text in TALLIES] + [f"series:{text}" for text in SERIES]
    done = subprocess.run([program, str(shards), *queries], input="".join(lines), capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_model(log):
    folded = fold(log)
    return {"receipts": folded["receipts"], "unreadable": folded["unreadable"],
            "live": view_of(folded["live"]), "public": view_of(folded["public"])}


def view_of(view):
    out = {"totals": view.totals(), "rankings": view.rankings()}
    for text in TALLIES:
        by, *filters = text.split(":")
        out[f"tally:{text}"] = view.tally(by.split(","), dict(f.split("=") for f in filters))
    for text in SERIES:
        bucket_s, by = text.split(":")
        out[f"series:{text}"] = view.series(int(bucket_s), by.split(","))
    return out


def differences(one, other, path=""):
    """Where two results differ, as sentences; the first few."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in sorted(set(one) | set(other)):
            found += differences(one.get(key, "nothing"), other.get(key, "nothing"), f"{path}/{key}")
        return found[:5]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for n, (a, b) in enumerate(zip(one, other)) for d in differences(a, b, f"{path}[{n}]")][:5]
    return [] if one == other else [f"{path}: the model says {one}, the C fold {other}"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_model_gives_the_vectors(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    log = [{"contest": case["contest"], "ms": 1}] + [{**entry, "ms": n + 2} for n, entry in enumerate(case["log"])]
    folded, expected = fold(log), case["expected"]
    live = folded["live"]
    totals = live.totals()
    assert {name: totals[name] for name in expected["totals"]} == expected["totals"]
    assert folded["receipts"] == expected["receipts"]
    for by, rows in expected["tally"].items():
        assert [{name: row[name] for name in rows[0]} for row in live.tally(by.split(","))] == rows
    for id_, rows in live.rankings().items():
        wanted = expected["rankings"][id_]
        assert len(rows) == len(wanted)
        for row, want in zip(rows, wanted):
            assert {name: {**row["metrics"], **row}[name] for name in want} == want


def test_vectors_are_there():
    assert len(VECTORS) == 4


# Groups of seeds, so that a failure names its group and the others still run.
@pytest.mark.parametrize("group", range(16))
def test_c_gives_what_the_model_gives(program, group):
    for seed in range(group, LOGS, 16):
        length = random.Random(seed).choice([20, 60, 120, 250])
        log = make_log(seed, length)
        expected = run_model(log)
        for shards in (1, 3):
            found = differences(expected, run_c(program, log, shards))
            assert not found, f"seed {seed}, length {length}, {shards} shards:\n" + "\n".join(found)


def test_logs_are_varied():
    """What the random logs are for must be in them: a comparison of nothing proves nothing."""
    seen = set()
    for seed in range(40):
        folded = fold(make_log(seed, 250))
        for receipt in folded["receipts"].values():
            seen.add(receipt["reason"] or receipt["status"])
        if folded["live"].state is not folded["public"].state:
            seen.add("frozen")
        totals = folded["live"].totals()
        seen.update(name for name in ("duplicates", "conflicts", "videos", "sessions", "viewers") if totals[name])
        seen.update("unreadable" for _ in range(folded["unreadable"]))
    assert seen >= {"counted", "pending", "parked", "rejected", "voided", "closed", "outside_window", "no_such_sale",
                    "over_refund", "nothing_left", "unknown", "frozen", "duplicates", "conflicts", "videos", "sessions",
                    "viewers", "unreadable"}
