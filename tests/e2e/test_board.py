"""The board's routes: section 7 of the contract."""
import gzip
import json
import re
import time
from collections import Counter

import pytest

from contests import OPENS_MS, Events, make_contest, rfc3339
from harness import ROOT, Daemon, Stream, System, free_port, wait_until

ENVELOPE = ["contest", "state", "view", "as_of_ms", "version", "final"]
SALES = ["gross_fen", "refunded_fen", "net_fen", "online_net_fen", "offline_net_fen", "orders", "orders_kept", "quantity"]
WHOLE = ["sessions", "videos", "viewers", "likes", "followers", "comments"]
COUNTS = ["streamers_active", "counties_active", "duplicates", "conflicts", "refused", "parked", "pending", "voided"]


@pytest.fixture(scope="module")
def played(pool):
    """A contest with some of everything; for reading only."""
    system, contest, events = pool.system, pool.next_contest(), Events()
    sale, offline = events.paid(1000, quantity=2), events.paid(300, session="s-3", channel="offline")
    body = [sale, events.paid(2500, session="s-4", product="orange"), events.paid(700, session="s-2", product="orange"),
            offline, events.refunded(sale, 400), sale, {**sale, "amount_fen": 1}, events.refunded(sale, 10_000),
            events.cancelled({"session": "s-1", "id": "never"}), events.started("s-1"), events.started("s-4"), events.video(),
            events.sampled("viewers", 1200), events.sampled("viewers", 900), events.sampled("likes", 50, session="s-4")]
    assert system.post_events(contest, body).json["accepted"] == len(body)
    system.settle(contest)
    return system, contest


def test_totals(played):
    system, contest = played
    body = system.read(contest, "/totals")
    assert list(body) == [*ENVELOPE, "totals"]
    assert (body["contest"], body["state"], body["view"], body["final"]) == (contest, "running", "public", False)
    assert body["version"] == system.log_end(contest) and body["as_of_ms"] > 1.7e12
    totals = body["totals"]
    assert {name: totals[name] for name in [*SALES, *WHOLE, *COUNTS]} == {
        "gross_fen": 4200, "refunded_fen": 400, "net_fen": 3800, "online_net_fen": 3800, "offline_net_fen": 0, "orders": 3,
        "orders_kept": 3, "quantity": 4, "sessions": 2, "videos": 1, "viewers": 1200, "likes": 50, "followers": 0, "comments": 0,
        "streamers_active": 2, "counties_active": 2, "duplicates": 1, "conflicts": 1, "refused": 1, "parked": 1, "pending": 1, "voided": 0}
    assert all(isinstance(totals[name], int) for name in [*SALES, *WHOLE, *COUNTS]), "no float anywhere"


def test_list_of_contests(played):
    system, contest = played
    listed = system.board.ask("GET", "/v1/contests").json["contests"]
    assert [entry["contest"] for entry in listed] == sorted(system.contests)
    entry = next(entry for entry in listed if entry["contest"] == contest)
    assert list(entry) == [*ENVELOPE, "title", "title_en"]
    assert entry["title"] == system.contests[contest]["title"]


def test_the_contest_s_document(played):
    system, contest = played
    body, file = system.read(contest), system.contests[contest]
    for name in ("title", "title_en", "offline_needs_approval"):
        assert body[name] == file[name]
    for name in ("counties", "products", "streamers", "sessions", "rankings", "awards", "divisions"):
        assert [item["id"] for item in body[name]] == [item["id"] for item in file[name]], name
    assert body["windows"] == {"opens_ms": OPENS_MS, "closes_ms": OPENS_MS + 96 * 3600_000,
                               "refunds_until_ms": OPENS_MS + 192 * 3600_000, "freezes_ms": None}
    assert body["frozen_at_ms"] is None and body["now_ms"] > 1.7e12
    assert "token" not in json.dumps(body)


DIMENSIONS = {"county": "430223", "city": "株洲市", "province": "湖南省", "division": "newcomer", "streamer": "yx-01", "session": "s-1",
              "platform": "douyin", "origin": "430223", "category": "水果", "product": "tofu", "channel": "online"}


@pytest.mark.parametrize("by", DIMENSIONS)
def test_tally_by_one(played, by):
    system, contest = played
    body = system.read(contest, f"/tally?by={by}")
    whole = by not in ("origin", "category", "product", "channel")
    assert (body["by"], body["whole"]) == ([by], whole)
    rows = body["rows"]
    assert DIMENSIONS[by] in [row[by] for row in rows]
    if by != "division":  # not everybody is in one
        assert sum(row["net_fen"] for row in rows) == 3800
    assert [(-row["net_fen"], row[by]) for row in rows] == sorted((-row["net_fen"], row[by]) for row in rows)
    for row in rows:
        assert set(SALES) <= set(row) and (set(WHOLE) <= set(row)) == whole
        assert row["names"][by] or row[by] == "", "streamers of no division stand under an empty name"


def test_tally_by_three_with_filters(played):
    system, contest = played
    rows = system.read(contest, "/tally?by=county,product,channel")["rows"]
    assert [(row["county"], row["product"], row["channel"], row["net_fen"]) for row in rows] == \
        [("431022", "orange", "online", 2500), ("430223", "orange", "online", 700), ("430223", "tofu", "online", 600)]
    assert rows[0]["names"] == {"county": "宜章县", "product": "宜章脐橙", "channel": rows[0]["names"]["channel"]}
    rows = system.read(contest, "/tally?by=product&county=430223")["rows"]
    assert [(row["product"], row["net_fen"]) for row in rows] == [("orange", 700), ("tofu", 600)]
    rows = system.read(contest, "/tally?by=streamer&county=430223&product=orange&channel=online")["rows"]
    assert [(row["streamer"], row["net_fen"]) for row in rows] == [("yx-01", 700)]
    assert system.read(contest, "/tally?by=streamer&county=999")["rows"] == []
    assert system.read(contest, "/tally?by=city&city=%E6%A0%AA%E6%B4%B2%E5%B8%82")["rows"][0]["net_fen"] == 1300


def test_rankings(played):
    system, contest = played
    every = system.read(contest, "/rankings")["rankings"]
    assert [ranking["id"] for ranking in every] == ["counties", "teams", "streamers", "newcomers"]
    for ranking in every:
        one = system.read(contest, f"/rankings/{ranking['id']}")
        assert {name: one[name] for name in ranking} == ranking
    teams = every[1]["rows"]
    assert [(row["rank"], row["tied"], row["id"], row["name"], row["metrics"]["net_fen"]) for row in teams] == \
        [(1, False, "yz-01", "宜章一队", 2500), (2, False, "yx-01", "攸县一队", 1300), (3, False, "yx-02", "攸县二队", 0)]
    points = every[2]["rows"]
    assert [row["points_milli"] for row in points] == [50000 + 19500, 26000 + 20000, 0]
    for row in points:
        assert row["points_milli"] == sum(part["points_milli"] for part in row["components"]) + row["adjusted_milli"]
    assert every[3]["division"] == "newcomer" and [row["id"] for row in every[3]["rows"]] == ["yx-01"]


def test_series(played):
    system, contest = played
    body = system.read(contest, "/series?bucket_s=60&by=county")
    assert (body["bucket_s"], body["by"], body["cut"]) == (60, ["county"], False)
    assert sum(row["net_fen"] for row in body["rows"]) == 3800
    assert sum(row["orders"] for row in body["rows"]) == 3
    starts = [row["start_ms"] for row in body["rows"]]
    assert starts == sorted(starts) and all(start % 60000 == 0 for start in starts)
    whole = system.read(contest, "/series?bucket_s=86400")["rows"]
    assert [row["net_fen"] for row in whole] == [3800]
    assert whole[0]["start_ms"] == OPENS_MS - 8 * 3600_000, "a day begins at the contest's own midnight"
    cut = system.read(contest, f"/series?from_ms={OPENS_MS}&until_ms={OPENS_MS + 120_000}")["rows"]
    assert [row["start_ms"] for row in cut] == [OPENS_MS + 60_000]


def test_series_is_bounded(system, contest, events):
    assert system.post_events(contest, [events.paid(1, time=OPENS_MS + 60_000 * n) for n in range(3000)]).status == 202
    system.settle(contest)
    body = system.read(contest, "/series")
    assert body["cut"] is True and len(body["rows"]) == 2880
    assert body["rows"][-1]["start_ms"] == OPENS_MS + 60_000 * 2999, "the newest are kept"


def test_receipts(played):
    system, contest = played
    body = system.receipt(contest, "yx-01", "e-00001").json
    assert list(body)[:6] == ENVELOPE
    assert {name: body[name] for name in ("streamer", "id", "type", "status", "reason", "copies", "conflicts", "amount_fen", "remaining_fen")} == {
        "streamer": "yx-01", "id": "e-00001", "type": "order.paid", "status": "counted", "reason": None, "copies": 2, "conflicts": 1,
        "amount_fen": 1000, "remaining_fen": 600}
    rows = system.live(contest, "/receipts/yx-01")["rows"]
    assert {row["status"] for row in rows} == {"counted", "refused", "parked"}
    assert [row["id"] for row in system.live(contest, "/receipts/yx-01?status=parked")["rows"]] == \
        [row["id"] for row in rows if row["status"] == "parked"]
    assert len(system.live(contest, "/receipts/yx-01?limit=2")["rows"]) == 2
    assert system.receipt(contest, "yx-01", "nothing").status == 404
    assert system.receipt(contest, "nobody", "e-00001").status == 404


def test_who_may_see_receipts(played):
    system, contest = played
    path = "/receipts/yx-01/e-00001"
    expected = {None: 401, ("connector", None): 200, ("organiser", None): 200, ("judge", None): 200,
                ("streamer", "yx-01"): 200, ("streamer", "yx-02"): 403}
    for who, status in expected.items():
        token = system.token(contest, *who) if who else None
        assert system.get(contest, path, token).status == status, who
        assert system.get(contest, "/receipts/yx-01", token).status == status, who


def pages(system, contest, query=""):
    """All pages of the sales, by what each says of the next."""
    after, rows, count = "", [], 0
    while after is not None:
        body = system.read(contest, f"/sales?limit=2{query}{after and '&after=' + after}", system.token(contest, "connector"))
        assert list(body) == [*ENVELOPE, "rows", "next"] and body["view"] == "live" and len(body["rows"]) <= 2
        rows, after, count = rows + body["rows"], body["next"], count + 1
    return rows, count


def test_sales_page_by_page(system, contest):
    events = Events()
    body = [events.paid(100 + n, session=f"s-{n % 4 + 1}", product=("tofu", "orange")[n % 2]) for n in range(11)]
    body += [events.refunded(body[0], 30), events.started("s-1"), events.paid(7, session="s-3", channel="offline")]
    system.post_events(contest, body)
    system.settle(contest)
    rows, count = pages(system, contest)
    assert count >= 6
    assert {row["id"]: (row["amount_fen"], row["remaining_fen"]) for row in rows} == \
        {e["id"]: (e["amount_fen"], e["amount_fen"] - 30 * (e is body[0])) for e in body if e["type"] == "order.paid"}
    assert len(rows) == 12, "each once"
    for query, expected in {"&platform=douyin&channel=online": {"s-1", "s-3"}, "&session=s-4": {"s-4"}, "&county=430223&product=orange": {"s-2"},
                            "&session=none": set()}.items():
        found = pages(system, contest, query)[0]
        assert {row["session"] for row in found} == expected and all(row["channel"] == "online" for row in found)
    assert system.read(contest, "/sales?after=99:0", system.token(contest, "judge"))["rows"] == []
    whole = system.read(contest, "/sales", system.token(contest, "organiser"))
    assert whole["rows"] == rows and whole["next"] is None


def test_who_may_see_all_sales(played):
    system, contest = played
    for who, status in {None: 401, ("streamer", "yx-01"): 403, ("connector", None): 200, ("organiser", None): 200, ("judge", None): 200}.items():
        assert system.get(contest, "/sales", system.token(contest, *who) if who else None).status == status, who


PUBLIC = ["", "/totals", "/tally?by=county", "/rankings", "/rankings/teams", "/series", "/live"]


@pytest.mark.parametrize("path", PUBLIC)
def test_the_live_view_needs_a_judge_or_an_organiser(played, path):
    system, contest = played
    live = path + ("&" if "?" in path else "?") + "view=live"
    for role in (None, "connector", "streamer"):
        token = role and system.token(contest, role, "yx-01" if role == "streamer" else None)
        assert system.get(contest, live, token).status == 403, role
    if path != "/live":
        for role in ("judge", "organiser"):
            body = system.get(contest, live, system.token(contest, role)).json
            assert body["view"] == "live"
        assert system.get(contest, path.replace("view=live", "view=public")).json["view"] == "public"


WRONG = {
    "/tally": 400, "/tally?by=": 400, "/tally?by=colour": 400, "/tally?by=county,county": 400, "/tally?by=county,city,province,product": 400,
    "/tally?by=county&colour=red": 400, "/tally?by=county&county=%ff": 400, "/totals?by=county": 400, "/totals?view=secret": 400,
    "/series?bucket_s=61": 400, "/series?bucket_s=0": 400, "/series?bucket_s=-60": 400, "/series?bucket_s=1e9": 400,
    "/series?from_ms=x": 400, "/series?by=": 400, "/rankings/none": 404, "/nothing": 404, "/totals/": 404, "/rankings/a/b": 404,
    "/receipts/yx-01?status=lost": 400, "/receipts/yx-01?limit=0": 400, "/receipts/yx-01?limit=99999999": 400,
    "/totals?view=public&view=public": 400, "/sales?after=x": 400, "/sales?status=counted": 400, "/sales/yx-01": 404,
}


@pytest.mark.parametrize("path", WRONG)
def test_wrong_questions(played, path):
    system, contest = played
    answer = system.get(contest, path, system.token(contest, "judge"))
    assert answer.status == WRONG[path], answer
    assert answer.code in ("bad_request", "not_found") and len(answer.json["message"]) > 15


def test_wrong_methods_and_places(played):
    system, contest = played
    for path in (f"/v1/contests/{contest}/totals", "/v1/contests", "/", "/healthz"):
        answer = system.board.ask("POST", path, b"")
        assert (answer.status, answer.fields["allow"]) == (405, "GET, HEAD"), path
    assert system.get("no-such-contest", "/totals").code == "unknown_contest"
    for path in ("/nothing", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/v1", "/app.js/", "/.git/config"):
        assert system.board.ask("GET", path).status in (400, 404), path


def test_an_award_of_nobody_and_the_empty_contest(system, contest):
    assert system.read(contest, "/tally?by=county")["rows"] == []
    assert system.read(contest, "/series")["rows"] == []
    assert [row["rank"] for row in system.read(contest, "/rankings/teams")["rows"]] == [1, 1, 1]
    assert all(row["tied"] for row in system.read(contest, "/rankings/teams")["rows"])
    assert system.read(contest, "/totals")["totals"]["net_fen"] == 0


# --- The screens ---


def test_the_page(system):
    answer = system.board.ask("GET", "/")
    assert answer.status == 200 and answer.fields["content-type"] == "text/html; charset=utf-8"
    policy = answer.fields["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert answer.fields["x-content-type-options"] == "nosniff"
    page = answer.body.decode()
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        assert system.board.ask("GET", address).status == 200, address
    assert not re.search(r"<style|\son\w+=|https?://", page)


WEB = ROOT / "build/web"
SCREEN_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}


def screen_files():
    files = [path for path in WEB.rglob("*") if path.suffix in SCREEN_TYPES]
    assert len(files) > 5, "make web"
    return files


def test_every_file_of_the_screens_is_served(system):
    for path in screen_files():
        address = "/" + str(path.relative_to(WEB))
        answer = system.board.ask("GET", address)
        assert answer.status == 200 and answer.body == path.read_bytes(), path
        assert answer.fields["content-type"].startswith(SCREEN_TYPES[path.suffix])
        assert "content-encoding" not in answer.fields and answer.fields["vary"] == "Accept-Encoding"
        kept = address.startswith("/assets/")
        assert answer.fields["cache-control"] == ("public, max-age=31536000, immutable" if kept else "no-cache"), path
        again = system.board.ask("GET", address, If_None_Match=answer.fields["etag"])
        assert again.status == 304 and again.body == b""


def test_the_screens_go_compressed_to_who_takes_it(system):
    for path in screen_files():
        copy = path.with_name(path.name + ".gz")
        if not copy.exists():
            continue
        address = "/" + str(path.relative_to(WEB))
        plain = system.board.ask("GET", address)
        answer = system.board.ask("GET", address, Accept_Encoding="br, gzip;q=0.8")
        assert answer.fields["content-encoding"] == "gzip" and answer.body == copy.read_bytes(), path
        assert gzip.decompress(answer.body) == plain.body and answer.fields["content-type"] == plain.fields["content-type"]
        assert answer.fields["etag"] != plain.fields["etag"]
        again = system.board.ask("GET", address, Accept_Encoding="gzip", If_None_Match=answer.fields["etag"])
        assert again.status == 304 and again.body == b"" and again.fields["etag"] == answer.fields["etag"]
        assert system.board.ask("GET", address + ".gz").status == 404


@pytest.mark.parametrize("field", ["", "identity", "br", "gzip;q=0", "gzip ; Q=0.000", "*", "xgzip, gzipx", ",,;"])
def test_the_screens_go_plain_to_who_does_not_take_gzip(system, field):
    answer = system.board.ask("GET", "/", Accept_Encoding=field)
    assert answer.status == 200 and "content-encoding" not in answer.fields
    assert answer.body == (WEB / "index.html").read_bytes()


@pytest.mark.parametrize("field", ["gzip", "GZIP", "deflate,gzip", "gzip;q=1.0, identity;q=0.5", "gzip;q=0.001"])
def test_the_ways_to_say_gzip(system, field):
    assert system.board.ask("GET", "/", Accept_Encoding=field).fields["content-encoding"] == "gzip"


# --- A map, where there is one ---

SQUARE = {"type": "Polygon", "coordinates": [[[113.1, 27.0], [113.6, 27.0], [113.6, 27.4], [113.1, 27.0]]]}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def county_shape(code, **changes):
    return {"type": "Feature", "properties": {"adcode": code, "name": "攸县"}, "geometry": SQUARE, **changes}


def board_with_map(system, geojson, number):
    path = system.folder / "map.geojson"
    path.write_text(geojson if isinstance(geojson, str) else json.dumps(geojson), encoding="utf-8")
    given = [*(["--map", str(path)] if geojson else []), *(["--map-review-number", number] if number else [])]
    return Daemon("aggregator-map", system.folder, free_port(), "--redis", system.redis.address, *given)


def test_no_map_is_an_answer_too(system):
    assert system.board.ask("GET", "/map.json").json == {"review_number": None, "geojson": None}


def test_a_map_comes_with_its_review_number(system):
    geojson = collection(county_shape(430223), county_shape("431022"))
    board = board_with_map(system, geojson, "GS(2021)1234号").start()
    try:
        answer = board.ask("GET", "/map.json")
        assert answer.json == {"review_number": "GS(2021)1234号", "geojson": geojson}
        assert answer.fields["content-type"] == "application/json"
    finally:
        assert board.stop() == 0
    board.check_log()


@pytest.mark.parametrize("geojson, number, said", [
    (collection(county_shape(430223)), None, "go together"),
    ("", "GS(2021)1234号", "go together"),
    ("{not json", "GS(2021)1234号", "line 1"),
    ({"type": "Topology"}, "GS(2021)1234号", 'found "Topology"'),
    (collection(), "GS(2021)1234号", "a feature a county"),
    (collection(county_shape(430223), county_shape(1, properties={})), "GS(2021)1234号", "features[1]"),
    (collection(county_shape(430223, geometry={"type": "Point", "coordinates": [1, 2]})), "GS(2021)1234号", "features[0]"),
    (collection(county_shape(430223, geometry={**SQUARE, "coordinates": [[[113.123456, 27.123456]] * 400_000]})), "GS(2021)1", "at most"),
])
def test_a_map_that_is_wrong_is_refused(system, geojson, number, said):
    board = board_with_map(system, geojson, number)
    board.log.unlink(missing_ok=True)
    board.start(wait=False)
    assert board.wait() == 1
    assert said in board.said(), board.said()


# --- The tallies in Redis ---


def tallies(system, contest):
    """All that Redis shows as public tallies."""
    shown = {}
    for key in system.redis.client.scan_iter(f"bochuang:{{{contest}/*}}:tally:*"):
        kind = system.redis.client.type(key)
        if kind == b"hash":
            shown[key] = system.redis.client.hgetall(key)
        elif kind == b"zset":
            shown[key] = system.redis.client.zrange(key, 0, -1, withscores=True)
        else:
            shown[key] = system.redis.client.get(key)
    return shown


def published_net_fen(system, contest):
    return sum(int(shown[b"net_fen"]) for key, shown in tallies(system, contest).items() if key.endswith(b"tally:totals"))


def published_version(system, contest):
    """The version of each shard, as the board writes it."""
    versions = {key: shown for key, shown in tallies(system, contest).items() if key.endswith(b"tally:version")}
    return ",".join(versions[key].decode() for key in sorted(versions))


def without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


@pytest.mark.parametrize("kind", ["county", "streamer", "product"])
def test_what_stands_in_redis_is_what_the_board_says(played, kind):
    """Summed over the shards, with those that sold nothing; and the largest first."""
    system, contest = played
    wait_until(lambda: published_net_fen(system, contest) == system.totals(contest)["net_fen"], "the tallies in Redis")
    expected = {row[kind]: row["net_fen"] for row in system.read(contest, f"/tally?by={kind}")["rows"]}
    shown, ranked = Counter(), Counter()
    for key, figures in tallies(system, contest).items():
        if key.endswith(f"tally:{kind}".encode()):
            shown.update({name.decode(): int(value) for name, value in figures.items()})
        if key.endswith(f"tally:top:{kind}".encode()):
            ranked.update({name.decode(): int(value) for name, value in figures})
    assert len(expected) > 1 and shown == ranked
    assert {name: value for name, value in shown.items() if value} == {name: value for name, value in expected.items() if value}
    assert len(shown) == {"county": 2, "streamer": 3, "product": 2}[kind]


# --- Freezing: nothing public shows anything that it hides ---

QUESTIONS = ["", "/totals", "/rankings", "/rankings/counties", "/series", "/series?by=product", "/series?bucket_s=3600&by=session",
             *(f"/tally?by={by}" for by in DIMENSIONS), "/tally?by=county,product,channel", "/tally?by=streamer&county=431022"]


def test_a_freeze_leaks_nothing(system, contest, events):
    seen = events.paid(1000)
    system.post_events(contest, [seen, events.started(), events.sampled("viewers", 10)])
    system.must_act(contest, {"id": "f", "type": "freeze"}, "organiser")
    system.settle(contest)
    wait_until(lambda: system.read(contest, "/totals")["state"] == "frozen", "the freeze")
    frozen_at = system.read(contest, "/totals")["version"]
    wait_until(lambda: published_version(system, contest) == frozen_at, "the tallies of before the freeze in Redis")
    assert published_net_fen(system, contest) == 1000
    watcher = Stream(system.board.port, f"/v1/contests/{contest}/live")
    first = watcher.next()
    before = {path: without(system.read(contest, path), "now_ms") for path in QUESTIONS}
    listed = [e for e in system.board.ask("GET", "/v1/contests").json["contests"] if e["contest"] == contest]
    redis_before = tallies(system, contest)

    # Some of everything that would move a figure, a rank, a name or a time.
    system.post_events(contest, [events.paid(777_00, session="s-4", product="orange"), events.refunded(seen, 1), events.video(),
                                 events.started("s-4"), events.sampled("viewers", 99999), events.paid(5, session="s-3", channel="offline"), seen])
    system.must_act(contest, {"id": "d", "type": "disqualify", "streamer": "yx-01", "reason": "秘密"})
    system.must_act(contest, {"id": "s", "type": "adjust", "streamer": "yz-01", "points": 7, "reason": "秘密"})
    system.must_act(contest, {"id": "r", "type": "register", "streamers": [{"id": "yz-02", "name": "神秘队", "county": "431022"}]}, "organiser")
    system.settle(contest)
    assert system.live(contest, "/totals")["totals"]["net_fen"] == 1000 + 77700 - 1

    for path in QUESTIONS:
        assert without(system.read(contest, path), "now_ms") == before[path], path
    assert [e for e in system.board.ask("GET", "/v1/contests").json["contests"] if e["contest"] == contest] == listed
    # A second's worth of publishing and of live updates: then still nothing. Another contest's stream is the clock.
    clock = Stream(system.board.port, f"/v1/contests/{contest}/live?view=live", token=system.token(contest, "judge"))
    for number in range(8):
        system.post_events(contest, [events.paid(1)])
        while clock.next()[2]["totals"]["orders"] < 3 + number:
            pass
    clock.close()
    assert tallies(system, contest) == redis_before
    again = Stream(system.board.port, f"/v1/contests/{contest}/live")
    assert again.next() == first, "a new watcher sees what stood at the freeze"
    again.close()

    # The watcher who was there all the time hears nothing until the thaw.
    system.must_act(contest, {"id": "t", "type": "thaw"}, "organiser")
    orders = 0
    while orders < 10:
        _, _, body = watcher.next()
        assert body["state"] == "running", "sent during the freeze"
        orders = body["totals"]["orders"]
    watcher.close()


def test_scheduled_freeze_and_close_act_by_themselves():
    """A contest that opens, freezes and closes within seconds by the server's clock."""
    with System([make_contest("first")]) as system:
        pace = system.pace_ms()
        opens = int(time.time() * 1000) + pace
        freezes, closes = opens + pace, opens + 2 * pace
        contest = make_contest("soon", opens_ms=opens)
        contest.update(closes=rfc3339(closes), freezes=rfc3339(freezes), refunds_until=rfc3339(opens + 3600_000), sessions=[
            {**session, "starts": rfc3339(opens), "ends": rfc3339(closes)} for session in contest["sessions"]])
        system.add_contest(contest)
        for role in ("connector", "judge"):
            system.token("soon", role)
        seen = {}

        def reached(name):
            seen.setdefault(system.read("soon", "/totals")["state"], time.time() * 1000)
            return name in seen

        wait_until(lambda: reached("running"), "the opening")
        events = Events("s", opens_ms=opens)
        assert system.post_events("soon", [events.paid(100, time=opens + 1)]).status == 202
        wait_until(lambda: reached("frozen"), "the scheduled freeze")
        assert system.post_events("soon", [events.paid(50, time=freezes + 1)]).status == 202
        assert system.totals("soon")["net_fen"] == 150
        assert system.read("soon", "/totals")["totals"]["net_fen"] == 100
        wait_until(lambda: system.post_events("soon", [events.video(time=opens + 2)]).status == 409, "the scheduled close")
        assert system.post_events("soon", [events.paid(1, time=opens + 3)]).code == "contest_closed"
        actors = [entry["action"] for entry in system.live("soon", "/audit")["actions"]]
        assert [action["type"] for action in actors] == ["freeze", "close"]
        assert seen["running"] >= opens and seen["frozen"] >= freezes
