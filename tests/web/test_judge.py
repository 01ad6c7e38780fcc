"""The desk of judges and organisers: what it shows is the board's, what it does is in the log, with its reason."""
import re
import subprocess
import time

import pytest
from selenium.webdriver.common.keys import Keys

from browser import Page
from contests import Events, make_contest
from harness import BIN, System, wait_until

CLAIMER = "yx-01"


@pytest.fixture(scope="module")
def opened():
    names = [f"judge-{number:02d}" for number in range(24)]
    opens_ms = (int(time.time()) - 3600) * 1000
    with System([make_contest(name, opens_ms=opens_ms, notice_days=7) for name in names]) as system:
        system.free, system.opens_ms = names, opens_ms
        yield system


class Desk:
    def __init__(self, system, page):
        self.system, self.page, self.contest = system, page, system.free.pop()
        self.events = Events(opens_ms=system.opens_ms)

    def enter(self, role="judge", part="overview", size="desk", language="zh"):
        self.token = self.system.token(self.contest, role)
        page = self.page
        page.driver.get("about:blank")
        page.open(f"/judge?contest={self.contest}&lang={language}#token={self.token}", size)
        page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the live stream")
        self.go(part)
        return self

    def go(self, part):
        self.page.run("location.hash = arguments[0]", part)
        self.page.wait(f"document.querySelector('[data-part={part}]')?.getAttribute('aria-current') === 'page'", part)

    def post(self, *events):
        assert self.system.post_events(self.contest, list(events)).status == 202
        return events

    def ask(self, reason=None, verb=".primary"):
        """Fills in the dialog's reason and confirms."""
        self.page.wait("document.querySelector('dialog[open].ask')", "the question")
        if reason is not None:
            self.page.type("#ask-reason", reason)
        self.page.press(f"dialog.ask button{verb}")
        self.page.wait("!document.querySelector('dialog[open].ask')", "it to be done")

    def actions(self, kind):
        self.system.settle(self.contest)
        audit = self.system.read(self.contest, "/audit", self.system.token(self.contest, "judge"))
        return [entry["action"] for entry in audit["actions"] if entry["action"]["type"] == kind and entry["outcome"] == "applied"]

    def net(self, view="public"):
        query = "" if view == "public" else "?view=live"
        self.system.settle(self.contest)
        return self.system.read(self.contest, f"/totals{query}", self.system.token(self.contest, "judge"))["totals"]["net_fen"]

    def shown(self, metric="net_fen"):
        return self.page.texts(f".beside [data-metric={metric}] td")


@pytest.fixture
def desk(driver, opened):
    page = Page(driver, opened.board.port)
    yield Desk(opened, page)
    page.check()


def yuan(fen):
    return f"{fen // 100:,}.{fen % 100:02d}"


# --- Looking ---


def test_public_and_live_side_by_side(desk):
    desk.enter()
    desk.post(desk.events.paid(10000))
    desk.page.wait_text(".beside [data-metric=net_fen]", "100.00")
    desk.page.wait("[...document.querySelectorAll('.beside [data-metric=net_fen] td')].map((cell) => cell.innerText).join() === '100.00,100.00,='", "both")
    desk.system.must_act(desk.contest, {"id": "f", "type": "freeze"})
    desk.page.wait_text(".notice", "封榜")
    desk.post(desk.events.paid(2500, session="s-4", product="orange"))
    desk.page.wait_text(".beside [data-metric=net_fen] .live", "125.00")
    assert desk.shown() == ["100.00", "125.00", "+25.00"]
    assert (desk.net(), desk.net("live")) == (10000, 12500)
    desk.page.wait_text(".ranks tbody", "宜章县")


def test_the_token_goes_in_one_field_only(desk):
    desk.enter()
    desk.post(desk.events.paid(10000))
    desk.page.wait_text(".beside [data-metric=net_fen]", "100.00")
    page, token = desk.page, desk.token
    assert token not in page.run("return [JSON.stringify({...localStorage}), document.cookie, location.href].join()")
    assert token not in page.all_text()
    page.drain()
    urls = [url.split("#")[0] for url in page.requests]
    assert any("live?view=live" in url for url in urls), "the live view is followed by fetch"
    assert not [url for url in urls if token in url or "token=" in url]


def test_a_streamers_token_opens_nothing_here(desk):
    page = desk.page
    token = desk.system.token(desk.contest, "streamer", CLAIMER)
    page.open(f"/judge?contest={desk.contest}#token={token}")
    page.wait_text("#token-why", "/me")
    assert "beside" not in page.all_text()


def test_a_revoked_token_is_out_at_once(desk):
    desk.enter()
    desk.page.forgive("401", "403")
    assert desk.page.text(".beside")
    command = [str(BIN / "bochuang"), "token", "revoke", desk.token.split("_")[1], "--contest", desk.contest, "--data", str(desk.system.folder)]
    subprocess.run(command, check=True, capture_output=True)
    desk.page.wait("document.querySelector('#token') || !document.querySelector('.beside')", "the desk to be shut")


def test_nothing_is_said_that_is_not_known_yet(desk):
    """No zeros before anything has been read."""
    page = desk.page
    page.forgive("ERR_BLOCKED")
    page.cdp("Network.setBlockedURLs", urls=["*/audit*"])
    page.open(f"/judge?contest={desk.contest}#token={desk.system.token(desk.contest, 'judge')}")
    page.wait_text("main", "正在读取")
    page.wait("document.querySelector('.line').dataset.line === 'lost'", "the loss to be shown")
    assert not re.search(r"\d", page.text("main")), page.text("main")
    page.check_access()
    page.cdp("Network.setBlockedURLs", urls=[])
    page.wait_text(".waiting", "线下申报")
    page.wait("!document.querySelector('main').innerText.includes('正在读取')", "all to be read")


# --- Deciding ---


def test_an_approval_changes_the_figures(desk):
    claims = desk.post(desk.events.paid(30000, channel="offline"), desk.events.paid(7000, channel="offline", session="s-4", product="orange"),
                       desk.events.paid(1000, channel="offline"))
    desk.post(desk.events.paid(20000, session="s-3"))
    desk.enter(part="pending")
    page = desk.page
    page.wait("document.querySelectorAll('.part:not([hidden]) tbody tr[data-id]').length === 3", "the claims")
    for claim in claims[:2]:
        page.press(f"tr[data-id='{claim['id']}'] input")
    page.wait_text(".bar", "已选 2 笔，370.00 元")
    page.press(".bar [data-act=approve]")
    page.wait_text("dialog.ask .changes", "+370.00")
    assert "攸县一队 2 → 1" in page.text("dialog.ask .changes"), "what it changes in the ranks"
    desk.ask()
    page.wait("document.querySelectorAll('.part:not([hidden]) tbody tr[data-id]').length === 1", "the decided ones to leave")
    assert desk.net() == 57000
    rows = desk.system.live(desk.contest, "/rankings/teams")["rows"]
    assert rows[0]["id"] == "yx-01", "the preview was right"
    page.press(f"tr[data-id='{claims[2]['id']}'] input")
    page.press(".bar [data-act=reject]")
    page.press("dialog.ask .danger")
    page.wait_text("#ask-why", "理由")
    desk.ask("没有凭证")
    page.wait_text(".part:not([hidden])", "没有。")
    assert desk.net() == 57000
    assert desk.system.receipt(desk.contest, CLAIMER, claims[2]["id"]).json["status"] == "rejected"
    assert [one["reason"] for one in desk.actions("reject")] == ["没有凭证"]
    desk.go("overview")
    page.wait_text(".beside [data-metric=net_fen]", "570.00")


def test_a_sale_is_voided_and_restored(desk):
    (sale, _) = desk.post(desk.events.paid(30000), desk.events.paid(20000, session="s-3"))
    desk.enter(part="events")
    page = desk.page
    page.run("document.querySelector('#event-streamer').value = 'yx-01'")
    page.type("#event-id", sale["id"])
    page.keys(Keys.ENTER)
    page.press(".receipt [data-act=void]")
    page.wait_text("dialog.ask .changes", "−300.00")
    assert "攸县一队 1 → 2" in page.text("dialog.ask .changes")
    desk.ask("刷单")
    page.wait("document.querySelector('.receipt .pill').dataset.status === 'voided'", "it to be void")
    assert desk.net() == 20000
    page.wait_text(".said", "刷单")
    page.press(".receipt [data-act=restore]")
    desk.ask("误判")
    page.wait("document.querySelector('.receipt .pill').dataset.status === 'counted'", "it to count again")
    assert desk.net() == 50000
    desk.go("history")
    page.wait_text(".history", "误判")
    assert page.run("return document.querySelectorAll('.history li').length") == 2


def test_what_does_not_count_is_told_with_its_reason(desk):
    sale = desk.events.paid(1000)
    desk.post(sale, {**sale, "amount_fen": 1100}, desk.events.refunded(sale, 2000), desk.events.refunded({"session": "s-1", "id": "none"}, 5))
    desk.enter(part="pending")
    page = desk.page
    for name, words in (("parked", "订单还没到"), ("conflicts", "11.00"), ("refused", "退款比订单余下的金额还多")):
        page.press(f"[data-list={name}]")
        page.wait_text(".part:not([hidden]) > table:not([hidden]) tbody", words)
    page.press(".part:not([hidden]) > table:not([hidden]) a.event")
    page.wait_text(".receipt", "退款比订单余下的金额还多")


# --- State ---


def test_freeze_and_thaw(desk):
    desk.post(desk.events.paid(10000))
    desk.enter()
    page = desk.page
    page.press("[data-act=freeze]")
    desk.ask()
    page.wait("document.querySelector('.states [aria-current]').dataset.state === 'frozen'", "the freeze")
    desk.post(desk.events.paid(5000))
    page.wait_text(".beside [data-metric=net_fen] .live", "150.00")
    assert desk.system.read(desk.contest, "/totals")["totals"]["net_fen"] == 10000
    page.press("[data-act=thaw]")
    page.wait_text("dialog.ask .changes", "+50.00")
    desk.ask()
    page.wait("document.querySelector('.states [aria-current]').dataset.state === 'running'", "the thaw")
    page.wait_text(".beside [data-metric=net_fen] .public", "150.00")


def test_nobody_is_shown_what_the_role_may_not_do(desk):
    desk.enter("judge")
    assert desk.page.find("[data-act=freeze]") and not desk.page.find("[data-act=close]")
    desk.enter("organiser")
    assert desk.page.find("[data-act=close]") and not desk.page.find("[data-act=publish]")


# --- People ---


def test_what_cannot_be_read_is_not_shown_as_new(desk):
    """The lines stand, but one reading fails: the figures are said to be old until it works again."""
    desk.post(desk.events.paid(10000))
    desk.enter()
    page = desk.page
    page.wait_text(".ranks tbody", "攸县")
    page.forgive("ERR_BLOCKED_BY_CLIENT")
    page.cdp("Network.setBlockedURLs", urls=["*/audit*"])
    desk.post(desk.events.paid(5000))
    page.wait("document.querySelector('.line').dataset.line === 'lost'", "the failed reading to be said")
    assert page.run("return document.body.classList.contains('stale')")
    page.cdp("Network.setBlockedURLs", urls=[])
    page.wait("document.querySelector('.line').dataset.line === 'live'", "the reading to work again")


def test_all_actions_are_known_though_the_readings_are_short(desk):
    """Marks and disqualifications add up over all actions, which are more than one reading brings."""
    for number in range(3):
        desk.system.must_act(desk.contest, {"id": f"early-{number}", "type": "adjust", "streamer": "yx-01", "points": 1, "reason": "早"})
    desk.system.must_act(desk.contest, {"id": "out", "type": "disqualify", "streamer": "yx-02", "reason": "违规"})
    desk.enter(part="streamers")
    for number in range(520):
        desk.system.must_act(desk.contest, {"id": f"many-{number}", "type": "score", "judge": "j1", "streamer": "yz-01", "criterion": "stage", "points": number / 100})
    desk.system.must_act(desk.contest, {"id": "late", "type": "adjust", "streamer": "yx-01", "points": 2, "reason": "晚"})
    desk.page.wait_text("tr[data-streamer=yx-01]", "+5")
    assert "已取消资格" in desk.page.text("tr[data-streamer=yx-02]")
    assert desk.page.run("return document.querySelectorAll('.history li').length") <= 200


def test_marks(desk):
    desk.enter(part="marks")
    page = desk.page
    page.press("[data-judge=j2]")
    fields = "tr[data-streamer=yx-02] input.mark"
    page.type(fields, "41")
    page.keys(Keys.ENTER)
    page.wait(f"document.querySelector('{fields}').dataset.is === 'wrong'", "too many points to be refused")
    page.type(fields, "39.125")
    page.keys(Keys.ENTER, "5", "2", Keys.TAB)
    page.wait("document.querySelectorAll('.mark[data-is=saved]').length === 2", "both marks to be saved")
    assert [(one["judge"], one["streamer"], one["criterion"], one["points_milli"]) for one in desk.actions("score")] == [
        ("j2", "yx-02", "stage", 39125), ("j2", "yx-02", "product", 52000)]
    page.press("[data-judge=all]")
    page.wait_text("tr[data-streamer=yx-02]", "91.125")
    rows = desk.system.live(desk.contest, "/rankings/streamers")["rows"]
    assert [row["id"] for row in rows][0] == "yx-02"


def test_an_adjustment_and_a_disqualification(desk):
    desk.post(desk.events.paid(30000), desk.events.paid(20000, session="s-3"))
    desk.enter(part="streamers")
    page = desk.page
    page.press("tr[data-streamer=yx-02] [data-act=adjust]")
    page.type("#adjust-points", "60")
    page.wait_text("dialog.ask .changes", "攸县二队 2 → 1")
    desk.ask("公益专场")
    page.wait_text("tr[data-streamer=yx-02]", "+60")
    rows = desk.system.live(desk.contest, "/rankings/streamers")["rows"]
    assert rows[0]["id"] == "yx-02" and rows[0]["adjusted_milli"] == 60000
    page.press("tr[data-streamer=yx-02] [data-act=disqualify]")
    desk.ask("刷单", ".danger")
    page.wait_text("tr[data-streamer=yx-02]", "已取消资格")
    assert "yx-02" not in [row["id"] for row in desk.system.live(desk.contest, "/rankings/streamers")["rows"]]
    assert desk.net() == 50000, "all figures stay"
    page.press("tr[data-streamer=yx-02] [data-act=reinstate]")
    desk.ask("申诉成立")
    page.wait("!document.querySelector('tr[data-streamer=yx-02].out')", "the way back")


# --- Registering while it runs ---


def test_a_product_and_a_session_are_registered(desk):
    desk.enter("organiser", "register")
    page = desk.page
    page.press(".part:not([hidden]) .chip:nth-child(2)")
    page.type("#products-id", "tea")
    page.type("#products-name", "桂东绿茶")
    page.press("form.grid [type=submit]")
    desk.ask()
    page.press(".part:not([hidden]) .chip:nth-child(1)")
    page.type("#sessions-id", "s-9")
    page.run("document.querySelector('#sessions-streamer').value = 'yz-01'")
    starts = desk.system.read(desk.contest)["opens"][:16]
    for name in ("starts", "ends"):
        page.run("document.getElementById(arguments[0]).value = arguments[1]", f"sessions-{name}", starts if name == "starts" else starts[:11] + "23:59")
    page.press("form.grid [type=submit]")
    desk.ask("加场")
    desk.post(desk.events.paid(8800, session="s-9", product="tea"))
    assert desk.net() == 8800
    contest = desk.system.read(desk.contest)
    assert [one["streamer"] for one in contest["sessions"] if one["id"] == "s-9"] == ["yz-01"]


# --- Results ---


def test_from_blockers_to_a_final_result(desk):
    sales = desk.post(desk.events.paid(9000), desk.events.paid(5000, session="s-3"), desk.events.paid(700, channel="offline", session="s-4", product="orange"))
    desk.enter("organiser")
    page = desk.page
    page.press("[data-act=close]")
    page.wait_text("dialog.ask .changes", "1 笔待批准")
    desk.ask()
    page.wait("document.querySelector('.states [aria-current]').dataset.state === 'ended'", "the close")

    desk.enter("judge", "results")
    page.wait_text(".blockers [data-kind=pending_claim]", sales[2]["id"])
    page.wait_text(".blockers [data-kind=missing_mark]", "18")
    page.press("[data-act=publish]")
    page.type("#ask-reason", "复核完毕")
    page.press("dialog.ask .danger")
    page.wait_text("#ask-why", "没有生效：还有没决定的事项")
    page.press("#override")
    desk.ask("缺席评委已说明", ".danger")
    page.wait("document.querySelector('[data-version=\"1\"]')", "the version")
    assert "缺席评委已说明" in page.text("[data-version='1']")
    version = desk.system.read(desk.contest, "/results/1")
    assert version["override"] and version["totals"]["net_fen"] == 14000
    assert page.run("return document.querySelector('.results [data-act=finalise]').disabled") is False

    page.press("li[data-award=organisation] [data-act=award]")
    page.run("[...document.querySelectorAll('#winners option')].find((one) => one.value === '431022').selected = true")
    desk.ask("组织得力")
    page.wait_text("li[data-award=organisation]", "宜章县")

    page.press("[data-act=finalise]")
    page.type("#ask-reason", "公示期满")
    page.press("dialog.ask .danger")
    page.wait_text("#ask-why", "没有生效：公布的人不能自己最终确定")
    page.press("dialog.ask .plain")
    page.wait_text(".refused", "公布的人不能自己最终确定")
    assert not re.search("[a-z]{4,} [a-z]{2,}", page.text(".refused")), "in the reader's language"
    desk.enter("organiser", "results")
    assert "公示期 7 天，至 " in page.text("[data-version='1']")
    page.press("[data-act=finalise]")
    page.wait_text("dialog.ask .warning", "还没有期满")
    desk.ask("公示期满", ".danger")
    page.wait_text("[data-version='1'] .pill", "最终")
    assert desk.system.read(desk.contest, "/results")["versions"][0]["final"]
    desk.enter("judge", "history")
    page.wait_text(".history", "复核完毕")
    outcomes = page.run("""return [...document.querySelectorAll('.history li')].filter((one) => /公布结果|最终确定/.test(one.innerText))
        .map((one) => one.querySelector('.pill').innerText)""")
    assert outcomes == ["已生效", "未生效", "已生效", "未生效"], "the newest first: what was refused is not said to be done"
    for language in ("zh", "en"):
        desk.enter("judge", "results", language=language)
        page.wait("document.querySelector('.downloads a')", "the downloads")
        links = page.run("return [...document.querySelectorAll('.downloads a')].map((link) => link.getAttribute('href'))")
        assert len(links) == 5 and [desk.system.board.ask("GET", link).status for link in links] == [200] * 5, links


def test_a_dead_network_is_said_and_nothing_is_done_twice(desk):
    desk.post(desk.events.paid(10000))
    desk.enter()
    page = desk.page
    page.forgive("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_NETWORK_IO_SUSPENDED")
    page.press("[data-act=freeze]")
    page.offline(True)
    page.wait("document.querySelector('.line').dataset.line === 'lost'", "the loss to be shown", deadline_s=8)  # a probe alone would find it out in 10
    page.press("dialog.ask .danger")
    page.wait_text("#ask-why", "没有回答")
    page.offline(False)
    wait_until(lambda: page.run("return document.querySelector('.line').dataset.line") == "live", "the line to come back")
    desk.ask(verb=".danger")
    assert len(desk.actions("freeze")) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_it(desk, language):
    sale = desk.events.paid(99_999_999_999, quantity=999_999)
    desk.post(sale, {**sale, "amount_fen": 1}, desk.events.paid(4500, channel="offline"), desk.events.refunded({"session": "s-1", "id": "none"}, 5), desk.events.refunded(sale, 100_000_000_000))
    long_name = "株洲市攸县酒埠江镇湘赣边乡村振兴直播带货示范队（第一分队）A-Very-Long-Unbroken-Name-Of-A-Team"
    desk.system.must_act(desk.contest, {"id": "long", "type": "register", "streamers": [{"id": "yx-01", "name": long_name, "county": "430223", "division": "newcomer"}]}, "organiser")
    desk.system.must_act(desk.contest, {"id": "adjust", "type": "adjust", "streamer": "yx-01", "points": -2.5, "reason": "迟到" * 80})
    for size in ("desk", "phone", "narrow"):
        desk.enter("judge", "overview", size, language)
        for words in {"zh": ["1\n线下申报待批准", "1\n编号冲突"], "en": ["1\noffline claim\n", "1\nparked refund\n", "1\nconflict\n", "1\nrefusal\n", "18\nmarks missing"]}[language]:
            desk.page.wait_text(".waiting", words)
        for part in ("overview", "pending", "events", "marks", "streamers", "results", "register", "history"):
            desk.go(part)
            desk.page.wait("document.querySelector('.part:not([hidden])').innerText.length > 10", part)
            desk.page.check_width()
            desk.page.check_access()
            if part == "results":
                desk.page.wait_text("li[data-award=first]", {"zh": "第 1 名", "en": ", place 1"}[language])
            if size != "narrow":
                desk.page.picture(f"judge-{part}-{language}")
    desk.page.resize((720, 450), scale=2)  # a desk at a zoom of 200 %
    for part in ("overview", "pending", "streamers", "results"):
        desk.go(part)
        desk.page.check_width()
    desk.go("streamers")
    desk.page.press("tr[data-streamer=yx-01] [data-act=disqualify]")
    desk.page.check_access()
    desk.page.check_width()


def test_a_desk_that_was_left_holds_no_connection(desk):
    """A browser has six to a server: for the pages behind the back button, too."""
    for _ in range(8):
        desk.enter()
        unanswered = desk.page.run("return performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/token') && !one.responseStatus).length")
        assert unanswered == 0, "the browser had no connection left"
    while desk.page.run("return location.href") != "about:blank":
        desk.page.driver.back()
    desk.page.driver.back()
    desk.page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the desk from behind the back button")
    desk.post(desk.events.paid(700))
    desk.page.wait_text(".beside [data-metric=net_fen]", "7.00")
