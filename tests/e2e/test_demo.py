"""deploy/up --demo: a whole contest, from its first sale to results that are final and lie in files."""
import json
import signal
import sys

import pytest

from harness import ROOT, ask, wait_until
from result_files import read_csv, read_html, read_xlsx
from test_up import Up

sys.path.insert(0, str(ROOT / "docs"))
import check_evidence  # noqa: E402

CONTEST = "youxian-2021"


@pytest.fixture(scope="module")
def demo():
    """Small and fast, with two logs; the contest is the one that comes along."""
    made = Up(shards=2, more=["--demo", "--events", "1500", "--speed", "0"]).start()
    made.wait_ready()
    yield made
    made.close()


def read(demo, path, token=None):
    answer = ask(demo.port + 1, "GET", f"/v1/contests/{CONTEST}{path}", Authorization=token and f"Bearer {token}")
    assert answer.status == 200, answer
    return answer.json


def test_it_ends_with_final_results_in_all_formats(demo):
    wait_until(lambda: "the demo is over" in demo.said() or "the demo ended" in demo.said(), "the demo to end", 120, 0.2)
    assert "the demo is over" in demo.said(), demo.said()[-3000:]
    assert "every total is as it must be" in demo.said()
    totals = read(demo, "/totals")
    assert (totals["state"], totals["final"]) == ("final", True)
    folder = demo.data / "results"
    files = {path.suffix[1:]: path.read_bytes() for path in folder.iterdir()}
    assert {"json", "csv", "xlsx", "html"} <= set(files), sorted(folder.iterdir())
    version = json.loads(files["json"])
    assert version["totals"] == totals["totals"] and version["number"] == 1
    assert all(award["winners"] and not award["undecided"] for award in version["awards"]), version["awards"]
    assert version["set_aside_totals"]["undecided_tie"] == version["set_aside_totals"]["missing_mark"] == 0
    assert version["who"].startswith("judge ")
    finality = read(demo, "/results")["versions"][0]
    assert finality["final"] and finality["finalised_by"].startswith("organiser ")
    net = f"{version['communique']['net_fen'] // 100}.{version['communique']['net_fen'] % 100:02d}"
    assert dict(read_csv(files["csv"])["公报数据 Communiqué"])["净销售额（元） Net sales (yuan)"] == net
    assert {row[0].split("\n")[0]: row[1] for row in read_xlsx(files["xlsx"])["公报数据"] if len(row) == 2}["净销售额（元）"] == float(net)
    assert {row[0]: row[1].replace(",", "") for row in read_html(files["html"])["cover"]}["净销售额（元）"] == net


def test_its_evidence_holds(demo):
    """The same figures once more, from the file alone, and by the key that was made before anything happened."""
    said, folder = demo.said(), demo.data / "results"
    key = (demo.data / "evidence.pub").read_text(encoding="ascii").strip()
    assert f"{CONTEST}.evidence holds" in said and f"by the wanted key {key}" in said, said[-3000:]
    evidence = check_evidence.read((folder / f"{CONTEST}.evidence").read_bytes(), key)
    assert evidence["versions"] == [json.loads((folder / f"{CONTEST}-results-1.json").read_bytes())]
    assert evidence["totals"]["totals"] == read(demo, "/totals")["totals"] and evidence["totals"]["versions"][0]["final"]
    assert evidence["heads"] == [chain["head"] for chain in read(demo, "/chains")["chains"]]
    assert all(head in said for head in evidence["heads"])


def test_started_again_it_only_hands_out_the_results(demo):
    before = {path.name: path.read_bytes() for path in (demo.data / "results").iterdir()}
    assert demo.stop(signal.SIGINT) == 0
    (demo.data / "results" / f"{CONTEST}-results-1.xlsx").unlink()
    demo.start()
    demo.wait_ready()
    wait_until(lambda: demo.said().count("the demo is over") == 2, "the files again", 60, 0.1)
    assert "was played before" in demo.said()
    after = {path.name: path.read_bytes() for path in (demo.data / "results").iterdir()}
    assert {name: after[name] for name in before if "results-1" in name} == {name: body for name, body in before.items() if "results-1" in name}
