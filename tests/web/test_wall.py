"""The wall in a browser: figures as the API gives them, every size, the freeze, the map, the ticker; and how often it asks."""
import json
import re
import time

import pytest

from browser import Page
from contests import OPENS_MS, Events, make_contest, rfc3339
from harness import Daemon, System, free_port, wait_until

WAN = 10_000_00


def yuan(fen):
    return f"{fen // 100:,}.{fen % 100:02d}"


def opened(page, contest, more="", size="wall"):
    page.open(f"/wall?contest={contest}{more}", size)
    page.wait("document.querySelector('.line')?.dataset.line === 'live'", "the wall to be live")
    return page


def digits(page):
    return page.run("return [...document.querySelectorAll('.digits > *')].map((cell) => cell.textContent).join('')")


def short(fen):
    """As the wall writes money in Chinese: cut, never rounded up."""
    if fen >= 10_000 * WAN:
        return f"{fen // 10**10:,}.{fen % 10**10 // 10**6:04d} 亿元"
    return f"{fen // WAN:,}.{fen % WAN // 10_000:02d} 万元" if fen >= WAN else f"{yuan(fen)} 元"


def race(page, place):
    return page.run("""return [...document.querySelectorAll(`#${arguments[0]} .race li`)].sort((a, b) =>
        a.style.getPropertyValue('--at') - b.style.getPropertyValue('--at')).map((row) =>
        ['.rank', '.name', '.value'].map((part) => row.querySelector(part).textContent))""", place)


def check_against_api(system, contest, page):
    totals = system.read(contest, "/totals")["totals"]
    wait_until(lambda: digits(page) == yuan(totals["net_fen"]), f"{yuan(totals['net_fen'])} on the wall")
    told = page.text(".story")
    assert told == f"{totals['videos']} 条短视频，{totals['sessions']} 场直播，累计线上线下销售 {short(totals['net_fen'])}"
    for metric in ("gross_fen", "refunded_fen", "online_net_fen", "offline_net_fen"):
        assert page.text(f"[data-metric={metric}]") == short(totals[metric]), metric
    assert page.text("[data-metric=orders]") == f"{totals['orders']:,}"
    rankings = {ranking["id"]: ranking["rows"] for ranking in system.read(contest, "/rankings")["rankings"]}
    assert race(page, "race") == [[str(row["rank"]), row["name"], short(row["metrics"]["net_fen"])] for row in rankings["counties"]]
    assert race(page, "streamers") == [[str(row["rank"]), row["name"], short(row["metrics"]["net_fen"])] for row in rankings["teams"]]
    tally = {by: system.read(contest, f"/tally?by={by}")["rows"] for by in ("county", "product", "category")}
    wait_until(lambda: race(page, "products") == [[str(at + 1), row["names"]["product"], short(row["net_fen"])] for at, row in enumerate(tally["product"])],
               f"the products {tally['product']}, not {race(page, 'products')}")
    tiles = page.run("return Object.fromEntries([...document.querySelectorAll('.tiles li')].map((tile) => [tile.dataset.county, tile.querySelector('b').textContent]))")
    net = {row["county"]: row["net_fen"] for row in tally["county"]}
    for county, text in tiles.items():
        fen = net.get(county, 0)
        assert text == (short(fen) if fen >= WAN else f"{fen // 100:,} 元"), county
    shares = page.run("return [...document.querySelectorAll('.shares b')].map((node) => node.textContent)")
    sold = [row["net_fen"] for row in tally["category"] if row["net_fen"] > 0]
    assert shares == [f"{1000 * fen // sum(sold) / 10:.1f}%" for fen in sold]


def test_figures_are_those_of_the_api_after_each_change(page, system, contest, events):
    opened(page, contest)
    wait_until(lambda: digits(page) == "0.00", "an empty wall")
    sale, offline = events.paid(12_345_67, quantity=2), events.paid(70_000_00, session="s-3", channel="offline")
    steps = [
        lambda: system.post_events(contest, [sale, events.started(), events.video()]),
        lambda: system.post_events(contest, [events.paid(25_000_01, session="s-4", product="orange"), offline]),
        lambda: system.must_act(contest, {"id": "a", "type": "approve", "streamer": "yx-02", "event": offline["id"]}),
        lambda: system.post_events(contest, [events.refunded(sale, 2_345_67)]),
        lambda: system.must_act(contest, {"id": "v", "type": "void", "streamer": "yx-02", "event": offline["id"], "reason": "重复申报"}),
    ]
    for step in steps:
        step()
        system.settle(contest)
        check_against_api(system, contest, page)
    page.check_access()


def test_a_row_that_overtakes_shows_how_far_it_came(page, system, contest, events):
    system.post_events(contest, [events.paid(1000, session="s-1"), events.paid(500, session="s-4")])
    system.settle(contest)
    opened(page, contest)
    wait_until(lambda: [row[1] for row in race(page, "race")] == ["攸县", "宜章县"], "the first order")
    system.post_events(contest, [events.paid(5000, session="s-4")])
    wait_until(lambda: [row[1] for row in race(page, "race")] == ["宜章县", "攸县"], "the overtaking")
    moves = page.run("return Object.fromEntries([...document.querySelectorAll('#race li')].map((row) => [row.querySelector('.name').textContent, row.querySelector('.move').textContent]))")
    assert moves == {"宜章县": "▲1", "攸县": "▼1"}
    page.wait_text("#ticker", "宜章县 升至第一")


def test_the_ticker_tells_of_large_sales_and_milestones(page, system, contest, events):
    system.post_events(contest, [events.paid(9_000_00)])
    system.settle(contest)
    opened(page, contest)
    page.wait_text("#ticker", "攸县 暂列第一")
    page.wait("document.querySelector('.tiles b')?.textContent === '9,000\u00a0元'", "the tables")
    system.post_events(contest, [events.paid(2_000_00, session="s-4", product="orange")])
    page.wait_text("#ticker", "累计净销售额突破 1 万元")
    page.wait_text("#ticker", "宜章一队：宜章脐橙 +2,000.00 元")


def test_the_wall_asks_at_most_once_a_second(page, system, contest, events):
    began = time.monotonic()
    opened(page, contest)
    while time.monotonic() < began + 5:
        system.post_events(contest, [events.paid(100) for _ in range(5)])
    asked = page.run("return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('tally?by=county'))")
    assert 2 <= len(asked) <= time.monotonic() - began + 3, asked


def test_a_name_that_is_corrected_is_corrected_on_the_wall(page, system, contest, events):
    opened(page, contest)
    page.wait("document.querySelectorAll('.tiles li').length === 2", "two tiles")
    system.must_act(contest, {"id": "r", "type": "register", "counties": [
        {"id": "430223", "name": "攸县新名", "name_en": "Youxian", "city": "株洲市", "province": "湖南省", "tile": [1, 4]}]}, "organiser")
    page.wait_text("#tiles", "攸县新名")
    page.wait_text("#race", "攸县新名")


# --- The freeze, and the clock ---


def now_ms():
    return int(time.time() * 1000)


def live_contest(name, **changes):
    """One that is going on now: opened an hour ago, for two more."""
    contest = make_contest(name, opens_ms=(now_ms() // 60000) * 60000 - 3600_000, hours=3)
    return {**contest, **changes}


def test_a_frozen_wall_says_since_when_and_how_long(driver):
    contest = live_contest("now")
    with System([contest]) as system:
        page = Page(driver, system.board.port)
        opened(page, "now")
        page.wait_text(".countdown", re.compile(r"距结束\s*0[12]:[0-5]\d:[0-5]\d"))
        page.wait_text("#air", "计划直播中 4 场")
        events = Events("n", now_ms() - 1800_000)
        system.post_events("now", [events.paid(5_000_00), events.started("s-1")])
        wait_until(lambda: digits(page) == "5,000.00", "the sale")
        page.wait("document.querySelectorAll('#air .held').length === 1", "the session that has started")
        system.must_act("now", {"id": "f", "type": "freeze"}, "organiser")
        page.wait_text("header .state", "封榜中")
        text = page.wait_text("#notice", re.compile(r"封榜中：公开榜单停在 \d\d-\d\d \d\d:\d\d，比赛仍在继续，结果稍后揭晓。 ?距比赛结束还有 (\d+) 分钟。"))
        left = (page.run("return Date.parse(arguments[0])", contest["closes"]) - now_ms()) / 60000
        assert left - 1 <= int(text[1]) <= left + 1
        page.wait("document.querySelector('#trend text.freeze')", "the mark of the freeze")
        page.check_access()
        page.picture("wall-frozen-zh")
        system.must_act("now", {"id": "t", "type": "thaw"}, "organiser")
        system.must_act("now", {"id": "c", "type": "close"}, "organiser")
        page.wait_text("header .state", "已结束")
        page.wait_text("#air", "直播已全部结束")
        assert "计划直播中" not in page.text("#air")
        page.picture("wall-ended-zh")
        page.open("/?contest=now")
        page.wait_text("header .state", "已结束")
        assert "计划直播中" not in page.text("main"), "the board does not say otherwise"
        page.check()


# What stands on the wall with less than 4.5:1, a colour that is filtered grey and a part that is seen through taken as they are seen.
FAINT = """
const parts = (colour) => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
const upwards = (node) => (node ? [node, ...upwards(node.parentElement)] : []);
const behind = (line) => parts(line.map((one) => getComputedStyle(one).backgroundColor).find((colour) => parts(colour)[3] === 1));
const light = (colour) => colour.map((value) => (value / 255 <= 0.04045 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
return [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())).flatMap((node) => {
  const line = upwards(node);
  const style = getComputedStyle(node);
  const grey = line.some((one) => getComputedStyle(one).filter.includes('grayscale(1)'));
  const seen = ([r, g, b]) => (grey ? Array(3).fill(0.2126 * r + 0.7152 * g + 0.0722 * b) : [r, g, b]);
  const [front, back] = [seen(parts(node.ownerSVGElement ? style.fill : style.color)), seen(behind(line))];
  const opacity = line.reduce((all, one) => all * getComputedStyle(one).opacity, 1);
  const [less, more] = [light(front.map((value, at) => back[at] + (value - back[at]) * opacity)), light(back)].sort((a, b) => a - b);
  const contrast = (more + 0.05) / (less + 0.05);
  return contrast < 4.5 ? [`${contrast.toFixed(2)}: ${node.outerHTML.slice(0, 100)}`] : [];
});"""


def test_a_lost_wall_can_still_be_read(driver):
    """What is old is marked as old: by its colours, by the frame, and by the moment that it is of."""
    with System([live_contest("lost")]) as system:
        events = Events("n", now_ms() - 1800_000)
        system.post_events("lost", [events.started("s-1"), events.video()] + [events.paid(1_234_56 * at, session=f"s-{1 + at % 4}", product=["tofu", "orange"][at % 2]) for at in range(1, 30)])
        system.settle("lost")
        page = Page(driver, system.board.port)
        page.forgive("net::", "ERR_")
        page.prefer(reduced_motion="reduce")  # a colour on its way is none
        opened(page, "lost", "&lang=en")
        page.wait_text(".story", "1 short video, 1 livestream, ")
        page.wait("document.querySelectorAll('#trend path.bars').length === 2 && document.querySelector('.tiles b').textContent !== '¥0'", "the tables")
        as_of = page.text(".as-of time")
        system.board.stop()
        page.wait("document.querySelector('.line').dataset.line === 'lost'", "the loss to be shown")
        page.wait_text("#notice", f"What you see is old: it stands as of {as_of}.")
        assert page.run(FAINT) == []
        check_fits(page)
        page.picture("wall-lost-en")
        page.check()


def test_a_wall_before_the_opening_counts_down(driver):
    contest = make_contest("soon", opens_ms=(now_ms() // 60000) * 60000 + 30 * 3600_000)
    with System([contest]) as system:
        page = Page(driver, system.board.port)
        opened(page, "soon")
        page.wait_text("header .state", "未开始")
        page.wait_text(".countdown", re.compile(r"距开赛\s*1 天 0[56]:"))
        page.wait_text("#notice", "比赛将于")
        page.picture("wall-scheduled-zh")
        page.check()


# --- A map, only with its number ---


def test_a_map_takes_the_place_of_the_tiles_with_its_number(driver):
    def square(code, west):
        return {"type": "Feature", "properties": {"adcode": code, "name": "x"},
                "geometry": {"type": "Polygon", "coordinates": [[[west, 27], [west + 0.5, 27], [west + 0.5, 27.4], [west, 27.4], [west, 27]]]}}
    with System([make_contest("mapped")]) as system:
        path = system.folder / "map.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [square(430223, 113), square(431022, 113.6), square(999999, 114.2)]}), encoding="utf-8")
        board = system.own(Daemon("aggregator-map", system.folder, free_port(), "--redis", system.redis.address,
                                  "--map", str(path), "--map-review-number", "GS(2021)1234号")).start()
        events = Events()
        system.post_events("mapped", [events.paid(5_000_00), events.paid(1_000_00, session="s-4")])
        system.settle("mapped", board)
        page = Page(driver, board.port)
        opened(page, "mapped")
        page.wait_text(".review", "审图号：GS(2021)1234号")
        assert page.run("return document.querySelectorAll('.tiles').length") == 0
        page.wait("[...document.querySelectorAll('.map .value')].map((node) => node.textContent).join() === '5,000\u00a0元,1,000\u00a0元'", "the figures on the map")
        steps = page.run("return [...document.querySelectorAll('.map path')].map((path) => path.dataset.step ?? path.getAttribute('class'))")
        assert steps == ["5", "2", "beyond"]
        page.check()
        board.stop()


# --- Every size ---


def check_fits(page):
    """Everything stands inside the screen, and no figure is cut."""
    outside = page.run("""
        const [width, height] = [innerWidth, innerHeight];
        return [...document.querySelectorAll('header, main > section, footer, h1, .digits, .value, dd, .tiles li, .clock')].filter((node) => {
          const box = node.getBoundingClientRect();
          return box.width && (box.left < -1 || box.top < -1 || box.right > width + 1 || box.bottom > height + 1);
        }).map((node) => node.outerHTML.slice(0, 100));""")
    assert outside == []
    cut = page.run("""return [...document.querySelectorAll('.value, dd, .tiles b, .digit, .state, .as-of, .legend span')].filter((node) =>
        node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline').map((node) => node.outerHTML.slice(0, 120));""")
    assert cut == []
    overlap = page.run("""
        const boxes = [...document.querySelectorAll('header, #notice:not([hidden]), main > section, footer')].map((node) => [node.id || node.tagName, node.getBoundingClientRect()]);
        return boxes.flatMap(([name, a], at) => boxes.slice(at + 1).filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1).map(([other]) => `${name}/${other}`));""")
    assert overlap == []
    written_over = page.run("""
        const boxes = [...document.querySelectorAll('#trend text')].map((node) => [node.textContent, node.getBoundingClientRect()]);
        return boxes.flatMap(([name, a], at) => boxes.slice(at + 1).filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2).map(([other]) => `${name}/${other}`));""")
    assert written_over == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["hd", "wall", "4k"])
def test_the_wall_scales_as_a_whole(played_page, size, language):
    page = opened(played_page, "youxian-2021", f"&lang={language}", size)
    page.wait("document.querySelectorAll('.tiles li[data-step]').length === 18", "the counties")
    page.wait("document.querySelectorAll('#trend path.bars').length === 2", "the trend")
    check_fits(page)
    if size == "wall":
        page.check_access()
    page.picture(f"wall-{language}")
    # With less room: a notice stands above all of it.
    page.run("const notice = document.querySelector('#notice'); notice.hidden = false; notice.textContent = '封榜中：公开榜单停在 11-29 18:00，比赛仍在继续，结果稍后揭晓。'")
    page.run("return new Promise((done) => setTimeout(done, 300))")
    check_fits(page)


def test_long_names_and_large_sums_break_nothing(driver):
    contest = make_contest("large")
    contest["title"] = "魅力湘赣边播创湘赣红" * 9
    for kind in ("counties", "streamers", "products"):
        for entity in contest[kind]:
            entity["name"] += "名字特别特别长的参赛单位" * 5
    contest["rankings"][0]["name"] = "县域直播带货销售总额排行榜" * 6
    with System([contest]) as system:
        events = Events()
        system.post_events("large", [events.paid(100_000_000_000, session=f"s-{1 + at % 4}", product=["tofu", "orange"][at % 2]) for at in range(200)])
        system.settle("large")
        page = Page(driver, system.board.port)
        for size in ("hd", "wall"):
            opened(page, "large", size=size)
            wait_until(lambda: digits(page) == "200,000,000,000.00", "two hundred billion")
            page.wait("document.querySelectorAll('.tiles li[data-step]').length === 2", "the counties")
            check_fits(page)
        page.picture("wall-large-zh")
        for size in ("desk", "phone", "narrow"):
            for see in ("", "tally&by=county,product", "streamer&id=yx-01", "ranking"):
                page.open(f"/?contest=large&see={see}", size)
                page.wait("document.querySelector('.line')?.dataset.line === 'live' && document.querySelector('main').innerText.includes('特别长')", "the board")
                page.check_width()
        page.check()


def test_a_start_at_the_edge_is_written_clear_of_the_axis(driver):
    """A replay, whose trend ends half an hour after its last sale: the sessions begin where it begins."""
    with System([make_contest("edge")]) as system:
        events = Events()
        for minute in (0, 149):
            system.post_events("edge", [events.paid(12_345_67, session=f"s-{at}", time=rfc3339(OPENS_MS + (60 * minute + at) * 1000)) for at in (1, 2, 3, 4)])
        system.settle("edge")
        page = Page(driver, system.board.port)
        opened(page, "edge", size="hd")
        page.wait("[...document.querySelectorAll('#trend text.mark')].some((node) => node.textContent.includes('4'))", "the mark of the start")
        check_fits(page)
        page.check()
