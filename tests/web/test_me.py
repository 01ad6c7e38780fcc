"""A streamer's own screen: figures of one's own, and a form that a dead network cannot lose."""
import subprocess
import time

import pytest
from selenium.webdriver.common.keys import Keys

from browser import Page
from contests import Events, make_contest
from harness import System, wait_until

ME = "yx-01"
CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_NETWORK_IO_SUSPENDED")


def make_open_contest(name, **changes):
    """One that has been open for an hour: what is sold now counts."""
    return make_contest(name, opens_ms=(int(time.time()) - 3600) * 1000, **changes)


@pytest.fixture(scope="module")
def opened():
    names = [f"me-{number:02d}" for number in range(24)]
    with System([make_open_contest(name) for name in names]) as system:
        system.free = names
        yield system


class Me:
    """One streamer at one contest, with a phone."""

    def __init__(self, system, page):
        self.system, self.page, self.contest = system, page, system.free.pop()
        self.token = system.token(self.contest, "streamer", ME)
        self.events = Events(opens_ms=system.read(self.contest)["windows"]["opens_ms"])

    def enter(self, size="phone", language="zh"):
        self.page.open(f"/me?contest={self.contest}&lang={language}#token={self.token}", size)
        self.page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the live stream")
        self.page.wait("document.querySelector('.my-place, .me-place .empty')?.innerText", "my place")
        return self

    def own(self):
        self.system.settle(self.contest)
        rows = self.system.read(self.contest, f"/tally?by=streamer&streamer={ME}")["rows"]
        return rows[0] if rows else {}

    def receipts(self):
        """As they stand now: what is on its way may come between, so this waits for nothing."""
        return self.system.read(self.contest, f"/receipts/{ME}?limit=100", self.token)["rows"]

    def outbox(self):
        return self.page.run("return JSON.parse(localStorage.getItem(arguments[0]))", f"bochuang-outbox/{self.contest}/{ME}")

    def post(self, *events):
        assert self.system.post_events(self.contest, list(events)).status == 202

    def put_sale(self, amount, pieces=None):
        self.page.press(".thumb")
        if pieces:
            self.page.type("#sale-quantity", pieces)
        self.page.type("#sale-amount", amount)
        self.page.press(".sheet button[type=submit]")


@pytest.fixture
def me(driver, opened):
    page = Page(driver, opened.board.port)
    yield Me(opened, page)
    page.check()


# --- The token ---


def kept(page):
    return page.run("return [JSON.stringify({...localStorage}), document.cookie, location.href, document.title].join()")


def test_the_token_is_kept_in_the_tab_alone(me):
    me.enter()
    me.put_sale("12.5")
    me.page.wait("document.querySelector('.done:not([hidden])')", "the sale to be put down")
    wait_until(me.receipts, "the sale to arrive")
    page = me.page
    assert page.run("return location.hash") == ""
    assert me.token not in kept(page)
    assert me.token in page.run("return JSON.stringify({...sessionStorage})")
    assert me.token not in page.all_text()
    entries = page.cdp("Page.getNavigationHistory")["entries"]
    assert not [entry for entry in entries if me.token in entry["url"]], "nor in what the tab remembers"
    page.drain()
    assert page.requests and not [url for url in page.requests if me.token in url.split("#")[0]]


def test_a_token_typed_in(me):
    page = me.page
    page.forgive("401")
    page.open(f"/me?contest={me.contest}", "phone")
    page.type("#token", "bc_aaaaaaaaaa_" + "b" * 32)
    page.keys(Keys.ENTER)
    page.wait_text("#token-why", "口令不对")
    page.type("#token", me.system.token(me.contest, "judge"))
    page.keys(Keys.ENTER)
    page.wait_text("#token-why", "/judge")
    page.type("#token", me.token)
    page.keys(Keys.ENTER)
    page.wait_text("#me-name", "攸县一队")
    page.press(".buttons .plain:last-child")
    page.wait("document.querySelector('#token')", "the form again")
    assert me.token not in page.run("return JSON.stringify({...sessionStorage})")


@pytest.mark.parametrize("size", ["desk", "narrow"])
def test_the_qr_code_opens_this_page(me, driver, size):
    me.enter(size)
    me.page.press(".me-then > .buttons .plain")
    me.page.wait("document.querySelector('dialog.qr path')", "the QR code")
    picture = me.page.picture("me-qr")
    read = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True)
    link = read.stdout.strip()
    assert link == f"http://127.0.0.1:{me.page.port}/me?contest={me.contest}#token={me.token}"
    phone = Page(driver, me.page.port)  # a tab that knows nothing of the other
    phone.resize("phone")
    driver.get(link)
    phone.wait_text("#me-name", "攸县一队")
    assert phone.run("return location.hash") == ""
    phone.check()


# --- Figures ---


def fen(text):
    return round(float(text.replace(",", "").replace("−", "-")) * 100)


def shown_net(page):
    return fen(page.text(".me-totals .hero .number"))


def test_own_figures_are_the_boards(me):
    me.enter()
    sale = me.events.paid(123456)
    me.post(sale, me.events.refunded(sale, 456), me.events.paid(99900, session="s-4", product="orange"),
            me.events.paid(5000, channel="offline"), me.events.started(), me.events.refunded({"session": "s-1", "id": "nothing"}, 1))
    page = me.page
    page.wait_text(".me-totals .hero .number", "1,230.00")
    own = me.own()
    assert shown_net(page) == own["net_fen"] == 123000
    for metric in ("gross_fen", "refunded_fen", "online_net_fen", "offline_net_fen"):
        assert fen(page.text(f"[data-metric={metric}] .number")) == own[metric]
    for metric in ("orders", "sessions", "videos", "viewers"):
        assert int(page.text(f"[data-metric={metric}] .number")) == own[metric]
    assert "50.00" in page.text(".waits"), "a claim that waits is told, and not counted"
    statuses = {one["id"]: one["status"] for one in me.receipts()}
    page.wait("document.querySelectorAll('.events li').length === 5", "all events")
    assert page.run("return Object.fromEntries([...document.querySelectorAll('.events li')].map((row) => [row.dataset.id, row.dataset.status]))") == statuses
    page.run("document.querySelector('.events [data-status=parked] summary').click()")
    assert "订单还没到" in page.text(".events [data-status=parked]")


def test_my_place_and_my_neighbours(me):
    me.enter()
    me.post(me.events.paid(10000), me.events.paid(30000, session="s-4", product="orange"), me.events.paid(20000, session="s-3"))
    page = me.page
    page.wait_text(".my-place", "第 3 名")
    assert page.texts(".me-place tbody tr .rank") == ["1", "2", "3"]
    assert "100.00" in page.text(".me-place .quiet"), "how far it is to the next place"
    me.post(me.events.paid(25000))
    page.wait_text(".my-place", "第 1 名")
    assert page.text(".me-place tr.mine .who") == "攸县一队"


# --- An offline sale ---


def test_a_sale_is_put_down_once_however_often_it_is_tapped(me):
    me.enter()
    page = me.page
    page.press(".thumb")
    page.type("#sale-amount", "1，280.5")
    page.run("const button = document.querySelector('.sheet button[type=submit]'); for (let i = 0; i < 5; i += 1) button.click()")
    wait_until(me.receipts, "the sale to arrive")
    page.wait("document.querySelector('.outbox').hidden", "the outbox to be empty")
    (receipt,) = me.receipts()
    assert (receipt["amount_fen"], receipt["channel"], receipt["status"], receipt["copies"]) == (128050, "offline", "pending", 1)
    page.wait_text(".events [data-status=pending]", "1,280.50")


def test_an_amount_that_is_none_is_not_sent(me):
    me.enter()
    for wrong in ("", "0x10", "1.234", "-5", "12元3角", "1e3"):
        me.page.press(".thumb")
        me.page.run("document.querySelector('#sale-amount').value = arguments[0]", wrong)
        me.page.press(".sheet button[type=submit]")
        me.page.wait_text("#sale-why", "金额")
        me.page.press(".sheet .buttons .plain")
    assert me.receipts() == []


def test_a_sale_survives_a_dead_network(me):
    me.enter()
    page = me.page
    page.forgive(*CUT)
    page.offline(True)
    page.wait("document.querySelector('.line').dataset.line === 'lost'", "the loss to be shown", deadline_s=8)  # a probe alone would find it out in 10
    me.put_sale("39.8", "2")
    page.wait_text(".outbox", "网络不通")
    page.press(".sheet .done .primary")
    page.type("#sale-amount", "66")
    page.press(".sheet form button[type=submit]")
    page.press(".sheet .done .plain")
    stored = me.outbox()
    ids = [entry["event"]["id"] for entry in stored]
    assert [entry["event"]["amount_fen"] for entry in stored] == [3980, 6600]
    assert page.texts(".outbox li") and me.receipts() == []
    page.offline(False)
    page.wait("document.querySelector('.outbox').hidden", "the outbox to be empty")
    me.system.settle(me.contest)
    assert sorted((one["id"], one["amount_fen"], one["copies"]) for one in me.receipts()) == sorted(zip(ids, [3980, 6600], [1, 1]))
    assert me.outbox() == []
    page.wait_text(".waits", "105.80")


def test_an_unsent_sale_survives_a_reload(me):
    me.enter()
    page = me.page
    page.forgive(*CUT)
    page.offline(True)
    me.put_sale("10")
    page.wait_text(".outbox", "网络不通")
    (entry,) = me.outbox()
    page.driver.get("about:blank")
    page.offline(False)
    me.enter()
    page.wait("document.querySelector('.outbox').hidden", "the outbox to be empty")
    wait_until(me.receipts, "the sale to arrive")
    (receipt,) = me.receipts()
    assert (receipt["id"], receipt["amount_fen"]) == (entry["event"]["id"], 1000), "one sale, even if the page went with a reply on its way"


def test_opened_again_in_a_dead_network_it_still_takes_a_sale(driver):
    """The page comes from the browser, the figures do not."""
    with System([make_open_contest("dead")]) as system:
        system.free = ["dead"]
        page = Page(driver, system.board.port)
        page.forgive("net::", "ERR_")
        me = Me(system, page).enter()
        me.post(me.events.paid(7700))
        page.wait_text(".me-totals .hero .number", "77.00")
        page.wait("navigator.serviceWorker.controller", "the page to be kept")
        system.board.kill()
        system.ingest.kill()
        me.put_sale("10")
        for reloads in (1, 2):
            page.driver.refresh()
            page.wait_text(".outbox", "网络不通")
            assert len(page.texts(".outbox li")) == reloads
            page.wait("document.querySelector('.line').dataset.line === 'lost'", "the loss to be shown")
            assert page.text("#me-name").startswith("攸县一队") and "77.00" not in page.all_text()
            if reloads == 1:
                me.put_sale("20")
        page.check_width()
        page.picture("me-lost-zh")
        ids = [entry["event"]["id"] for entry in me.outbox()]
        system.board.start()
        system.ingest.start()
        page.wait("document.querySelector('.outbox').hidden", "the outbox to be empty", 40)
        system.settle(me.contest)
        offline = [one for one in me.receipts() if one["channel"] == "offline"]
        assert sorted((one["id"], one["amount_fen"], one["copies"]) for one in offline) == sorted(zip(ids, [1000, 2000], [1, 1]))
        page.wait_text(".me-totals .hero .number", "77.00")
        page.wait("document.querySelector('.line').dataset.line === 'live'", "the line")
        page.check()


def test_nothing_is_said_that_is_not_known_yet(me):
    me.page.forgive("ERR_BLOCKED")
    me.page.cdp("Network.setBlockedURLs", urls=["*/live*", "*/tally*", "*/rankings*", "*/receipts*"])
    me.page.open(f"/me?contest={me.contest}#token={me.token}", "phone")
    me.page.wait("document.querySelector('.line')?.dataset.line === 'lost'", "the loss to be shown")
    me.page.wait_text("#me-name", "攸县一队")
    assert me.page.run("return [...document.querySelectorAll('.card h2')].filter((node) => node.checkVisibility()).length") == 1, "no empty card"
    text = me.page.text("body")
    assert not [word for word in ("封榜", "尚无数据", "您不在", "还没有为您", "0.00") if word in text], text
    me.page.check_access()
    me.page.cdp("Network.setBlockedURLs", urls=[])
    me.page.wait_text(".me-totals .hero .number", "0.00")


def test_who_left_is_not_remembered(me):
    me.enter()
    assert "攸县一队" in me.page.run("return JSON.stringify({...sessionStorage})")
    me.page.press(".me-then > .buttons .plain:last-child")
    me.page.wait("document.querySelector('#token')", "the form")
    assert me.page.run("return JSON.stringify({...sessionStorage})") == "{}"


def test_what_the_server_refuses_is_kept_and_says_why(me):
    """Put down in a dead network, and the contest is closed before the line is back."""
    me.enter()
    page = me.page
    page.forgive("409", *CUT)
    page.offline(True)
    me.put_sale("10")
    page.press(".sheet .done .plain")
    me.system.must_act(me.contest, {"id": "c", "type": "close"}, "organiser")
    page.offline(False)
    page.wait_text(".outbox .refused", "takes no more events")
    page.wait("document.querySelector('.thumb').hidden", "the form to go: nothing can be put down now")
    me.system.must_act(me.contest, {"id": "r", "type": "reopen"}, "organiser")
    page.press(".outbox .buttons .plain")
    page.wait("document.querySelector('.outbox').hidden", "it to be sent after all")
    me.system.settle(me.contest)
    assert [one["amount_fen"] for one in me.receipts()] == [1000]


def test_a_mistake_is_taken_back(me):
    me.enter()
    page = me.page
    me.put_sale("10")
    page.press(".sheet .done .plain")
    page.wait("document.querySelector('.events [data-status=pending]')", "the sale")
    sale = me.receipts()[0]
    me.system.must_act(me.contest, {"id": "a", "type": "approve", "streamer": ME, "event": sale["id"]})
    page.wait_text(".me-totals .hero .number", "10.00")
    page.press(".events li summary")
    page.press(".events li details .plain")
    page.press("dialog.ask .danger")
    page.wait_text(".me-totals .hero .number", "0.00")
    assert me.own()["net_fen"] == 0


# --- Sessions ---


def test_a_session_begins_and_ends(me):
    me.enter()
    page = me.page
    page.press("[data-session=s-2] button")
    page.wait("document.querySelector('[data-session=s-2] .stage').dataset.stage === 'onAir'", "the session to be on air")
    assert me.own()["sessions"] == 1
    page.press("[data-session=s-2] button")
    page.press("dialog.ask .primary")
    page.wait("document.querySelector('[data-session=s-2] .stage').dataset.stage === 'over'", "the session to be over")
    assert sorted(one["type"] for one in me.receipts()) == ["session.ended", "session.started"]
    assert page.run("return document.querySelector('[data-session=s-1] .stage').dataset.stage") == "planned"


def test_nobody_is_on_air_once_the_contest_is_closed_early(me):
    me.post(me.events.started("s-2"))
    me.enter()
    me.page.wait("document.querySelector('[data-session=s-2] .stage').dataset.stage === 'onAir'", "the session to be on air")
    me.system.must_act(me.contest, {"id": "c", "type": "close"}, "organiser")
    me.page.wait("document.querySelector('[data-session=s-2] .stage').dataset.stage === 'over'", "the session to be over")
    me.page.wait("document.querySelector('[data-session=s-1] .stage').dataset.stage === 'notHeld'", "the other not to have been held")
    me.page.wait("[...document.querySelectorAll('.sessions button')].every((button) => button.hidden)", "no session to start or end")


# --- Everybody can use it ---


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_it(me, language):
    long_name = "株洲市攸县酒埠江镇湘赣边乡村振兴直播带货示范队（第一分队）Very-Long-Unbroken-Name-Of-A-Product"
    me.system.must_act(me.contest, {"id": "long", "type": "register", "products": [
        {"id": "tofu", "name": long_name, "county": "430223", "category": "加工制品"}]}, "organiser")
    me.post(me.events.paid(99_999_999_999, quantity=999_999), me.events.paid(4500, channel="offline"))
    for size in ("narrow", "phone", "desk", "wall"):
        me.enter(size, language)
        me.page.wait_text(".me-totals .hero .number", "999,999,999.99")
        me.page.check_width()
        me.page.check_access()
        assert me.page.run("return [...document.querySelectorAll('.me-totals .number')].filter((node) => node.getClientRects().length > 1).map((node) => node.textContent)") == [], "a sum in two lines"
        me.page.picture(f"me-{language}")
    me.page.wait_text(".me-totals", {"zh": "另有 1 笔线下销售待批准，共 45.00 元", "en": "1 offline sale waits for approval, 45.00 yuan in all"}[language])
    me.page.resize("narrow")
    me.page.press(".thumb")
    me.page.check_access()
    me.page.check_width()
    me.page.picture(f"me-sale-{language}")
    me.page.keys(Keys.ESCAPE)
    me.page.press(".me-then > .buttons .plain")
    me.page.wait("document.querySelector('dialog.qr path').getAttribute('d').length > 1000", "the QR code")
    me.page.check_access()
    me.page.picture(f"me-qr-{language}")


def test_a_freeze_is_said_and_holds_the_public_figures(me):
    me.post(me.events.paid(10000))
    me.enter()
    me.page.wait_text(".me-totals .hero .number", "100.00")
    me.system.must_act(me.contest, {"id": "f", "type": "freeze"})
    me.page.wait_text(".me-totals", "封榜中")
    me.post(me.events.paid(5000), me.events.paid(77777, session="s-4", product="orange"))
    me.page.press(".chips .chip")
    me.page.wait("document.querySelectorAll('.events li').length === 2", "my own event, in spite of the freeze")
    assert shown_net(me.page) == 10000
    me.page.press(".me-place select")
    assert "777.77" not in me.page.all_text() and me.page.text(".my-place") == "第 1 名 / 共 3", "what others sell stays hidden"
    me.page.keys(Keys.ESCAPE)
    me.page.run("scrollTo(0, 0)")
    me.page.picture("me-frozen")


@pytest.mark.parametrize("page_name", ["/me", "/judge", "/reveal"])
def test_the_board_has_a_door_to_it(me, page_name):
    me.page.open(f"/?contest={me.contest}&lang=en")
    me.page.press(f".doors a[href^='{page_name}?']")
    me.page.wait("document.querySelector('#token')", "the form for a token")
    assert me.page.run("return [location.pathname, new URLSearchParams(location.search).get('contest'), document.documentElement.lang]") == [page_name, me.contest, "en"]
