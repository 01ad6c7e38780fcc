"""A slow phone keeps its frames. Counted is the work of the page's main thread, in CPU time of each of its tasks, as the
browser itself writes it down: a machine that does other things as well measures nearly what an idle one does. A slow
phone takes four times as long. An update here is a heavy one: every county and every ranking moves, five times a second."""
import json
import random
import shutil
import time

import pytest
import yaml

from browser import Page, make_driver
from conftest import play
from harness import ROOT, System

CONTEST = "youxian-2021"
SLOWER = 4
FRAME_MS = 16
UPDATES = 25
SALES = 20
UPDATE_MS_MOST = 30  # 120 on a phone, of the 200 between two updates
LATE_MOST = UPDATES  # one frame of the twelve that an update has
TASK_MS_MOST = 20  # no task is as long as five frames; the trend, drawn anew when the browser is idle, is the longest: 15 ms
ROUNDS_MOST = 3  # what else the machine does makes tasks longer, never shorter: the page is as quick as its best round


# Work of the page's own kind, in small pieces: a table of its own whose figures change and are laid out. The middle one of them
# says what this machine is just now: what else it does makes the browser's work longer, not only that of the page.
PIECE = """
const host = document.body.appendChild(document.createElement('div'));
host.style.cssText = 'position:fixed;inset:0;contain:strict;visibility:hidden';
const table = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('table'));
const cells = Array.from({ length: 40 }, () => table.insertRow()).flatMap((row) => Array.from({ length: 5 }, () => row.insertCell().appendChild(new Text(''))));
const pieces = [];
for (let piece = 0; piece < 61; piece += 1) {
  cells.forEach((cell, at) => { cell.data = ((at * 7919 + piece * 104729) % 1000003 / 100).toFixed(2); });
  const began = performance.now();
  table.getBoundingClientRect();
  pieces.push(performance.now() - began);
}
host.remove();
return pieces.sort((a, b) => a - b)[30];"""
PIECE_MS = 1.2  # where the bounds above hold


@pytest.fixture(scope="module")
def traced():
    driver = make_driver(enableNetwork=True, traceCategories="toplevel")
    folder = driver.capabilities["chrome"]["userDataDir"]
    yield driver
    driver.quit()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def busy():
    """A contest that goes on: 18 counties, their streamers, all rankings."""
    contest = yaml.safe_load((ROOT / f"config/contests/{CONTEST}.yaml").read_text(encoding="utf-8"))
    contest = json.loads(json.dumps(contest, default=lambda moment: moment.isoformat()))
    with System([contest]) as system:
        play(system, contest, 1000)
        system.contest = contest
        yield system


def sales(system, chance, update):
    for number in range(SALES):
        session = chance.choice(system.contest["sessions"])
        yield {"id": f"busy-{update}-{number}", "type": "order.paid", "time": session["starts"], "session": session["id"],
               "product": chance.choice(system.contest["products"])["id"], "quantity": 1, "amount_fen": chance.randint(100, 900_000)}


def traced_until(driver, moment_s):
    """What the browser wrote down until then; it hands it over late, and every other time nothing."""
    events = []
    while max((one["ts"] for one in events), default=0) < moment_s * 1e6:
        messages = [json.loads(line["message"])["message"] for line in driver.get_log("performance")]
        events += [message["params"] for message in messages if message["method"] == "Tracing.dataCollected"]
    return events


def tasks_of(driver, began_s):
    """CPU time of each task of the page's main thread since then (time.monotonic(), the browser's own clock), in ms."""
    events = traced_until(driver, time.monotonic())
    main = {(one["pid"], one["tid"]) for one in events if one["name"].startswith("BlinkScheduler")}  # no other thread has that
    tasks = {}
    for one in events:
        thread = (one["pid"], one["tid"])
        if thread in main and one["name"].endswith("RunTask") and one.get("ph") == "X" and one["ts"] >= began_s * 1e6:
            tasks.setdefault(thread, []).append(one.get("tdur", 0) / 1000)
    return sorted(max(tasks.values(), key=sum), reverse=True)


# What each frame showed: cards in which somebody stood twice, and how often a row got another name.
WATCH_NAMES = """
window.seen = { twice: 0, changes: 0 };
const before = new Map();
function look() {
  for (const card of document.querySelectorAll('.ranking')) {
    const ids = [...card.querySelectorAll('tbody th')].map((cell) => cell.dataset.id);
    if (new Set(ids).size < ids.length) window.seen.twice += 1;
    if (before.has(card) && before.get(card) !== ids.join()) window.seen.changes += 1;
    before.set(card, ids.join());
  }
  requestAnimationFrame(look);
}
requestAnimationFrame(look);"""


def keeps_its_frames(page, system, chance, name):
    """A round of updates; whether all of it was within the bounds."""
    time.sleep(2)
    piece_ms = page.run(PIECE)
    began_s = time.monotonic()
    for update in range(UPDATES):
        assert system.post_events(CONTEST, list(sales(system, chance, f"{name}-{update}"))).status == 202
        time.sleep(0.22)  # the stream's own pace: each post is an update
    time.sleep(1)
    tasks = tasks_of(page.driver, began_s)
    slower = max(1.0, (piece_ms + page.run(PIECE)) / 2 / PIECE_MS)
    late = [task for task in tasks if task * SLOWER >= FRAME_MS * slower]
    print(f"\n{name}, {slower:.2f} times as slow: {sum(tasks) / UPDATES:.1f} ms an update, the longest tasks {', '.join(f'{task:.1f}' for task in tasks[:8])} ms; beyond a frame: {len(late)}")
    return sum(tasks) / UPDATES < UPDATE_MS_MOST * slower and len(late) <= LATE_MOST and tasks[0] < TASK_MS_MOST * slower


@pytest.mark.parametrize("at", ["top", "rankings"])
def test_a_slow_phone_keeps_its_frames(traced, busy, at):
    page = Page(traced, busy.board.port)
    page.open(f"/?contest={CONTEST}", "phone")
    page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the board to be live")
    page.wait("document.querySelectorAll('.ranking tbody tr').length > 50", "the rankings")
    if at == "rankings":
        page.run("document.querySelectorAll('.ranking')[1].scrollIntoView({ block: 'start' })")
    chance = random.Random(at)
    assert any(keeps_its_frames(page, busy, chance, f"{at}-{number}") for number in range(ROUNDS_MOST)), "see what each round came to"
    page.check()


def test_nobody_stands_in_a_ranking_twice_while_it_is_drawn(driver, busy):
    page = Page(driver, busy.board.port)
    page.open(f"/?contest={CONTEST}", "phone")
    page.wait("document.querySelectorAll('.ranking tbody tr').length > 50", "the rankings")
    page.run("document.querySelectorAll('.ranking')[1].scrollIntoView({ block: 'start' })")
    page.run(WATCH_NAMES)
    chance = random.Random("twice")
    for update in range(UPDATES):
        assert busy.post_events(CONTEST, list(sales(busy, chance, f"twice-{update}"))).status == 202
        time.sleep(0.22)
    page.wait("window.seen.changes > 20", "the rankings to change")
    assert page.run("return window.seen.twice") == 0
    page.check()
