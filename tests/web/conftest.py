import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "e2e"):
    sys.path.insert(0, str(folder))

from browser import Page, make_driver  # noqa: E402
from contests import Events, make_contest  # noqa: E402
from harness import BIN, ROOT, System  # noqa: E402

POOL_SIZE = 60
PLAYED_EVENTS = 3000


@pytest.fixture(scope="session")
def driver():
    driver = make_driver()
    folder = driver.capabilities["chrome"]["userDataDir"]
    yield driver
    driver.quit()
    shutil.rmtree(folder, ignore_errors=True)


class Pool:
    """One system for all tests of a file that leave the daemons alone; each test gets a contest of its own."""

    def __init__(self):
        self.system = System([make_contest(f"web-{number:02d}") for number in range(POOL_SIZE)])
        self.numbers = itertools.count()


@pytest.fixture(scope="module")
def pool():
    pool = Pool()
    with pool.system:
        yield pool


@pytest.fixture
def system(pool):
    """The shared system. Tests that stop or kill something make their own."""
    assert pool.system.ingest.running and pool.system.board.running
    return pool.system


@pytest.fixture
def contest(pool):
    """The id of a contest that nobody else uses."""
    number = next(pool.numbers)
    assert number < POOL_SIZE, "more tests than contests: raise POOL_SIZE"
    return f"web-{number:02d}"


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def page(driver, system):
    """A fresh tab on the shared system's board; whatever a page may never do fails the test at its end."""
    page = Page(driver, system.board.port)
    yield page
    page.check()


def make_tokens(system, contest):
    """As deploy/up keeps them: what `bochuang simulate` posts with."""
    wishes = ["organiser", "judge", "connector", *(f"streamer,{one['id']}" for one in contest["streamers"])]
    done = subprocess.run([str(BIN / "bochuang"), "token", "create", "--contest", contest["contest"], "--data", str(system.folder),
                           "--many", "-j"], input="\n".join(wishes) + "\n", capture_output=True, text=True, check=True)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    tokens = {one["role"]: one["token"] for one in made if one["role"] != "streamer"}
    tokens["streamers"] = {one["streamer"]: one["token"] for one in made if one["role"] == "streamer"}
    path = system.folder / "tokens.json"
    path.write_text(json.dumps({**tokens, "contests": {contest["contest"]: tokens}}), encoding="utf-8")
    return path


def play(system, contest, events=PLAYED_EVENTS):
    """A whole contest, through the public interface; simulate itself fails where a total is not what it must be."""
    tokens = make_tokens(system, contest)
    done = subprocess.run([str(BIN / "bochuang"), "simulate", "--contest", contest["contest"], "--speed", "0", "--events", str(events),
                           "--tokens", str(tokens), "--board", f"http://127.0.0.1:{system.board.port}",
                           "--ingest", f"http://127.0.0.1:{system.ingest.port}"],
                          capture_output=True, text=True, timeout=300, check=False, env={**os.environ})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.fixture(scope="session")
def played():
    """The contest of Youxian, played to its end: 18 counties, 64 sessions. For looking at only."""
    contest = yaml.safe_load((ROOT / "config/contests/youxian-2021.yaml").read_text(encoding="utf-8"))
    contest = json.loads(json.dumps(contest, default=lambda moment: moment.isoformat()))
    with System([contest]) as system:
        play(system, contest)
        yield system


@pytest.fixture
def played_page(driver, played):
    """A fresh tab on the board of the played contest."""
    page = Page(driver, played.board.port)
    yield page
    page.check()
