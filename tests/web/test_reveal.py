"""The reveal: from the bottom up, forward and back, and nothing of a higher place in the page before its time."""
import time

import pytest
from selenium.webdriver.common.keys import Keys

from browser import Page
from contests import Events, make_contest
from harness import System, wait_until

TEAMS = [("yx-01", "攸县一队"), ("yx-02", "攸县二队"), ("yz-01", "宜章一队"), ("yz-02", "宜章二队"), ("yz-03", "宜章三队"), ("yz-04", "宜章四队")]
NAMES = dict(TEAMS)


def make_show(name):
    """Six teams, a session each; two awards by places, one that the committee gives."""
    contest = make_contest(name, opens_ms=(int(time.time()) - 3600) * 1000)
    streamers = [{"id": team, "name": words, "county": "430223" if team.startswith("yx") else "431022"} for team, words in TEAMS]
    sessions = [{**contest["sessions"][0], "id": f"s-{team}", "streamer": team} for team, _ in TEAMS]
    awards = [{"id": "first", "name": "一等奖", "ranking": "teams", "from": 1, "to": 1}, {"id": "second", "name": "二等奖", "ranking": "teams", "from": 2, "to": 3},
              {"id": "organisation", "name": "最佳组织奖", "manual": True}]
    rankings = [one for one in contest["rankings"] if one["id"] in ("counties", "teams")]
    contest.pop("panel")
    return {**contest, "streamers": streamers, "sessions": sessions, "rankings": rankings, "awards": awards}


@pytest.fixture(scope="module")
def shows():
    names = [f"reveal-{number:02d}" for number in range(12)]
    with System([make_show(name) for name in names]) as system:
        system.free = names
        yield system


class Show:
    def __init__(self, system, page):
        self.system, self.page, self.contest = system, page, system.free.pop()
        self.events = Events(opens_ms=system.read(self.contest)["windows"]["opens_ms"])

    def sell(self, **amounts):
        """sell(yx_01=900): what each team has sold, in fen."""
        sales = [self.events.paid(fen, session=f"s-{team.replace('_', '-')}") for team, fen in amounts.items()]
        assert self.system.post_events(self.contest, sales).status == 202
        self.system.settle(self.contest)

    def act(self, number, kind, role="judge", **fields):
        self.system.must_act(self.contest, {"id": number, "type": kind, **fields}, role)
        self.system.settle(self.contest)

    def publish(self):
        self.act("close", "close", "organiser")
        self.act("publish", "publish", reason="复核完毕", override=True)
        wait_until(lambda: self.system.read(self.contest, "/results")["versions"], "the version")

    def open(self, token=True, size="wall", language="zh", still=False):
        page = self.page
        page.driver.get("about:blank")
        page.prefer(reduced_motion="reduce" if still else "no-preference")
        fragment = "#token=" + self.system.token(self.contest, "judge") if token else ""
        page.open(f"/reveal?contest={self.contest}&lang={language}{fragment}", size)
        page.wait("document.querySelector('.choice, .progress')", "the ranking to choose")
        return self

    def begin(self, **how):
        self.open(**how)
        self.page.press("[data-ranking=teams]")
        self.page.wait("document.querySelector('.spotlight')", "the stage")
        self.key(Keys.HOME)  # the tab remembers where a show was
        assert self.at() == ["title", ""]
        return self

    def key(self, key):
        self.page.keys(key)

    def at(self):
        return self.page.run("return [document.querySelector('.spotlight').dataset.kind, document.querySelector('.spotlight').dataset.rank]")

    def board(self):
        return [line.split("\n")[:2] for line in self.page.texts(".board li")]

    def hidden(self, *teams):
        text = self.page.all_text()
        return [team for team in teams if NAMES[team] in text] == []


@pytest.fixture
def show(driver, shows):
    page = Page(driver, shows.board.port)
    # What a crashed show would go on from is of this tab's session; a fresh tab has none.
    yield Show(shows, page)
    page.prefer()
    page.check()


AMOUNTS = {"yx_01": 60000, "yx_02": 50000, "yz_01": 40000, "yz_02": 30000, "yz_03": 20000, "yz_04": 10000}
ORDER = ["yx-01", "yx-02", "yz-01", "yz-02", "yz-03", "yz-04"]  # from the first place down
EXPECTED = [("title", ""), ("run", ""), ("announce", "3"), ("reveal", "3"), ("announce", "2"), ("reveal", "2"), ("announce", "1"), ("reveal", "1"), ("end", "")]


def test_from_the_bottom_up_and_back(show):
    show.sell(**AMOUNTS)
    show.begin(still=True)
    boards = []
    for number, (kind, rank) in enumerate(EXPECTED):
        if number:
            show.key(Keys.PAGE_DOWN)
        assert show.at() == [kind, rank]
        above = [team for place, team in enumerate(ORDER, 1) if kind == "title" or (kind == "run" and place <= 3) or (kind == "announce" and place <= int(rank)) or (kind == "reveal" and place < int(rank))]
        assert show.hidden(*above), f"at {kind} {rank} something of a higher place is in the page"
        for team in above:
            assert f"{AMOUNTS[team.replace('-', '_')] // 100}.00" not in show.page.all_text()
        boards.append(show.board())
    assert boards[1] == [["4", "宜章二队"], ["5", "宜章三队"], ["6", "宜章四队"]]
    assert boards[-1] == [[str(place), NAMES[team]] for place, team in enumerate(ORDER, 1)]
    show.key(Keys.PAGE_DOWN)
    assert show.at() == ["end", ""], "there is nothing behind the end"
    for number in reversed(range(len(EXPECTED) - 1)):
        show.key([Keys.PAGE_UP, Keys.ARROW_LEFT][number % 2])
        assert (show.at(), show.board()) == (list(EXPECTED[number]), boards[number])
    assert show.hidden(*ORDER), "a step back leaves nothing behind"


def test_other_keys(show):
    show.sell(**AMOUNTS)
    show.begin(still=True)
    for key, expected in ((Keys.SPACE, "run"), (Keys.ARROW_RIGHT, "announce"), (Keys.ARROW_DOWN, "reveal"), (Keys.ARROW_UP, "announce"), (Keys.HOME, "title")):
        show.key(key)
        assert show.at()[0] == expected
    show.key("b")
    assert show.page.run("return getComputedStyle(document.querySelector('main')).visibility") == "hidden"
    show.key(Keys.PAGE_DOWN)
    assert show.page.run("return getComputedStyle(document.querySelector('main')).visibility") == "visible" and show.at()[0] == "title"


def test_the_run_goes_by_itself_and_pauses_before_an_award(show):
    show.sell(**AMOUNTS)
    show.begin()
    show.key(Keys.PAGE_DOWN)
    show.page.wait("document.querySelectorAll('.board li').length === 3", "the run to end")
    assert show.hidden("yx-01", "yx-02", "yz-01")
    show.key(Keys.PAGE_DOWN)
    assert show.at() == ["announce", "3"]
    show.key(Keys.PAGE_UP)
    show.key(Keys.HOME)
    show.key(Keys.PAGE_DOWN + Keys.PAGE_DOWN)  # in one go: the run is a short one
    assert show.at() == ["run", ""] and len(show.board()) == 3, "a step in the middle of it shows the rest at once"


def test_a_tie_is_revealed_together(show):
    show.sell(yx_01=60000, yx_02=60000, yz_01=40000)
    moments = {row["id"]: row["rank"] for row in show.system.live(show.contest, "/rankings/teams")["rows"]}
    show.begin(still=True)
    board = []
    for _ in range(8):
        show.key(Keys.PAGE_DOWN)
        board = show.board()
    assert sorted((name, rank) for rank, name in board) == sorted((NAMES[team], str(rank)) for team, rank in moments.items())


def test_a_published_version_needs_no_token(show):
    show.sell(**AMOUNTS)
    show.act("award", "award", award="organisation", winners=["431022"], reason="组织得力")
    show.publish()
    show.begin(token=False, still=True)
    assert "第 1 版" in show.page.text(".source")
    kinds = []
    for _ in range(3):
        show.key(Keys.PAGE_DOWN)
        kinds.append(show.at()[0])
    assert kinds == ["announce", "given", "run"]
    show.key(Keys.PAGE_UP)
    assert "最佳组织奖" in show.page.text(".spotlight") and "宜章县" in show.page.text(".spotlight")
    show.page.check_access()
    show.page.driver.refresh()
    show.page.press("[data-ranking=teams]")
    assert show.at()[0] == "given", "a reload in the middle of the show goes on where it was"


def test_a_result_that_cannot_be_read_yet_is_waited_for(show):
    show.sell(**AMOUNTS)
    show.publish()
    page = show.page
    page.forgive("ERR_BLOCKED")
    page.cdp("Network.setBlockedURLs", urls=["*/results*"])
    page.open(f"/reveal?contest={show.contest}", "hd")
    page.wait_text("#notice", "正在读取")
    page.cdp("Network.setBlockedURLs", urls=[])
    page.wait("document.querySelector('[data-ranking=teams]')", "the rankings to choose")
    assert page.run("return document.querySelector('#notice').hidden")


def test_while_it_is_frozen_only_a_judge_can_reveal(show):
    show.sell(yx_01=10000)
    show.act("freeze", "freeze")
    show.sell(yz_01=90000)
    page = show.page
    page.open(f"/reveal?contest={show.contest}")
    page.wait("document.querySelector('#token')", "the gate")
    assert "宜章一队" not in page.all_text() and "900.00" not in page.all_text()
    show.begin(still=True)
    for _ in range(8):
        show.key(Keys.PAGE_DOWN)
    assert show.board()[0] == ["1", "宜章一队"]
    assert "尚未公布" in page.text(".source")
    page.drain()
    token = show.system.token(show.contest, "judge")
    assert token not in page.run("return [JSON.stringify({...localStorage}), location.href].join()") + page.all_text()


def test_the_presenter_sees_what_comes_and_drives_it(show):
    show.sell(**AMOUNTS)
    show.begin(still=True)
    page, driver = show.page, show.page.driver
    stage = driver.current_window_handle
    before = set(driver.window_handles)
    page.press("footer nav button:last-child")
    (presenter,) = wait_until(lambda: set(driver.window_handles) - before, "the presenter's window")
    driver.switch_to.window(presenter)
    page.wait_text(".next", "第 6 – 4 名")
    clock = page.text(".clock")
    assert clock[:2] in (time.strftime("%H", time.gmtime(time.time() + 8 * 3600 + late)) for late in (-60, 0)), "the contest's time, as everywhere"
    page.press("[data-command=next]")
    page.wait_text(".next", "二等奖")
    page.keys(Keys.PAGE_DOWN)
    page.wait_text(".next", "宜章一队（400.00 元）")
    page.check_access()
    page.picture("reveal-presenter")
    driver.switch_to.window(stage)
    assert show.at() == ["announce", "3"] and show.hidden("yz-01", "yx-01", "yx-02"), "the hall does not see what the presenter sees"
    driver.switch_to.window(presenter)
    driver.close()
    driver.switch_to.window(stage)


PHONES = [(360, 640), (375, 667), (390, 844), (412, 915), (430, 932)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_what_is_for_the_hand_stays_in_sight(show, language):
    show.sell(**AMOUNTS)
    for size in PHONES + [(height, width) for width, height in PHONES]:
        show.begin(size=size, language=language, still=True)
        for _ in EXPECTED[1:]:
            show.key(Keys.PAGE_DOWN)
            outside = show.page.run("""return [...document.querySelectorAll('.spotlight > *, footer, footer button')].filter((node) => {
                const box = node.getBoundingClientRect();
                return box.width && (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth);
              }).map((node) => node.outerHTML.slice(0, 120));""")
            assert outside == [], f"{size} at {show.at()}"
        assert show.at()[0] == "end"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_it(show, language):
    long_name = "株洲市攸县酒埠江镇湘赣边乡村振兴直播带货示范队（第一分队）A-Very-Long-Unbroken-Name-Of-A-Team"
    show.act("long", "register", "organiser", streamers=[{"id": "yx-01", "name": long_name, "county": "430223"}])
    show.sell(**{**AMOUNTS, "yx_01": 99_999_999_999})
    for size in ("wall", "hd", "phone", "narrow"):
        show.begin(size=size, language=language, still=True)
        for number, (kind, rank) in enumerate(EXPECTED):
            if number:
                show.key(Keys.PAGE_DOWN)
            show.page.check_width()
            if kind in ("announce", "reveal", "end") and rank in ("1", ""):
                show.page.check_access()
                show.page.picture(f"reveal-{language}-{kind}")
