"""`bochuang reconcile` and `bochuang post` on a platform's order export, with the quirks that real ones have."""
import csv
import io
import json

import pytest

from contests import OPENS_MS, make_contest, rfc3339
from harness import System
from test_cli import good, run

TITLES = ["主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商家编码", "订单应付金额", "运费", "收件人", "收件人手机号", "详细地址",
          "订单提交时间", "商家备注", "订单完成时间", "订单状态", "售后状态", "取消原因", "发货时间"]
PERSONAL = ["欧阳测试", "13912345678", "湖南省株洲市攸县联星街道987号", "门口有狗"]
HOUR_MS = 3600_000

MAPPING = """
products:
  - {code: "YX-XG", product: tofu}
  - {code: 宜章脐橙10斤, product: orange}
streamers:
  - {code: 攸县一队, streamer: yx-01}
"""


@pytest.fixture(scope="module")
def own():
    """A system of this file's own: the shared one has no contests to spare."""
    with System([make_contest(f"export-{number:02d}") for number in range(16)], shards=3) as system:
        yield system, iter(list(system.contests))


@pytest.fixture
def system(own):
    return own[0]


@pytest.fixture
def contest(own):
    return next(own[1])


@pytest.fixture(scope="module")
def shared_contest(own):
    return next(own[1])


@pytest.fixture(scope="module")
def played(own):
    """A contest with the log that ROWS are held against; for reading only."""
    contest = next(own[1])
    play(own[0], contest)
    return contest


def local(ms):
    return rfc3339(ms)[:19].replace("T", " ")


def row(number, yuan, state="已完成", refund="-", minute=1, code="YX-XG", name="攸县香干", wrap="\t{}", count="1", **changes):
    cells = {"主订单编号": wrap.format(f"68{number}"), "子订单编号": wrap.format(number), "选购商品": name, "商品规格": "-", "商品数量": count,
             "商家编码": code, "订单应付金额": yuan, "运费": "0.00", "收件人": PERSONAL[0], "收件人手机号": PERSONAL[1],
             "详细地址": f'{PERSONAL[2]},"三楼"\n{PERSONAL[3]}', "订单提交时间": local(OPENS_MS + minute * 60_000), "商家备注": "-",
             "订单完成时间": "-", "订单状态": state, "售后状态": refund, "取消原因": "-", "发货时间": "-"}
    return {**cells, **changes}


def export(rows, path, encoding="utf-8-sig", titles=TITLES):
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(titles)
    table.writerows([cells.get(title, "-") for title in titles] for cells in rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def paid(number, fen, session="s-1", **changes):
    return {"id": str(number), "type": "order.paid", "time": rfc3339(OPENS_MS + 60_000), "session": session, "product": "tofu",
            "quantity": 1, "amount_fen": fen, **changes}


def refunded(number, fen, session="s-1"):
    return {"id": f"{number}-r", "type": "order.refunded", "time": rfc3339(OPENS_MS + 120_000), "session": session, "of": str(number),
            "amount_fen": fen}


ROWS = [
    row(6001, "39.80"),                                              # as in the log
    row(6002, "1,234.50", wrap="'{}"),                               # thousands, another wrapping
    row(6003, "10.00", refund="退款成功"),                            # refunded on both sides
    row(6004, "20.00", state="已关闭", refund="退款成功"),             # closed there, refunded to nothing here
    row(6005, "15.00", state="已关闭"),                               # never paid: on neither side
    row(6006, "0.00", name="赠品"),                                   # a gift
    row(6007, "50.00", minute=-60 * 24),                             # before the contest
    row(6008, "70.00", minute=30),                                   # missing here
    row(6009, "80.00", refund="退款成功", minute=31, code="-", name="宜章脐橙10斤", count="2"),  # missing here, refunded there
    row(6010, "33.00"),                                              # amount differs
    row(6011, "44.00", refund="退款成功"),                            # refunded there only
    row(6012, "55.00"),                                              # refunded here only
    row(6013, "66.00", state="已关闭"),                               # closed there, counts here
    row(6014, "77.00"),                                              # voided here
    row(6015, "88.00", code="YX-XG;YZ-CQ", name="攸县香干;宜章脐橙"),   # two products, one total
    row("6016;6017", "99.00", wrap="{}"),                            # two orders in one row, whose sum is right
    row(6001, "39.80"),                                              # again
    row("6.91712E+18", "12.00", wrap="{}"),                          # rounded by a spreadsheet
    row(6018, "12.00", state="神秘状态"),
    row(6019, "1,2.00"),
]
EVENTS = [paid(6001, 3980), paid(6002, 123450, "s-3"), paid(6003, 1000), refunded(6003, 1000), paid(6004, 2000), refunded(6004, 2000),
          paid(6010, 3330), paid(6011, 4400), paid(6012, 5500), refunded(6012, 500), paid(6013, 6600), paid(6014, 7700), paid(6016, 5000),
          paid(6017, 4900), paid(6099, 1234),                        # in the log alone
          paid(6098, 999, "s-2"), paid(6097, 999, channel="offline")]  # on another platform, offline: not asked for
EXPECTED = {"matched": 5, "missing_here": 2, "missing_there": 1, "amount_differs": 1, "state_differs": 4, "cannot_split": 1, "repeated": 1,
            "unreadable": 3, "neither": 1, "gift": 1, "outside": 1}


def play(system, contest):
    assert system.post_events(contest, EVENTS).json["accepted"] == len(EVENTS)
    system.must_act(contest, {"id": "v", "type": "void", "streamer": "yx-01", "event": "6014", "reason": "刷单"})
    system.settle(contest)


def tables(done):
    return {table["id"]: table["rows"] for table in json.loads(done.stdout)["tables"]}


def counts(done):
    return {r["outcome"]: r["orders"] for r in tables(done)["outcomes"]}


def reconcile(system, contest, *words, **more):
    return run("reconcile", "--contest", contest, *map(str, words), system=system, token=system.token(contest, "connector"), **more)


def nothing_personal(*texts):
    for text in texts:
        for word in PERSONAL:
            assert word not in text, (word, text)


THERE = {"orders": 11, "gross_fen": 183030, "refunded_fen": 13400, "net_fen": 169630}
HERE = {"orders": 11, "gross_fen": 161394, "refunded_fen": 3500, "net_fen": 157894}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gbk", "gb18030"])
def test_every_quirk_is_read(system, played, tmp_path, encoding):
    contest = played
    done = reconcile(system, contest, "--platform", "douyin", export(ROWS, tmp_path / "订单.csv", encoding), "-j")
    assert done.returncode == 1, done.stderr
    assert counts(done) == EXPECTED
    assert {side.pop("side"): side for side in tables(done)["totals"]} == {"there": THERE, "here": HERE}
    (board,) = system.live(contest, "/tally?by=platform&platform=douyin&channel=online")["rows"]
    assert {name: board[name] for name in HERE} == HERE, "the same figures as the board's"
    nothing_personal(done.stdout, done.stderr)
    listed = tables(done)["differences"]
    assert len(listed) == sum(EXPECTED[name] for name in EXPECTED if name not in ("matched", "neither", "gift", "outside"))
    by_id = {entry["id"]: entry for entry in listed}
    assert by_id["6010"]["note"] == "paid: 33.00 there, 33.30 here"
    assert (by_id["6099"]["here_fen"], by_id["6099"]["line"], by_id["6099"]["outcome"]) == (1234, None, "missing_there")
    assert (by_id["6014"]["note"], by_id["6014"]["state_there"]) == ("counts there, voided here", "已完成")
    assert (by_id["6008"]["line"], by_id["6008"]["file"]) == (2 + 2 * 7, "订单.csv"), "each row has two lines"


def test_every_form_shows_the_same(system, played, tmp_path):
    contest, file = played, export(ROWS, tmp_path / "订单.csv")
    table = reconcile(system, contest, "--platform", "douyin", file)
    assert table.returncode == 1 and "1,696.30" in table.stdout and "missing_there" in table.stdout and "6099" in table.stdout
    text = reconcile(system, contest, "--platform", "douyin", file, "--format", "csv")
    rows = list(csv.reader(io.StringIO(text.stdout.removeprefix("\ufeff"))))
    assert ["there", "11", "1830.30", "134.00", "1696.30"] in rows
    book = tmp_path / "check.xlsx"
    spreadsheet = reconcile(system, contest, "--platform", "douyin", file, "-o", book)
    assert spreadsheet.returncode == 1 and book.stat().st_size > 1000
    short = reconcile(system, contest, "--platform", "douyin", file, "--list", "2", "-j")
    assert len(tables(short)["differences"]) == 2 and counts(short) == EXPECTED and "13 differences" in short.stderr
    for done in (table, text, spreadsheet):
        nothing_personal(done.stdout, done.stderr)


def test_all_matched_exits_0(system, contest, tmp_path):
    system.post_events(contest, [paid(7001, 100), paid(7002, 200, "s-3"), paid(7003, 300, "s-4")])
    system.settle(contest)
    one, other = export([row(7001, "1.00")], tmp_path / "1.csv"), export([row(7002, "2.00")], tmp_path / "2.csv")
    assert counts(reconcile(system, contest, "--platform", "douyin", one, other, "-j"))["matched"] == 2
    assert reconcile(system, contest, "--platform", "douyin", one, other).returncode == 0
    assert reconcile(system, contest, "--platform", "douyin", one).returncode == 1
    assert reconcile(system, contest, "--platform", "douyin", "--session", "s-1", one).returncode == 0


def test_a_log_of_several_pages(system, contest, tmp_path):
    sales = [paid(100000 + n, 100 + n, session=("s-1", "s-3")[n % 2]) for n in range(12000)]
    for at in range(0, len(sales), 6000):
        system.post_events(contest, sales[at:at + 6000])
    system.settle(contest)
    rows = [row(sale["id"], f"{sale['amount_fen'] / 100:.2f}") for sale in sales]
    done = reconcile(system, contest, "--platform", "douyin", export(rows, tmp_path / "all.csv", "gbk"), "-j")
    assert done.returncode == 0 and counts(done)["matched"] == 12000, done.stderr


def test_another_platform_by_a_mapping(system, contest, tmp_path):
    system.post_events(contest, [paid(8001, 1234, "s-4"), paid(8002, 500, "s-4"), refunded(8002, 200, "s-4")])
    system.settle(contest)
    mapping = tmp_path / "taobao.yaml"
    mapping.write_text("platform: taobao\nseparator: tab\nunit: fen\ncolumns: {id: [Order], amount: [Paid], refunded: [Back], state: [State]}\n"
                       "states: {counting: [done], not_counting: [gone]}\n", encoding="utf-8")
    file = tmp_path / "orders.txt"
    file.write_text("Order\tPaid\tBack\tState\n8001\t1234\t\tdone\n8002\t500\t200\tdone\n8003\t9\t\tgone\n", encoding="utf-8")
    done = reconcile(system, contest, "--mapping", mapping, file, "-j")
    assert done.returncode == 0 and (counts(done)["matched"], counts(done)["neither"]) == (2, 1), done


NO_EXPORT = {
    "another platform's": ("商品标题,实付款,订单编号\n甲,1,2\n".encode(), ["line 1", "子订单编号", "订单应付金额", "found 商品标题, 实付款, 订单编号"]),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", ["line 1", ".xlsx", "save it as CSV"]),
    "binary": (bytes(range(1, 256)) + b"\x00" * 500, ["line", "NUL byte"]),
    "empty": (b"", ["line 1", "found nothing"]),
    "headless": (("6917,10," + ",".join(PERSONAL)).encode(), ["line 1", "header row missing"]),
    "an open quote": ((",".join(TITLES) + '\n1,2,"' + PERSONAL[0] + ",3\n" * 9).encode(), ["line 2", "not closed"]),
    "a row of 100 MB": ((",".join(TITLES) + "\n1,2," + PERSONAL[0]).encode() + b"x" * 100_000_000, ["line 2", "1048576 bytes"]),
}


@pytest.mark.parametrize("what", NO_EXPORT)
def test_what_is_no_export_is_said_and_exits_2(system, shared_contest, tmp_path, what):
    content, said = NO_EXPORT[what]
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    done = reconcile(system, shared_contest, "--platform", "douyin", file)
    assert done.returncode == 2 and done.stdout == "", done
    for words in [*said, "file.csv: "]:
        assert words in done.stderr, done.stderr
    nothing_personal(done.stderr)


@pytest.mark.parametrize("words", [
    ["--platform", "douyin"], ["x.csv"], ["--platform", "kuaishou", "x.csv"], ["--platform", "douyin", "no-such.csv"],
    ["--platform", "douyin", "--session", "s-2", "x.csv"], ["--platform", "douyin", "--session", "none", "x.csv"],
    ["--platform", "douyin", "--mapping", "none.yaml", "x.csv"], ["--platform", "douyin", "--format", "xlsx", "x.csv"]])
def test_wrong_usage(system, shared_contest, words):
    done = reconcile(system, shared_contest, *words)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr) > 30


def test_a_platform_that_no_session_is_on(system, shared_contest, tmp_path):
    mapping = tmp_path / "weibo.yaml"
    mapping.write_text("platform: 微博\ncolumns: {id: [Order], amount: [Paid]}\n", encoding="utf-8")
    done = reconcile(system, shared_contest, "--mapping", mapping, "x.csv")
    assert done.returncode == 2 and "douyin, kuaishou, taobao" in done.stderr and "微博" in done.stderr


@pytest.mark.parametrize("name", ["抖音", "抖店"])
def test_douyin_by_what_people_call_it(system, played, name, tmp_path):
    """The contest's sessions are on "douyin": the export is the same, and so are the sales."""
    file = export(ROWS, tmp_path / "订单.csv")
    by_its_id = reconcile(system, played, "--platform", "douyin", file, "-j")
    done = reconcile(system, played, "--platform", name, file, "-j")
    assert done.returncode == 1 and done.stdout == by_its_id.stdout and counts(done) == EXPECTED


def test_who_may_ask(system, shared_contest, tmp_path):
    file = export([], tmp_path / "x.csv")
    done = run("reconcile", "--contest", shared_contest, "--platform", "douyin", str(file), system=system,
               token=system.token(shared_contest, "streamer", "yx-01"))
    assert done.returncode == 1 and "connector" in done.stderr
    for role in ("judge", "organiser"):
        good("reconcile", "--contest", shared_contest, "--platform", "douyin", str(file), system=system, token=system.token(shared_contest, role))


# --- post ---


def post(system, contest, *words):
    return run("post", "--contest", contest, *map(str, words), system=system, token=system.token(contest, "connector"))


def rejected(file):
    return [json.loads(line) for line in (file.parent / f"{file.name}.rejected").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_post_brings_in_what_is_missing(system, contest, tmp_path, encoding):
    play(system, contest)
    file, mapping = export(ROWS, tmp_path / "订单.csv", encoding), tmp_path / "codes.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    done = post(system, contest, "--platform", "douyin", "--mapping", mapping, "--streamer", "yx-01", file, "-j")
    said = json.loads(done.stdout)
    assert done.returncode == 1, "some of it nobody can bring in"
    assert {name: said[name] for name in ("accepted", "already_here", "set_aside", "complete")} == \
        {"accepted": 2 + 1 + 2, "already_here": 5, "set_aside": 3, "complete": True}, done
    assert [entry["code"] for entry in rejected(file)] == \
        ["amount_differs", "state_differs", "state_differs", "cannot_split", "repeated", "unreadable", "unreadable", "unreadable"]
    assert said["rejected"] == 8
    nothing_personal(done.stdout, done.stderr, (tmp_path / "订单.csv.rejected").read_text(encoding="utf-8"))
    system.settle(contest)
    new = system.receipt(contest, "yx-01", "6009").json
    assert {name: new[name] for name in ("session", "product", "amount_fen", "remaining_fen", "channel", "status")} == \
        {"session": "s-1", "product": "orange", "amount_fen": 8000, "remaining_fen": 0, "channel": "online", "status": "counted"}
    assert system.receipt(contest, "yx-01", "6008").json["time_ms"] == OPENS_MS + 30 * 60_000
    assert system.receipt(contest, "yx-01", "6011").json["remaining_fen"] == 0 == system.receipt(contest, "yx-01", "6013").json["remaining_fen"]
    left = counts(reconcile(system, contest, "--platform", "douyin", file, "-j"))
    assert (left["missing_here"], left["state_differs"], left["matched"]) == (0, 2, 9)


@pytest.mark.parametrize("shards", [1, 3])
def test_after_post_all_is_matched(tmp_path, shards):
    rows = [row(n, f"{n % 97 + 1}.{n % 100:02d}", minute=n % 100, refund="退款成功" if n % 7 == 0 else "-", state="已关闭" if n % 5 == 0 else "已发货")
            for n in range(10000, 11500)]
    rows = [{**cells, "达人昵称": ("攸县一队", "攸县二队")[n % 2]} for n, cells in enumerate(rows)]
    file, mapping = export(rows, tmp_path / "all.csv", "gb18030", [*TITLES, "达人昵称"]), tmp_path / "codes.yaml"
    mapping.write_text("products: [{code: YX-XG, product: tofu}]\n", encoding="utf-8")
    with System([make_contest("whole")], shards=shards) as system:
        words = ["--platform", "douyin", "--mapping", mapping, file]
        assert reconcile(system, "whole", *words).returncode == 1
        done = post(system, "whole", *words, "--batch", 400)
        assert done.returncode == 0, done
        assert not (tmp_path / "all.csv.rejected").exists()
        system.settle("whole")
        again = reconcile(system, "whole", *words, "-j")
        assert again.returncode == 0 and counts(again)["matched"] == 1200, again
        there, here = tables(again)["totals"]
        assert {**there, "side": ""} == {**here, "side": ""}, "the same orders, gross, refunds and net on both sides"
        assert here["orders"] == system.totals("whole")["orders"]
        once_more = post(system, "whole", *words, "-j")
        assert json.loads(once_more.stdout) == {"accepted": 0, "rejected": 0, "retries": 0, "complete": True, "already_here": 1200, "set_aside": 300}
        assert system.totals("whole")["duplicates"] == 0, "what is here is not sent again"


def test_orders_without_a_place_are_rejected_with_the_reason(system, contest, tmp_path):
    rows = [row(1, "1.00"), row(2, "1.00", code="YX-??"), row(3, "1.00", minute=60 * 24), row(4, "1.00", 订单提交时间="-"), row(5, "1.00", count="0"),
            row(6, "1.00", 达人昵称="路人")]
    rows = [{"达人昵称": "攸县一队", **cells} for cells in rows]
    file, mapping = export(rows, tmp_path / "x.csv", titles=[*TITLES, "达人昵称"]), tmp_path / "codes.yaml"
    mapping.write_text("products: [{code: YX-XG, product: tofu}]\n", encoding="utf-8")
    done = post(system, contest, "--platform", "douyin", "--mapping", mapping, file)
    assert done.returncode == 1 and done.stdout.startswith("1 accepted, 5 rejected"), done
    reasons = {entry["event"]["id"]: (entry["code"], entry["message"]) for entry in rejected(file)}
    assert {number: code for number, (code, _) in reasons.items()} == \
        {"2": "unknown_product", "3": "unknown_session", "4": "bad_time", "5": "out_of_range", "6": "unknown_streamer"}
    assert "YX-??" in reasons["2"][1] and "yx-01" in reasons["3"][1] and "路人" in reasons["6"][1]
    for session, product in (("s-3", "orange"),):
        done = post(system, contest, "--platform", "douyin", "--session", session, "--product", product, export([row(7, "3.00", code="?")], tmp_path / "y.csv"))
        assert done.returncode == 0, done
    system.settle(contest)
    assert system.receipt(contest, "yx-02", "7").json["product"] == "orange"


@pytest.mark.parametrize("words", [["--session", "s-1"], ["--platform", "douyin", "--session", "nope"], ["--platform", "douyin", "--product", "gold"],
                                   ["--platform", "douyin", "--streamer", "nobody"], ["--platform", "weibo"]])
def test_wrong_usage_of_post(system, shared_contest, tmp_path, words):
    done = post(system, shared_contest, *words, export([], tmp_path / "x.csv"))
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr) > 30


def test_a_file_that_breaks_off_says_where(system, contest, tmp_path):
    whole = export([row(1, "1.00"), row(2, "2.00")], tmp_path / "x.csv").read_bytes()
    file = tmp_path / "cut.csv"
    file.write_bytes(whole[:whole.rindex("三楼".encode())])
    done = post(system, contest, "--platform", "douyin", "--session", "s-1", "--product", "tofu", file)
    assert done.returncode == 1 and "line 4: the quote" in done.stderr and "not all of it was sent" in done.stdout
    nothing_personal(done.stderr)
    system.settle(contest)
    assert system.totals(contest)["orders"] == 1, "what came before it is in the log"
