"""Random logs of random contests, the same for the same seed: all that streamers, retries and juries do."""
import copy
import random
from datetime import datetime, timedelta, timezone

CST = timezone(timedelta(hours=8))
OPENS = datetime(2021, 11, 26, 8, tzinfo=CST)
SALES_METRICS = ["gross_fen", "refunded_fen", "net_fen", "online_net_fen", "offline_net_fen", "orders", "orders_kept",
                 "quantity"]
WHOLE_METRICS = ["sessions", "videos", "viewers", "likes", "followers", "comments"]
SAMPLES = ["viewers", "likes", "followers", "comments"]


def stamp(when):
    return when.isoformat(timespec="milliseconds")


class Maker:
    def __init__(self, seed, length):
        self.random = random.Random(seed)
        self.length = length
        self.closes = OPENS + timedelta(hours=self.random.choice([3, 30]))
        self.refunds_until = self.closes + timedelta(hours=self.random.choice([0, 5]))
        self.contest = self.make_contest()
        self.judges = self.contest["panel"]["judges"]  # of the newest file
        self.log, self.ms = [], 1637884800000
        self.sent, self.acted, self.serial = [], [], 0

    # --- the contest ---

    def make_contest(self):
        r = self.random
        counties = [{"id": f"43{n:04}", "name": f"县{n}", "city": r.choice(["郴州市", "株洲市", "吉安市"]),
                     "province": r.choice(["湖南省", "江西省"])} for n in range(r.randint(1, 5))]
        divisions = [{"id": "newcomer", "name": "新人组"}, {"id": "pro", "name": "专业组"}]
        products = [{"id": f"p-{n}", "name": f"产品{n}", "county": r.choice(counties)["id"],
                     "category": r.choice(["茶叶", "水果", "粮食"])} for n in range(r.randint(1, 6))]
        streamers = [{"id": f"st-{n}", "name": f"队伍{n}", "county": r.choice(counties)["id"]}
                     for n in range(r.randint(1, 8))]
        for streamer in streamers:
            if r.random() < 0.8:
                streamer["division"] = r.choice(divisions)["id"]
        contest = {"contest": "random", "title": "测试赛", "opens": stamp(OPENS), "closes": stamp(self.closes),
                   "refunds_until": stamp(self.refunds_until), "offline_needs_approval": r.random() < 0.6,
                   "counties": counties, "divisions": divisions, "products": products, "streamers": streamers,
                   "sessions": [self.session(n, streamers) for n in range(r.randint(1, 10))],
                   "panel": {"judges": ["j1", "j2", "j3", "j4", "j5"][:r.randint(1, 5)],
                             "criteria": [{"id": "stage", "name": "现场", "max": 40},
                                          {"id": "product", "name": "讲解", "max": 60}]}}
        contest["rankings"] = [self.ranking(n) for n in range(4)]
        return contest

    def session(self, number, streamers):
        return {"id": f"s-{number}", "streamer": self.random.choice(streamers)["id"],
                "platform": self.random.choice(["douyin", "taobao", "kuaishou"]),
                "starts": stamp(OPENS), "ends": stamp(OPENS + timedelta(hours=2))}

    def metrics_of(self, kind):
        return SALES_METRICS + (WHOLE_METRICS if kind != "product" else [])

    def ranking(self, number):
        r = self.random
        kind = r.choice(["county", "streamer", "streamer", "product", "session", "city", "division"])
        ranking = {"id": f"r-{number}", "name": f"榜{number}", "of": kind}
        if kind == "streamer" and r.random() < 0.4:
            ranking["division"] = r.choice(["newcomer", "pro"])
        if r.random() < 0.3:
            ranking["by"] = r.choice(self.metrics_of(kind))
        else:
            ranking["score"] = [self.part(kind) for _ in range(r.randint(1, 4))]
        if r.random() < 0.7:
            ranking["ties"] = r.sample(self.metrics_of(kind) + ["reached_at"], r.randint(0, 3))
        return ranking

    def points(self, most):
        return round(self.random.randint(0, most * 1000) / self.random.choice([1, 1000 / 3]) / 1000, 3) % most

    def part(self, kind):
        r = self.random
        weight = r.choice([1, 20, 33.333, 0.5, 99.9])
        norm = r.choice(["ratio_to_max", "rank_step", "per_unit", "trimmed_mean"])
        if norm == "trimmed_mean" and kind == "streamer":
            return {"judges": "trimmed_mean", "weight": weight, **({"drop": 0} if r.random() < 0.4 else {})}
        part = {"metric": r.choice(self.metrics_of(kind)), "weight": weight, "norm": "ratio_to_max"}
        if norm == "rank_step":
            part.update(norm=norm, step=r.choice([0.5, 7, 0.001]))
        elif norm == "per_unit":
            part.update(norm=norm, unit=r.choice([1, 7, 1000]), each=r.choice([0.125, 1, 0.001]))
        return part

    # --- events ---

    def time(self):
        r = self.random
        if r.random() < 0.9:
            return OPENS + (self.closes - OPENS) * r.random()
        edge = r.choice([OPENS, self.closes, self.refunds_until])
        return edge + timedelta(milliseconds=r.choice([-1, 0, 1, 3600000]))

    def new_id(self):
        self.serial += 1
        return f"o-{self.serial}"

    def some_id(self):
        """Mostly a new one; now and then one that was there, perhaps at another streamer's; or one still to come."""
        r = self.random
        if self.sent and r.random() < 0.08:
            return r.choice(self.sent)["id"]
        return f"o-{self.serial + r.randint(2, 9)}" if r.random() < 0.04 else self.new_id()

    def session_of(self, streamer):
        mine = [s["id"] for s in self.contest["sessions"] if s["streamer"] == streamer]
        return self.random.choice(mine)

    def streamer_of(self, event):
        if "streamer" in event:
            return event["streamer"]
        return next((s["streamer"] for s in self.contest["sessions"] if s["id"] == event["session"]), None)

    def sale(self):
        r = self.random
        event = {"id": self.some_id(), "type": "order.paid", "time": stamp(self.time()),
                 "session": r.choice(self.contest["sessions"])["id"], "product": r.choice(self.contest["products"])["id"],
                 "quantity": r.choice([1, 2, 5, 1000000]),
                 "amount_fen": r.choice([0, 1, 990, 990, 10000, r.randint(1, 10**6), 10**11])}
        if r.random() < 0.5:
            event["channel"] = r.choice(["online", "offline"])
        if r.random() < 0.01:
            event["product"] = "p-nobody-knows"
        return event

    def refund(self):
        r = self.random
        sales = [e for e in self.sent if e["type"] == "order.paid"]
        if sales and r.random() < 0.75:
            sale = r.choice(sales[-12:])
            of, session, most = sale["id"], sale["session"], sale["amount_fen"]
            if self.streamer_of(sale) and r.random() < 0.5:
                session = self.session_of(self.streamer_of(sale))
        else:  # of something that is no sale, or of what will come, perhaps
            of = r.choice([e["id"] for e in self.sent] + [f"o-{self.serial + n}" for n in range(1, 6)])
            session, most = r.choice(self.contest["sessions"])["id"], 990
        event = {"id": self.some_id(), "type": r.choice(["order.refunded", "order.refunded", "order.cancelled"]),
                 "time": stamp(self.time()), "session": session, "of": of}
        if event["type"] == "order.refunded":
            event["amount_fen"] = min(10**11, max(1, r.choice([1, most, most // 2, most // 3, most + 1])))
        if r.random() < 0.02:
            event["of"] = event["id"]
        return event

    def other(self):
        r = self.random
        kind = r.choice(["session.started", "session.ended", "video.published", "metric.sampled"])
        event = {"id": self.some_id(), "type": kind, "time": stamp(self.time())}
        if kind == "video.published":
            event["streamer"] = r.choice(self.contest["streamers"])["id"]
        else:
            event["session"] = r.choice(self.contest["sessions"])["id"]
        if kind == "metric.sampled":
            event.update(metric=r.choice(SAMPLES), value=r.choice([0, 7, r.randint(0, 10**6), 10**15]))
        if r.random() < 0.01 and "session" in event:
            event["session"] = "s-nobody-knows"
        return event

    def again(self):
        event = copy.deepcopy(self.random.choice(self.sent))
        if event["type"] == "order.paid" and self.random.random() < 0.3:
            event.setdefault("channel", "online")  # the same content
        if self.random.random() < 0.3:
            field = self.random.choice([f for f in event if f not in ("id", "type", "metric", "channel")])
            event[field] = {"time": stamp(self.time()), "quantity": 3, "amount_fen": 77, "value": 77, "of": "o-1",
                            "session": self.random.choice(self.contest["sessions"])["id"],
                            "streamer": self.random.choice(self.contest["streamers"])["id"],
                            "product": self.random.choice(self.contest["products"])["id"]}[field]
        return event

    def event(self):
        r = self.random
        makers = [self.sale] * 10 + [self.refund] * 5 + [self.other] * 3 + ([self.again] * 2 if self.sent else [])
        event = r.choice(makers if self.sent else [self.sale, self.other])()
        self.sent.append(event)
        self.log.append({"event": event, "ms": self.ms})

    # --- actions ---

    def named_event(self):
        r = self.random
        if r.random() < 0.15:  # not there yet
            return {"streamer": r.choice(self.contest["streamers"])["id"], "event": f"o-{self.serial + r.randint(1, 4)}"}
        known = [e for e in self.sent if self.streamer_of(e)]
        offline = [e for e in known if e.get("channel") == "offline"]
        event = r.choice(offline if offline and r.random() < 0.6 else known)
        return {"streamer": self.streamer_of(event), "event": event["id"]}

    def fields(self, kind):
        r = self.random
        streamer = r.choice(self.contest["streamers"])["id"]
        if kind in ("approve", "reject"):
            return self.named_event()
        if kind in ("void", "restore"):
            return {**self.named_event(), "reason": "核查"}
        if kind in ("disqualify", "reinstate"):
            return {"streamer": streamer, "reason": "违规"}
        if kind == "adjust":
            return {"streamer": streamer, "points": self.points(30) - 15, "reason": "加减分"}
        if kind == "score":
            criterion = r.choice(self.contest["panel"]["criteria"])
            return {"judge": r.choice(self.judges), "streamer": streamer,
                    "criterion": criterion["id"], "points": self.points(criterion["max"])}
        return self.registration() if kind == "register" else {}

    def registration(self):
        r = self.random
        number = len(self.contest["streamers"]), len(self.contest["sessions"]), len(self.contest["products"])
        team = {"id": f"st-{number[0]}", "name": "后来的队伍", "county": r.choice(self.contest["counties"])["id"],
                "division": "pro"}
        session = self.session(number[1], self.contest["streamers"] + [team])
        product = {"id": f"p-{number[2]}", "name": "后来的产品", "county": r.choice(self.contest["counties"])["id"],
                   "category": "茶油"}
        for kind, item in (("streamers", team), ("sessions", session), ("products", product)):
            self.contest[kind].append(item)
        return {"streamers": [team], "sessions": [session], "products": [product]}

    def action(self):
        r = self.random
        if self.acted and r.random() < 0.07:  # a retry, or another one under the same id
            action = copy.deepcopy(r.choice(self.acted))
            if r.random() < 0.5:
                action = {"id": action["id"], "type": r.choice(["freeze", "close", "thaw"])}
        else:
            kinds = ["approve", "reject", "void", "restore"] * 5 + ["score"] * 12 + ["adjust", "disqualify", "reinstate"] * 2
            kind = r.choice(kinds + ["freeze", "thaw", "thaw", "close", "reopen", "reopen", "register"])
            if not [e for e in self.sent if self.streamer_of(e)] and kind in ("approve", "reject", "void", "restore"):
                return
            action = {"id": f"a-{len(self.acted)}", "type": kind, **self.fields(kind)}
            if "points" in action:
                action["points"] = round(action["points"], 3)
            self.acted.append(action)
        self.log.append({"action": action, "ms": self.ms})

    def document(self):
        """A changed contest file, loaded while the contest runs."""
        r = self.random
        contest = copy.deepcopy(self.contest)
        contest["offline_needs_approval"] = r.random() < 0.5
        contest["title"] = f"测试赛 {self.ms}"
        judges = contest["panel"]["judges"]
        if len(judges) > 1:
            r.shuffle(judges)
            contest["panel"]["judges"] = judges[:r.randint(1, len(judges))]
        self.judges = contest["panel"]["judges"]
        self.log.append({"contest": contest, "ms": self.ms})

    def make(self):
        self.log.append({"contest": copy.deepcopy(self.contest), "ms": self.ms})
        while len(self.log) < self.length:
            self.ms += self.random.choice([0, 0, 0, 1, 5, 1000])
            chance = self.random.random()
            if chance < 0.01:
                self.document()
            elif chance < 0.25:
                self.action()
            else:
                self.event()
        return self.log


def make_log(seed, length):
    return Maker(seed, length).make()
