"""Contests to test with, and events of them."""
import datetime
import itertools

OPENS_MS = 1637884800000  # 2021-11-26T08:00+08:00
HOUR_MS = 3600 * 1000
EAST = datetime.timezone(datetime.timedelta(hours=8))


def rfc3339(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, EAST).isoformat(timespec="milliseconds")


def make_contest(name, opens_ms=OPENS_MS, hours=96, **changes):
    """Two counties, three teams (one a newcomer), four sessions, two products, a jury of three."""
    contest = {
        "contest": name, "title": f"测试赛 {name}", "title_en": f"Test {name}",
        "opens": rfc3339(opens_ms), "closes": rfc3339(opens_ms + hours * HOUR_MS),
        "refunds_until": rfc3339(opens_ms + 2 * hours * HOUR_MS),
        "offline_needs_approval": True,
        "counties": [
            {"id": "430223", "name": "攸县", "name_en": "Youxian", "city": "株洲市", "province": "湖南省", "tile": [1, 4]},
            {"id": "431022", "name": "宜章县", "name_en": "Yizhang", "city": "郴州市", "province": "湖南省", "tile": [0, 7]},
        ],
        "divisions": [{"id": "newcomer", "name": "新人组"}],
        "products": [
            {"id": "tofu", "name": "攸县香干", "county": "430223", "category": "加工制品"},
            {"id": "orange", "name": "宜章脐橙", "county": "431022", "category": "水果"},
        ],
        "streamers": [
            {"id": "yx-01", "name": "攸县一队", "county": "430223", "division": "newcomer"},
            {"id": "yx-02", "name": "攸县二队", "county": "430223"},
            {"id": "yz-01", "name": "宜章一队", "county": "431022"},
        ],
        "sessions": [
            {"id": f"s-{number}", "streamer": streamer, "platform": platform,
             "starts": rfc3339(opens_ms), "ends": rfc3339(opens_ms + 2 * HOUR_MS)}
            for number, streamer, platform in
            [(1, "yx-01", "douyin"), (2, "yx-01", "kuaishou"), (3, "yx-02", "douyin"), (4, "yz-01", "taobao")]
        ],
        "panel": {"judges": ["j1", "j2", "j3"], "criteria": [{"id": "stage", "name": "现场表现", "max": 40},
                                                             {"id": "product", "name": "产品讲解", "max": 60}]},
        "rankings": [
            {"id": "counties", "name": "县域销售榜", "of": "county", "by": "net_fen"},
            {"id": "teams", "name": "达人销售榜", "of": "streamer", "by": "net_fen"},
            {"id": "streamers", "name": "直播带货达人榜", "of": "streamer",
             "score": [{"metric": "net_fen", "weight": 50, "norm": "ratio_to_max"},
                       {"metric": "orders", "weight": 20, "norm": "rank_step", "step": 0.5},
                       {"judges": "trimmed_mean", "weight": 30}]},
            {"id": "newcomers", "name": "新人榜", "of": "streamer", "division": "newcomer", "by": "orders"},
        ],
        "awards": [{"id": "first", "name": "一等奖", "ranking": "streamers", "from": 1, "to": 1},
                   {"id": "organisation", "name": "最佳组织奖", "manual": True}],
    }
    return {**contest, **changes}


SESSION_STREAMER = {"s-1": "yx-01", "s-2": "yx-01", "s-3": "yx-02", "s-4": "yz-01"}


class Events:
    """Makes events with ids of their own, a minute apart."""

    def __init__(self, prefix="e", opens_ms=OPENS_MS):
        self.prefix, self.opens_ms, self.numbers = prefix, opens_ms, itertools.count(1)

    def base(self, kind, changes):
        number = next(self.numbers)
        event = {"id": f"{self.prefix}-{number:05d}", "type": kind, "time": rfc3339(self.opens_ms + number * 60000)}
        return {**event, **changes}

    def paid(self, amount_fen=3980, session="s-1", product="tofu", quantity=1, **changes):
        return self.base("order.paid", {"session": session, "product": product, "quantity": quantity,
                                        "amount_fen": amount_fen, **changes})

    def refunded(self, sale, amount_fen, **changes):
        return self.base("order.refunded", {"session": sale["session"], "of": sale["id"], "amount_fen": amount_fen, **changes})

    def cancelled(self, sale, **changes):
        return self.base("order.cancelled", {"session": sale["session"], "of": sale["id"], **changes})

    def started(self, session="s-1", **changes):
        return self.base("session.started", {"session": session, **changes})

    def ended(self, session="s-1", **changes):
        return self.base("session.ended", {"session": session, **changes})

    def video(self, streamer="yx-01", **changes):
        return self.base("video.published", {"streamer": streamer, **changes})

    def sampled(self, metric="viewers", value=100, session="s-1", **changes):
        return self.base("metric.sampled", {"session": session, "metric": metric, "value": value, **changes})
