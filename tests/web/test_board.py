"""The board in a browser: figures as the API gives them, whatever happens; the address; search; CSV; no leak."""
import csv
import io
import json
import re
import time
import urllib.parse

import pytest

from browser import Page
from contests import Events, make_contest
from harness import Stream, System, wait_until


def yuan(fen):
    sign = "−" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def opened(page, contest, more="", size=None):
    page.open(f"/?contest={contest}{more}", size)
    page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the board to be live")
    return page


def hero(page):
    return page.text(".hero .number")


def shows(page, fen):
    wait_until(lambda: hero(page) == yuan(fen), f"{yuan(fen)} on the board, not {hero(page)}")


def figures_of(page):
    """The exact values, as the titles say them."""
    return page.run("""return Object.fromEntries([...document.querySelectorAll('.figure[data-metric]')].map((node) =>
        [node.dataset.metric, node.querySelector('.value').title]))""")


def check_totals(system, contest, page):
    totals = system.read(contest, "/totals")["totals"]
    shows(page, totals["net_fen"])
    for metric, text in figures_of(page).items():
        value = totals[metric]
        assert text == (f"{yuan(value)} 元" if metric.endswith("_fen") else f"{value:,}"), metric
    for ranking in system.read(contest, "/rankings")["rankings"]:
        wanted = [[str(row["rank"]), yuan(row["metrics"]["net_fen"])] for row in ranking["rows"]]
        wait_until(lambda: ranking_rows(page, ranking["id"]) == wanted, f"{ranking['id']}: {wanted}")


def ranking_rows(page, number):
    return page.run("""return [...document.querySelectorAll(`section.ranking`)].filter((one) =>
            one.querySelector(`a[href*="see=ranking"][href*="id=${arguments[0]}"]`)).flatMap((one) => [...one.querySelectorAll('tbody tr')]
            .map((row) => [row.querySelector('.rank').dataset.rank, row.querySelector('.money').textContent]))""", number)


def test_figures_are_those_of_the_api_after_each_change(page, system, contest, events):
    opened(page, contest)
    shows(page, 0)
    sale, offline = events.paid(123_45, quantity=2), events.paid(70_000_00, session="s-3", channel="offline")
    steps = [
        lambda: system.post_events(contest, [sale, events.started(), events.video()]),
        lambda: system.post_events(contest, [events.paid(2_500_00, session="s-4", product="orange"), offline]),
        lambda: system.must_act(contest, {"id": "a", "type": "approve", "streamer": "yx-02", "event": offline["id"]}),
        lambda: system.post_events(contest, [events.refunded(sale, 23_45)]),
        lambda: system.must_act(contest, {"id": "v", "type": "void", "streamer": "yx-02", "event": offline["id"], "reason": "重复申报"}),
        lambda: system.must_act(contest, {"id": "d", "type": "disqualify", "streamer": "yz-01", "reason": "违规"}),
    ]
    for step in steps:
        step()
        system.settle(contest)
        as_of_ms = system.read(contest, "/totals")["as_of_ms"]
        page.wait(f"Date.parse(document.querySelector('.as-of-time').getAttribute('datetime')) === {as_of_ms}", "the board to stand where the API does")
        check_totals(system, contest, page)


def test_a_sale_is_on_the_screen_within_a_second(page, system, contest, events):
    opened(page, contest)
    shows(page, 0)
    took = []
    for number in range(1, 6):  # another process of this machine may get in between: the best of them
        took.append(timed_sale(page, system, contest, events))
        shows(page, 88_00 * number)
        if took[-1] < 1000:
            break
    assert min(took) < 1000, f"{took} ms"


def timed_sale(page, system, contest, events):
    page.run("""
        const node = document.querySelector('.hero .number');
        window.changed = new Promise((done) => new MutationObserver(() => done(Date.now())).observe(node, { childList: true, characterData: true, subtree: true }));""")
    token = system.token(contest, "connector")
    begun = page.run("return Date.now()")
    system.post_events(contest, [events.paid(88_00)], token=token)
    return page.driver.execute_async_script("const [done] = arguments; window.changed.then(done);") - begun


# --- The address: everything that can be seen has one ---


def test_rankings_tables_and_pages_have_addresses(page, system, contest, events):
    system.post_events(contest, [events.paid(1000), events.paid(2500, session="s-4", product="orange"), events.paid(300, session="s-2", product="orange")])
    system.settle(contest)
    opened(page, contest, "&see=tally&by=county,product&sort=orders&order=asc")
    page.wait("document.querySelectorAll('.table tbody tr').length === 3", "three rows")
    rows = system.read(contest, "/tally?by=county,product")["rows"]
    shown = page.run("return [...document.querySelectorAll('.table tbody tr')].map((row) => [...row.cells].slice(0, 3).map((cell) => cell.innerText))")
    assert sorted(shown) == sorted([row["names"]["county"], row["names"]["product"], yuan(row["net_fen"])] for row in rows)
    assert page.run("return document.querySelector('[aria-sort]').getAttribute('aria-sort')") == "ascending"

    page.run("const select = document.querySelector('#filter'); select.value = 'county'; select.dispatchEvent(new Event('change'))")
    page.run("const select = document.querySelector('#filter-value'); select.value = '430223'; select.dispatchEvent(new Event('change'))")
    page.wait("document.querySelectorAll('.table tbody tr').length === 2", "the filter to count")
    assert "county=430223" in page.run("return location.search")
    page.driver.back()
    page.wait("document.querySelectorAll('.table tbody tr').length === 3", "back to all")
    page.driver.forward()
    page.wait("document.querySelectorAll('.table tbody tr').length === 2", "forward again")

    page.press(".table tbody a")
    page.wait_text("h2.entity-name", "攸县")
    assert "see=county" in page.run("return location.search") and "430223" in page.run("return location.search")
    page.wait("document.querySelector('.hero .number').textContent === '13.00'", "the county's own total")
    assert page.run("return document.activeElement.className") == "entity-name"


@pytest.mark.parametrize("kind, id, name", [("county", "431022", "宜章县"), ("streamer", "yx-01", "攸县一队"), ("product", "orange", "宜章脐橙"), ("session", "s-2", "攸县一队")])
def test_each_has_a_page_with_its_own_figures(page, system, contest, events, kind, id, name):
    system.post_events(contest, [events.paid(1000), events.paid(2500, session="s-4", product="orange"), events.paid(300, session="s-2", product="orange")])
    system.settle(contest)
    opened(page, contest, f"&see={kind}&id={id}")
    page.wait_text("h2.entity-name", name)
    row = system.read(contest, f"/tally?by={kind}&{kind}={id}")["rows"][0]
    shows(page, row["net_fen"])
    page.wait("document.querySelector('.chart canvas')", "the trend")
    for metric, text in figures_of(page).items():
        assert text == (f"{yuan(row[metric])} 元" if metric.endswith("_fen") else f"{row[metric]:,}"), metric
    system.post_events(contest, [events.paid(500, session="s-2", product="orange"), events.paid(700, session="s-4", product="tofu")])
    system.settle(contest)
    shows(page, system.read(contest, f"/tally?by={kind}&{kind}={id}")["rows"][0]["net_fen"])
    page.check_access()


def test_the_other_screens_are_of_the_same_contest(page, contest):
    opened(page, contest, "&lang=en")
    for screen in ("wall", "me", "judge"):
        href = page.run("return [...document.querySelectorAll('a')].map((link) => link.getAttribute('href')).find((href) => href.startsWith(arguments[0]))", f"/{screen}")
        assert href == f"/{screen}?contest={contest}&lang=en"
    page.press("a[href^='/wall']")
    page.wait("document.querySelector('.digits') && location.pathname === '/wall'", "the wall")


def test_a_page_older_than_the_files_shows_its_figures_without_a_chart(page, contest, system, events):
    system.post_events(contest, [events.paid(1000)])
    system.settle(contest)
    page.cdp("Network.setBlockedURLs", urls=["*/assets/charts-*"])
    page.forgive("charts-.*ERR_BLOCKED")
    opened(page, contest, "&see=streamer&id=yx-01")
    page.wait("document.querySelector('.trend details').open && document.querySelector('.trend tbody').innerText.includes('10.00')", "the trend as a table")
    page.cdp("Network.setBlockedURLs", urls=[])


def test_an_unknown_page_says_so(page, contest):
    opened(page, contest, "&see=county&id=999999")
    page.wait_text("main", "没有这个页面")
    page.press("main a")
    page.wait("document.querySelector('.totals')", "the overview")


def test_search_finds_by_any_name(page, contest):
    opened(page, contest)
    page.type(".search input", "yizhang")
    page.keys("\n")
    page.wait_text("main", "宜章县")
    assert "see=search" in page.run("return location.search")
    assert page.run("return document.querySelector('main .search input').value") == "yizhang"
    page.press(".found a")
    page.wait_text("h2.entity-name", "宜章县")
    opened(page, contest, "&see=search&q=" + urllib.parse.quote("没有的东西"))
    page.wait_text("main", "没有找到")


# --- CSV ---


def saved_csv(page, press):
    """What the browser would have saved, caught where it is made."""
    page.run("""window.saved = []; const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { window.saved.push(blob); return make.call(URL, blob); };
        HTMLAnchorElement.prototype.click = function click() { window.savedName = this.download; };""")
    page.press(press)
    text = page.driver.execute_async_script("const [done] = arguments; window.saved[0].arrayBuffer().then((bytes) => done([...new Uint8Array(bytes)]));")
    return page.run("return window.savedName"), bytes(text)


def test_a_table_is_taken_away_as_csv(driver):
    evil = make_contest("evil")
    evil["products"][0]["name"] = '=HYPERLINK("http://x","看"),茶'
    evil["streamers"][2]["id"] = "690123456789012345"
    for session in evil["sessions"]:
        session["streamer"] = session["streamer"].replace("yz-01", "690123456789012345")
    with System([evil]) as system:
        events = Events()
        system.post_events("evil", [events.paid(1234567, session="s-4"), events.paid(5, session="s-1", product="orange")])
        system.settle("evil")
        page = Page(driver, system.board.port)
        opened(page, "evil", "&see=tally&by=streamer,product")
        page.wait("document.querySelectorAll('.table tbody tr').length === 2", "two rows")
        name, data = saved_csv(page, ".save")
        assert re.fullmatch(r"evil-tally-streamer-product-\d{8}-\d{6}\.csv", name)
        assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
        head, first, second = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert head[:3] == ["主播", "产品", "净销售额 (元)"]
        assert first[:3] == ["宜章一队", "'" + evil["products"][0]["name"], "12345.67"] and "'690123456789012345" in first
        assert second[:3] == ["攸县一队", "宜章脐橙", "0.05"]
        page.check_access()
        page.check()


# --- Definitions ---


def test_a_definition_is_one_tap_away(page, contest, system, events):
    system.post_events(contest, [events.paid(1000)])
    opened(page, contest)
    page.press(".figure[data-metric=orders_kept] summary")
    page.wait_text(".figure[data-metric=orders_kept] .definition", "没有全额退款")
    opened(page, contest, "&see=tally&by=county")
    page.wait("document.querySelectorAll('.table tbody tr').length === 1", "a row")
    page.press("th .define")
    page.wait_text("dialog", "实付金额减去")
    page.check_access()
    page.press("dialog button")
    page.wait("!document.querySelector('dialog[open]')", "the dialog to close")


# --- States ---


def test_each_state_is_said(page, system, contest, events):
    opened(page, contest)
    page.wait_text("header .state", "进行中")
    system.post_events(contest, [events.paid(1000)])
    shows(page, 1000)
    system.must_act(contest, {"id": "f", "type": "freeze"}, "organiser")
    page.wait_text("header .state", "封榜中")
    page.wait_text("#notice", "封榜中：公开榜单停在")
    page.check_access()
    system.must_act(contest, {"id": "t", "type": "thaw"}, "organiser")
    page.wait_text("header .state", "进行中")
    page.wait("document.querySelector('#notice').hidden", "no notice")
    system.must_act(contest, {"id": "c", "type": "close"}, "organiser")
    page.wait_text("header .state", "已结束")
    page.wait_text("#notice", "还不是最终结果")
    page.check_access()


def test_results_are_published_then_final(page, system, contest, events):
    opened(page, contest, "&see=results")
    page.wait_text("main", "还没有公布结果")
    system.post_events(contest, [events.paid(5000), events.paid(3000, session="s-4", product="orange"), events.paid(100, channel="offline"), events.video()])
    system.must_act(contest, {"id": "c", "type": "close"}, "organiser")
    system.must_act(contest, {"id": "w", "type": "award", "award": "organisation", "winners": ["430223"], "reason": "组织最好"})
    system.must_act(contest, {"id": "p", "type": "publish", "reason": "比赛结束", "override": True})
    page.wait_text("header .state", "公示中")
    page.wait_text("main", "可以向组委会申诉")
    page.wait_text(".awards", "攸县一队")
    page.wait_text(".awards", "组织最好")
    page.wait_text("main .warning", "1 笔线下申报没有决定、18 个评分缺失")
    page.check_access()
    for form, kind in [("csv", "text/csv"), ("xlsx", "spreadsheet"), ("html", "text/html"), ("json", "application/json")]:
        href = page.run(f"return document.querySelector('.downloads a[href$=\".{form}\"]').getAttribute('href')")
        answer = system.board.ask("GET", href)
        assert answer.status == 200 and kind in answer.fields["content-type"], href
    system.must_act(contest, {"id": "x", "type": "finalise", "reason": "公示期满"}, "organiser")
    page.wait_text("header .state", "最终结果")
    page.wait_text("#notice", "最终结果")
    page.wait_text("main .state", "最终结果")
    opened(page, contest, "&see=results&lang=en")
    page.wait_text("main .warning", "1 offline claim not decided, 18 marks missing")
    page.wait_text("main .story", "1 short video, 0 livestreams, 80.00 yuan sold")


def moment(ms):
    """As the page writes it, in the contest's own time."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime((ms + 8 * 3600_000) // 1000))


@pytest.fixture
def noticed(driver):
    """A page on a board of its own, whose contest has seven days of public notice; two streamers share the first place."""
    with System([make_contest("noticed", notice_days=7)]) as own:
        events = Events()
        assert own.post_events("noticed", [events.paid(5000), events.paid(5000, session="s-3")]).status == 202
        page = Page(driver, own.board.port)
        yield own, page
        page.check()


def test_how_long_the_public_notice_is_and_who_published(noticed):
    own, page = noticed
    own.must_act("noticed", {"id": "c", "type": "close"}, "organiser")
    own.must_act("noticed", {"id": "p", "type": "publish", "reason": "比赛结束", "override": True})
    own.settle("noticed")
    (version,) = own.read("noticed", "/results")["versions"]
    until = moment(version["notice_until_ms"])
    assert version["notice_until_ms"] - version["published_at_ms"] == 7 * 86400_000
    judge = version["who"].split(" ")[1]
    page.open("/?contest=noticed&see=results", "phone")
    page.wait_text("main", f"公示期 7 天，至 {until} 止")
    page.wait_text("main", f"{moment(version['published_at_ms'])} 由评委（{judge}）公布")
    page.wait_text(".awards", "2 个并列第 1 名，评委会尚未决定")
    page.open("/?contest=noticed&see=results&lang=en", "desk")
    page.wait_text("main", f"Public notice for 7 days, until {until}")
    links = page.run("return [...document.querySelectorAll('.downloads a')].map((link) => link.getAttribute('href'))")
    assert [link.endswith("?lang=en") for link in links] == [True, True, True, False], links
    own.must_act("noticed", {"id": "f", "type": "finalise", "reason": "评委会决定提前定稿"}, "organiser")
    page.wait_text("main", f"until {until}; it was made final before that")
    page.wait_text("main", "Note when it was made final: 评委会决定提前定稿")
    page.wait_text("main", "by an organiser (")
    own.must_act("noticed", {"id": "p2", "type": "publish", "reason": "申诉成立", "override": True})
    page.wait_text("main .state", "Public notice")
    page.open("/?contest=noticed&see=results&id=1", "phone")
    page.wait_text("main .state", "已被第 2 版取代")
    page.press("main a[href*='id=2']")
    page.wait_text("main .standing", "第 2 版")
    page.check_access()


# --- Nothing that a freeze hides ---


SECRET_FEN = 777_131_00


def secrets():
    """The hidden sum, in every form that a screen or an answer could give it."""
    total = 1000 + SECRET_FEN
    return [str(SECRET_FEN), yuan(SECRET_FEN), str(total), yuan(total), "77.71", "77.72", "神秘队", "777,131", "777141", "¥777"]


@pytest.mark.parametrize("path", ["/", "/?see=tally&by=streamer", "/?see=ranking&id=teams", "/?see=county&id=431022", "/wall"])
def test_a_freeze_leaks_nothing(page, system, contest, events, path):
    system.post_events(contest, [events.paid(1000), events.started()])
    system.must_act(contest, {"id": "f", "type": "freeze"}, "organiser")
    system.settle(contest)
    stream = Stream(system.board.port, f"/v1/contests/{contest}/live")
    heard = [stream.next()]
    page.open(f"{path}{'&' if '?' in path else '?'}contest={contest}")
    page.wait("document.querySelector('.state')?.dataset.state === 'frozen'", "the freeze")
    system.post_events(contest, [events.paid(SECRET_FEN, session="s-4", product="orange"), events.started("s-4"), events.video("yz-01")])
    system.must_act(contest, {"id": "r", "type": "register", "streamers": [{"id": "yz-09", "name": "神秘队", "county": "431022"}]}, "organiser")
    system.must_act(contest, {"id": "d", "type": "disqualify", "streamer": "yx-01", "reason": "神秘队"})
    system.settle(contest)
    # A thaw lets all of it out: what has come before that, on the page and over the line, is searched.
    page.driver.execute_async_script("const [done] = arguments; setTimeout(done, 1500);")
    everything = page.all_text() + page.text() + json.dumps(heard) + page.heard()
    assert '"net_fen":1000' in everything
    for secret in secrets():
        assert secret not in everything, secret
    system.must_act(contest, {"id": "t", "type": "thaw"}, "organiser")
    page.wait("document.querySelector('.state')?.dataset.state === 'running'", "the thaw")
    if path in ("/", "/wall"):
        wait_until(lambda: yuan(1000 + SECRET_FEN) in page.all_text() or str(1000 + SECRET_FEN) in page.all_text(), "the hidden sale to show")


# --- A board that dies ---


@pytest.mark.parametrize("path, figure", [("/", ".hero .number"), ("/wall", ".digits")])
def test_a_lost_line_shows_at_once_and_comes_back(driver, path, figure):
    with System([make_contest("lost")]) as system:
        events = Events()
        system.post_events("lost", [events.paid(1000)])
        system.settle("lost")
        page = Page(driver, system.board.port)
        page.forgive("ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY", "net::", "503")
        page.open(f"{path}?contest=lost")
        page.wait(f"document.querySelector('{figure}')?.textContent.replaceAll('\\n', '') === '10.00'", "the total")
        system.board.kill()
        page.wait("document.querySelector('.line').dataset.line === 'lost'", "the lost line to show", 2)
        assert "旧数据" in page.text("#notice") and page.run("return document.body.classList.contains('stale')")
        system.post_events("lost", [events.paid(500)])
        system.board.start()
        page.wait("document.querySelector('.line').dataset.line === 'live'", "the line to come back")
        page.wait(f"document.querySelector('{figure}').textContent.replaceAll('\\n', '') === '15.00'", "the new total")
        assert not page.run("return document.body.classList.contains('stale')") and page.run("return document.querySelector('#notice').hidden")
        page.check()


def test_who_is_registered_meanwhile_is_shown(page, system, contest, events):
    opened(page, contest)
    shows(page, 0)
    system.must_act(contest, {"id": "r", "type": "register", "streamers": [{"id": "yz-07", "name": "宜章七队", "county": "431022"}],
                              "sessions": [{"id": "s-7", "streamer": "yz-07", "platform": "douyin", "starts": "2021-11-26T08:00:00+08:00", "ends": "2021-11-26T10:00:00+08:00"}],
                              "counties": [{"id": "430223", "name": "攸县新名", "name_en": "Youxian", "city": "株洲市", "province": "湖南省", "tile": [1, 4]}]}, "organiser")
    page.wait_text("main", "宜章七队")
    page.wait_text("main", "攸县新名")
    system.post_events(contest, [events.paid(700, session="s-7")])
    shows(page, 700)
    page.type(".search input", "宜章七队")
    page.keys("\n")
    page.wait_text("h2", "宜章七队")


# --- For everybody ---


def test_the_keyboard_reaches_everything(page, contest, system, events):
    system.post_events(contest, [events.paid(1000)])
    opened(page, contest)
    shows(page, 1000)
    reached = []
    for _ in range(14):
        page.driver.switch_to.active_element.send_keys("\ue004")
        reached.append(page.run("const node = document.activeElement; return [node.className || node.tagName, node.innerText || node.getAttribute('aria-label') || '', getComputedStyle(node).outlineStyle]"))
    assert reached[0][:2] == ["skip", "跳到数据"]
    texts = [text for _, text, _ in reached]
    for wanted in ("English", "总览", "榜单", "数据表", "结果", "大屏"):
        assert wanted in texts, texts
    assert all(outline == "solid" or kind == "search" or outline == "auto" for kind, _, outline in reached), reached
    opened(page, contest)
    page.keys("\ue004", "\ue007")
    assert page.run("return document.activeElement.id || location.hash") in ("main", "#main")


def test_the_voice_tells_of_states_not_of_figures(page, system, contest, events):
    opened(page, contest)
    page.run("window.said = []; new MutationObserver(() => window.said.push(document.querySelector('#spoken').textContent)).observe(document.querySelector('#spoken'), { childList: true, characterData: true, subtree: true })")
    for number in range(1, 6):
        system.post_events(contest, [events.paid(100)])
        shows(page, 100 * number)
    assert page.run("return window.said") == []
    system.must_act(contest, {"id": "f", "type": "freeze"}, "organiser")
    page.wait("window.said.length > 0", "the voice")
    assert "封榜中" in page.run("return window.said.at(-1)")
    assert page.run("return [...document.querySelectorAll('[aria-live]')].map((node) => node.id)") == ["spoken"]


def test_who_wants_no_motion_gets_none(page, system, contest, events):
    page.prefer(reduced_motion="reduce")
    opened(page, contest)
    shows(page, 0)
    system.post_events(contest, [events.paid(100)])
    shows(page, 100)
    assert page.run("return document.getAnimations().length") == 0


@pytest.mark.parametrize("see", ["", "tally&by=county,product", "county&id=430223"])
def test_in_the_dark_and_enlarged(played_page, see):
    played_page.prefer(color_scheme="dark")
    played_page.resize((640, 400), 2)  # 1280 pixels at 200 %
    opened(played_page, "youxian-2021", f"&see={see}")
    played_page.wait("document.querySelector('main').innerText.length > 100 && !document.querySelector('main').innerText.includes('正在读取')", "the view")
    played_page.check_width()
    played_page.check_access()
    assert played_page.run("return getComputedStyle(document.body).color") == "rgb(243, 239, 234)"


def test_the_other_language_shows_the_same_thing(page, contest):
    opened(page, contest, "&see=county&id=430223")
    page.wait_text("h2.entity-name", "攸县")
    page.press("a.switch")
    page.wait_text("h2.entity-name", "Youxian")
    assert page.run("return document.documentElement.lang") == "en" and "see=county" in page.run("return location.search")


def test_a_board_beside_its_stream_asks_seldom(page, system, contest, events):
    opened(page, contest)
    page.wait("performance.getEntriesByType('resource').some((entry) => entry.name.includes('/series?'))", "the trend")
    asked = "return performance.getEntriesByType('resource').filter((entry) => entry.initiatorType === 'fetch').length"
    began, before = time.monotonic(), page.run(asked)
    for number in range(1, 31):
        system.post_events(contest, [events.paid(100)])
    shows(page, 3000)
    page.driver.execute_async_script("const [done] = arguments; setTimeout(done, 3000);")
    more = page.run(asked) - before
    assert more <= 2 + (time.monotonic() - began) / 5, "probe, trend and head of the log, each by its own clock"


def test_pages_behind_the_back_button_hold_no_line(page, contest, system, events):
    """A browser has six lines to a server; a page that it keeps would hold one."""
    for path in ["/", "/wall", "/?see=tally&by=county", "/?see=ranking"] * 3:
        page.open(f"{path}{'&' if '?' in path else '?'}contest={contest}")
        page.wait("document.querySelector('.line')?.dataset.line === 'live'", f"the line of {path}")
    system.post_events(contest, [events.paid(777)])
    system.settle(contest)
    page.driver.back()
    page.driver.back()
    page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the line, back again")
    page.wait("document.body.innerText.includes('7.77')", "the sale of meanwhile")


# --- Every size, both languages ---


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(360, 780), (320, 640)])
def test_the_head_stays_low_on_a_phone(page, contest, size, language):
    """With several contests to choose from, too."""
    opened(page, contest, f"&lang={language}", size)
    page.wait("document.querySelectorAll('header select option').length > 1", "the contests")
    assert page.run("return document.querySelector('header').offsetHeight") <= 140
    page.check_width()
    page.check_access()


def test_the_cards_fill_their_columns(played_page):
    opened(played_page, "youxian-2021", size="desk")
    played_page.wait("document.querySelectorAll('.ranking tbody tr').length > 50", "the rankings")
    widths = played_page.run("""return [...document.querySelectorAll('.rankings .column')].map((column) =>
        [...column.querySelectorAll('.ranking')].map((card) => column.clientWidth - card.offsetWidth))""")
    assert len(widths) == 2 and all(apart == 0 for column in widths for apart in column), widths


def test_a_ranking_shows_what_it_goes_by_from_the_start(played_page, played):
    """By short videos: the stream carries only sales and orders."""
    opened(played_page, "youxian-2021")
    rows = played.read("youxian-2021", "/rankings/videos")["rows"][:10]
    wanted = [str(row["metrics"]["videos"]) for row in rows]
    played_page.wait("document.querySelectorAll('.ranking').length > 5", "the rankings")
    wait_until(lambda: played_page.run("""return [...document.querySelectorAll('.ranking')].filter((one) => one.querySelector('a[href*="id=videos"]'))
        .flatMap((one) => [...one.querySelectorAll('tbody .points')].map((cell) => cell.textContent))""") == wanted, f"{wanted}")


def test_all_rows_are_one_tap_away(played_page):
    opened(played_page, "youxian-2021", size="phone")
    played_page.wait("document.querySelectorAll('.ranking')[0]?.querySelectorAll('tbody tr').length === 10", "ten rows")
    played_page.press(".ranking .more")
    played_page.wait("document.querySelectorAll('.ranking')[0].querySelectorAll('tbody tr').length === 18", "all rows")
    played_page.press(".ranking .more")
    played_page.wait("document.querySelectorAll('.ranking')[0].querySelectorAll('tbody tr').length === 10", "ten rows")


def test_an_unknown_contest_leads_to_those_there_are(page, contest):
    page.open("/?contest=nothing")
    page.wait_text("#notice", "没有这个赛事")
    page.press(f"main a[href*='contest={contest}']")
    page.wait_text("h1", contest)
    page.forgive("404")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["desk", "phone", "narrow"])
@pytest.mark.parametrize("see", ["", "ranking", "tally&by=county,product,channel", "county&id=430223", "streamer&id=yx-01", "product&id=youxian-camellia-oil", "session&id=s-001", "search&q=a", "results"])
def test_every_view_at_every_size(played_page, see, size, language):
    page = played_page
    opened(page, "youxian-2021", f"&see={see}&lang={language}", size)
    page.wait("document.querySelector('main').innerText.length > 30 && !document.querySelector('main').innerText.match(/正在读取|Loading/)", "the view")
    page.check_width()
    if size == "desk":
        page.check_access()
    if language == "zh" or see in ("", "tally&by=county,product,channel"):
        name = "board" + (f"-{re.split('[&=]', see)[0]}" if see else "")
        page.picture(f"{name}-{language}")


def test_the_head_of_the_log_stands_at_the_foot(system, contest, page):
    """Of what the page shows: it moves with the log, and stands still in a freeze."""
    events = Events("h")
    system.post_events(contest, [events.paid(100)])
    system.settle(contest)
    (chain,) = system.read(contest, "/chains")["chains"]
    opened(page, contest)
    page.wait("document.querySelector('.chain') && !document.querySelector('.chain').hidden", "the head")
    assert chain["head"][:16] in page.text(".chain summary")
    page.run("document.querySelector('.chain').open = true")
    assert page.text(".heads code") == chain["head"] and chain["log_id"] in page.text(".heads li")
    page.check_access()

    system.must_act(contest, {"id": "freeze", "type": "freeze"})
    system.settle(contest)
    still = system.read(contest, "/chains")["chains"][0]["head"]
    system.post_events(contest, [events.paid(7)])
    system.settle(contest)
    opened(page, contest)
    page.wait("!document.querySelector('.chain').hidden", "the head")
    assert still[:16] in page.text(".chain summary") and still != chain["head"]
