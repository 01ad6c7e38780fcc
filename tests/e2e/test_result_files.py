"""The four files of a published version say the same, and what the board says."""
import io
import zipfile

import pytest

from contests import Events, make_contest
from harness import System
from result_files import read_csv, read_html, read_xlsx

JUDGES, CRITERIA, STREAMERS = ("j1", "j2", "j3"), ("stage", "product"), ("yx-01", "yx-02", "yz-01")
CONTEST = "files"


def yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def points(milli):
    return f"{'-' if milli < 0 else ''}{abs(milli) // 1000}.{abs(milli) % 1000:03d}"


def percent(rate_bp):
    return "" if rate_bp is None else f"{rate_bp // 100}.{rate_bp % 100:02d}%"


def metric(row, name):
    return yuan(row[name]) if name.endswith("_fen") else str(row[name])


SALES = ["gross_fen", "refunded_fen", "net_fen", "online_net_fen", "offline_net_fen", "orders", "orders_kept", "quantity"]
WHOLE = [*SALES, "sessions", "videos", "viewers", "likes", "followers", "comments"]


@pytest.fixture(scope="module", params=[1, 3], ids=["one-shard", "three-shards"])
def published(request):
    """A contest with something of everything, published and final; names that a spreadsheet would run."""
    contest = make_contest(CONTEST, notice_days=7)
    contest["rankings"].append({"id": "videos", "name": "短视频榜", "of": "streamer", "by": "videos", "ties": ["likes", "net_fen"]})
    contest["streamers"][0]["name_en"], contest["products"][0]["name_en"] = "Youxian Team 1", "Dried tofu"
    contest["streamers"][1]["name"] = "=HYPERLINK(\"x\")"
    contest["streamers"][2]["name"] = "<b>宜章&一队</b>"
    contest["products"][1]["name"] = "@宜章,脐橙"
    with System([contest], shards=request.param, aggregators=2) as system:
        play(system, Events("f"))
        yield system


def act(system, kind, role="judge", **fields):
    act.count = getattr(act, "count", 0) + 1
    system.must_act(CONTEST, {"id": f"{kind}-{act.count}", "type": kind, **fields}, role)


def play(system, events):
    sales = [events.paid(900012, "s-1", id="6920011223344001"), events.paid(500001, "s-3"), events.paid(500001, "s-4", "orange", 3),
             events.paid(70005, "s-2", channel="offline"), events.paid(333, "s-4", channel="offline"), events.paid(9, "s-3")]
    more = [events.started("s-1"), events.video("yx-02"), events.video("yx-02"), events.sampled("viewers", 41, "s-4"),
            events.refunded(sales[0], 12345), events.cancelled(sales[5]), events.refunded({"session": "s-4", "id": "never"}, 5)]
    assert system.post_events(CONTEST, sales + more).status == 202
    act(system, "approve", streamer="yx-01", event=sales[3]["id"])
    act(system, "void", streamer="yx-02", event=more[1]["id"], reason="=cmd|' /C calc'!A0")
    act(system, "adjust", streamer="yx-02", points=-1.25, reason="迟到, 扣分")
    for judge in JUDGES:
        for streamer in STREAMERS[:2]:
            for criterion in CRITERIA:
                act(system, "score", judge=judge, streamer=streamer, criterion=criterion, points=20.125 + 3 * JUDGES.index(judge) + len(streamer))
    act(system, "close", "organiser")
    act(system, "award", award="organisation", winners=["431022", "yx-02"], reason="组织得力")
    act(system, "publish", override=True, reason="首次公布")
    act(system, "finalise", "organiser", reason="公示期满")
    for board in system.aggregators:
        system.settle(CONTEST, board)


@pytest.fixture(scope="module")
def version(published):
    return published.get(CONTEST, "/results/1.json").json


@pytest.fixture(scope="module")
def tables(published):
    return read_csv(published.get(CONTEST, "/results/1.csv").body)


# --- CSV against JSON ---


def rank_rows(ranking):
    """A ranking's JSON as the rows of its table."""
    names = list(WHOLE)
    if "by" in ranking:
        names.remove(ranking["by"])
        names.insert(0, ranking["by"])
    if ranking["id"] == "videos":  # what decides its ties would not be on paper otherwise
        names.remove("likes")
        names.insert(1, "likes")
    county = {"yx-01": "攸县", "yx-02": "攸县", "yz-01": "宜章县"}
    for row in ranking["rows"]:
        cells = [str(row["rank"]), row["name"]] + ([county[row["id"]]] if ranking["of"] == "streamer" else [])
        if "components" in row:
            cells.append(points(row["points_milli"]))
            for part in row["components"]:
                if "judges" in part:
                    cells += [str(part["marks"]), points(part["value"])]
                else:
                    cells.append(yuan(part["value"]) if part["metric"].endswith("_fen") else str(part["value"]))
                cells += ([str(part["rank"])] if "rank" in part else []) + [points(part["points_milli"])]
            cells.append(points(row["adjusted_milli"]))
        yield cells + [metric(row["metrics"], name) for name in names]


def test_rankings(version, tables):
    assert len(version["rankings"]) == 5
    for ranking in version["rankings"]:
        rows = tables[ranking["name"]][1:]
        assert [row[:-2] for row in rows] == list(rank_rows(ranking)), ranking["id"]
        assert [row[-1] for row in rows] == [row["id"] for row in ranking["rows"]]


def test_each_ranking_says_what_its_order_follows_from(published, version, tables):
    """So that a reader of the paper alone can see why one stands above another; what decides is among what is printed."""
    page = published.get(CONTEST, "/results/1.html?lang=both").body.decode()
    said = {"counties": ("按净销售额排名；相同时依次比较订单数、达到时间（早者在前）；仍相同的并列。",
                         "Ranked by net sales; where equal, by orders, then by when it was reached (the earlier first); still equal: a shared rank.")}
    said["streamers"] = ("按总分排名；相同时依次比较净销售额、订单数、达到时间（早者在前）；仍相同的并列。",
                         "Ranked by points; where equal, by net sales, then by orders, then by when it was reached (the earlier first); "
                         "still equal: a shared rank.")
    said["videos"] = ("按短视频排名；相同时依次比较点赞、净销售额；仍相同的并列。",
                      "Ranked by videos; where equal, by likes, then by net sales; still equal: a shared rank.")
    for ranking in version["rankings"]:
        if ranking["id"] in said:
            zh, en = said[ranking["id"]]
            section = page.split(f'<section id="ranking-{ranking["id"]}"')[1].split("</section>")[0]
            assert f"{zh}<small>{en}</small>" in section and zh in tables, ranking["id"]
            assert "videos" != ranking["id"] or "点赞<small>" in section.split("</thead>")[0]
    assert [ranking["id"] for ranking in version["rankings"] if ranking["id"] in said] == list(said)


def test_groups(version, tables):
    names = ["net_fen", "online_net_fen", "offline_net_fen", "gross_fen", "refunded_fen", "orders", "sessions", "videos"]
    detail = ["orders_kept", "quantity", "viewers", "likes", "followers", "comments"]
    assert tables["县域数据"][1:] == [
        [row["name"], row["city"], str(row["entrants"]), str(row["active"]), *(metric(row, name) for name in names),
         percent(row["refund_rate_bp"]), row["id"], *(metric(row, name) for name in detail)] for row in version["counties"]]
    assert [row[2:-2] for row in tables["参赛主播数据"][1:]] == [
        [*(metric(row, name) for name in names), row["id"], "", *(metric(row, name) for name in detail[:-2])] for row in version["streamers"]]
    assert [[row[0], *row[3:10]] for row in tables["产品数据"][1:]] == [
        [row["name"], *(metric(row, name) for name in [*names[:6], "quantity"])] for row in version["products"]]
    refunded = [row for row in version["streamers"] if row["refunded_fen"]]
    assert [[row[0], *row[2:]] for row in tables["退款情况"][1:]] == [
        [row["name"], *(metric(row, name) for name in ["gross_fen", "refunded_fen", "net_fen", "orders", "orders_kept"]),
         percent(row["refund_rate_bp"])] for row in refunded]


def test_cover_and_awards(version, tables):
    facts = dict(tables["公报数据"])
    said = version["communique"]
    assert facts["短视频"] == str(said["videos"]) == "1" and facts["直播场次"] == str(said["sessions"]) == "1"
    assert (facts["净销售额（元）"], facts["线上净额（元）"], facts["线下净额（元）"]) == tuple(
        yuan(said[name]) for name in ("net_fen", "online_net_fen", "offline_net_fen"))
    published = dict(tables["公布信息"])
    assert published["时区"] == "UTC+08:00"
    heads = [value for item, value in tables["公布信息"] if item.startswith("日志哈希链头（SHA-256）")]
    assert heads == [chain["head"] for chain in version["chains"]]
    assert version["who"].startswith("judge ") and published["公布人"] == version["who"].replace("judge", "评委")
    assert published["定稿人"].startswith("主办方 ")
    assert published["公示期至"] and published["定稿理由"] == "公示期满"
    assert version["notice_days"] == 7 and version["notice_until_ms"] - version["published_at_ms"] == 7 * 86400000
    winners = [(award["name"], winner["name"], winner["id"]) for award in version["awards"] for winner in award["winners"]]
    assert [tuple(row[:3]) for row in tables["获奖名单"][1:]] == winners and len(winners) == 3


def test_events_and_actions(version, tables):
    assert [(row[2], row[6], row[7]) for row in tables["线下申报"][1:]] == [
        (claim["id"], yuan(claim["amount_fen"]), yuan(claim["remaining_fen"])) for claim in version["claims"]]
    assert [row[8] for row in tables["线下申报"][1:]] == ["已计入", "待审核"]
    assert [row[2] for row in tables["作废的记录"][1:]] == [event["id"] for event in version["voided"]]
    assert [row[2] for row in tables["找不到订单的退款"][1:]] == [event["id"] for event in version["parked"]]
    actions = tables["操作记录"][1:] + tables["打分与审核记录"][1:]
    assert sorted((row[7], row[6]) for row in actions) == sorted((action["id"], action["reason"] or "") for action in version["actions"])
    assert len(tables["公布时搁置的事项"][1:]) == len(version["set_aside"]) == 1 + 1 + 6


# --- XLSX and HTML against CSV ---


def same(text, cell):
    if cell is None:
        return text == ""
    if isinstance(cell, str):
        return text == cell
    if text.endswith("%"):
        return abs(float(text[:-1]) / 100 - cell) < 1e-9
    return float(text) == cell


def test_the_spreadsheet_has_the_same_cells(published, tables):
    sheets = read_xlsx(published.get(CONTEST, "/results/1.xlsx").body)
    compared = 0
    for name, rows in tables.items():
        if name not in sheets or name == "公报数据":
            continue
        sheet = sheets[name]
        start = 1 if sheet[0] == [name] else 0  # a sheet of several tables names each
        for row, cells in zip(rows, sheet[start:], strict=False):
            cells = cells + [None] * (len(row) - len(cells))
            assert all(same(text, cell) for text, cell in zip(row, cells, strict=True)), (name, row, cells)
            compared += len(row)
    assert compared > 500
    cover = {row[0]: row[1] for row in sheets["公报数据"] if len(row) == 2}
    for text in ("公报数据", "公布信息"):
        for item, value in tables[text]:
            assert same(value, cover[item]), item
    flat = {cell for sheet in sheets.values() for row in sheet for cell in row if isinstance(cell, str)}
    assert "=HYPERLINK(\"x\")" in flat and "=cmd|' /C calc'!A0" in flat, "as text, which no spreadsheet runs"


def test_ids_are_text_and_no_mistake(published):
    """Excel marks each number that is text with a green corner, unless it is told that it is meant so."""
    with zipfile.ZipFile(io.BytesIO(published.get(CONTEST, "/results/1.xlsx").body)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) > 8 and all('<ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/>' in sheet for sheet in sheets)


def test_the_page_has_the_same_cells(published, version, tables):
    page = read_html(published.get(CONTEST, "/results/1.html").body)
    by_id = {"cover": "公报数据", "publication": "公布信息", "awards": "获奖名单", "counties": "县域数据", "products": "产品数据",
             "streamers": "参赛主播数据", "refunds": "退款情况", "claims": "线下申报", "voided": "作废的记录", "parked": "找不到订单的退款",
             "actions": "操作记录", "marks": "打分与审核记录", "set-aside": "公布时搁置的事项"}
    by_id |= {f"ranking-{ranking['id']}": ranking["name"] for ranking in version["rankings"]}
    assert set(by_id) == set(page)
    for section, name in by_id.items():
        assert len(page[section]) == len(tables[name]), name
        for shown, row in zip(page[section], tables[name], strict=True):
            assert [cell.replace(",", "") for cell in shown] == [cell.replace(",", "") for cell in row[:len(shown)]], name


# --- How they are served ---

TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pytest.mark.parametrize("kind", TYPES)
def test_how_a_file_is_served(published, kind):
    one, other = published.aggregators
    answer = published.get(CONTEST, f"/results/latest.{kind}", board=one)
    assert (answer.status, answer.fields["content-type"]) == (200, TYPES[kind])
    assert f'filename="{CONTEST}-results-1.{kind}"' in answer.fields["content-disposition"]
    assert answer.fields["x-content-type-options"] == "nosniff"
    again = published.get(CONTEST, f"/results/1.{kind}", board=one)
    assert answer.body == again.body == published.get(CONTEST, f"/results/1.{kind}", board=other).body, "the same bytes everywhere"
    if kind == "html":
        policy = answer.fields["content-security-policy"]
        assert "default-src 'none'" in policy and "style-src 'sha256-" in policy and "unsafe" not in policy


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_names_are_english_where_the_contest_has_them(published, language):
    told = {name.split(" ")[0]: rows for name, rows in read_csv(published.get(CONTEST, f"/results/1.csv?lang={language}").body).items()}
    english = language == "en"
    streamers = {row[10]: row for row in told["Entrants" if english else "参赛主播数据"][1:]}
    assert streamers["yx-01"][0] == ("Youxian Team 1" if english else "攸县一队")
    assert streamers["yz-01"][:2] == ["<b>宜章&一队</b>", "Yizhang" if english else "宜章县"]
    awards = {row[2]: row[1] for row in told["Awards" if english else "获奖名单"][1:]}
    assert awards["431022"] == ("Yizhang" if english else "宜章县")
    assert ("Dried tofu" if english else "攸县香干") in {row[4] for row in told["Offline" if english else "线下申报"][1:]}


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_the_roles_of_who_acted_are_words_of_the_language(published, language):
    told = read_csv(published.get(CONTEST, f"/results/1.csv?lang={language}").body)
    (actions,) = [rows for name, rows in told.items() if name.split(" ")[0] in ("操作记录", "Actions")]
    roles = {"judge", "organiser"} if language == "en" else {"评委", "主办方"}
    assert {row[2].split(" ")[0] for row in actions[1:]} == roles


@pytest.mark.parametrize("language, there, absent", [("zh", "净销售额（元）", "Net sales"), ("en", "Net sales (yuan)", "净销售额"), ("both", "Net sales (yuan)", None)])
def test_languages(published, language, there, absent):
    for kind in ("csv", "html"):
        text = published.get(CONTEST, f"/results/1.{kind}?lang={language}").body.decode()
        assert there in text and (absent is None or absent not in text), kind
    assert published.get(CONTEST, "/results/1.csv?lang=fr").status == 400
    assert len(read_xlsx(published.get(CONTEST, f"/results/1.xlsx?lang={language}").body)) > 8
