"""The fold again, from the contract alone: slow, plain, and sharing nothing with the C code.

    fold(log) -> {"receipts": {...}, "live": View, "public": View, "unreadable": n}

A log is a list of {"contest": {...}}, {"event": {...}} and {"action": {...}}, each with "ms", its log time; events
and actions look as they are posted. It is walked in order, and after every step all figures are made again
from nothing, which is what makes it slow and easy to believe.
"""
import copy
from collections import defaultdict
from datetime import datetime
from fractions import Fraction

SALES = ["gross_fen", "refunded_fen", "net_fen", "online_net_fen", "offline_net_fen", "orders", "orders_kept", "quantity"]
SAMPLES = ["viewers", "likes", "followers", "comments"]
WHOLE = ["sessions", "videos"] + SAMPLES
OF_STREAMERS = ["county", "city", "province", "division", "streamer"]
OF_SESSIONS = OF_STREAMERS + ["session", "platform"]
ENTITIES = ["counties", "divisions", "products", "streamers", "sessions"]
NEVER = 0


def ms_of(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def milli(number):
    return round(Fraction(str(number)) * 1000)


def half_up(value):
    return (value + Fraction(1, 2)).__floor__()


def by_id(items):
    return {item["id"]: item for item in items or []}


class Event:
    """An event under its key: the first one that came."""

    def __init__(self, posted, streamer, content):
        self.posted, self.streamer, self.content = posted, streamer, content
        self.id, self.type = posted["id"], posted["type"]
        self.time = ms_of(posted["time"])
        self.key = (streamer, self.id)
        self.copies, self.conflicts = 1, 0
        self.refusal = None
        self.parked = False
        self.taken = None  # of a refund that was taken: how much
        self.refunds = []  # of a sale: the refunds it had, in order

    def remaining(self):
        return self.posted["amount_fen"] - sum(refund.taken for refund in self.refunds)

    def cell(self):
        return (self.posted["session"], self.posted["product"], self.posted.get("channel", "online"))


class State:
    """The log so far."""

    def __init__(self):
        self.contest = None
        self.closed = False
        self.events = {}  # by key, in the order of arrival
        self.actions = {}
        self.decisions, self.voids = {}, set()
        self.disqualified, self.adjusted, self.marks = set(), defaultdict(int), {}
        self.duplicates = self.conflicts = self.unreadable = 0
        self.reached = defaultdict(lambda: NEVER)
        self.nets = {}
        self.frozen_at = None  # how many entries of the log had been folded

    # --- what became of an event ---

    def fate(self, event):
        if event.refusal:
            return "refused"
        if event.parked:
            return "parked"
        if event.type in ("order.paid", "video.published") and event.key in self.voids:
            return "voided"
        if event.type == "order.paid" and event.posted.get("channel") == "offline":
            if self.contest.get("offline_needs_approval") and self.decisions.get(event.key) != "approve":
                return "rejected" if self.decisions.get(event.key) == "reject" else "pending"
        return "counted"

    def counted(self, type_):
        return [event for event in self.events.values() if event.type == type_ and self.fate(event) == "counted"]

    # --- steps ---

    def note_changes(self, ms):
        """After each change: which cells have another net than before?"""
        nets = defaultdict(int)
        for sale in self.counted("order.paid"):
            nets[sale.cell()] += sale.remaining()
        for cell in set(nets) | set(self.nets):
            if nets.get(cell, 0) != self.nets.get(cell, 0):
                self.reached[cell] = ms
        self.nets = dict(nets)

    def take_document(self, document, ms):
        old = self.contest
        self.contest = copy.deepcopy(document)
        for kind in ENTITIES:
            known = by_id((old or {}).get(kind))
            for id_, item in by_id(document.get(kind)).items():
                known[id_] = {**known.get(id_, {}), **item}
            self.contest[kind] = list(known.values())
        self.contest["panel"] = self.panel_of(old, document)
        self.note_changes(ms)

    @staticmethod
    def panel_of(old, document):
        """Marks name judges and criteria: none of them ever leaves."""
        panels = [(contest or {}).get("panel", {}) for contest in (old, document)]
        criteria = {}
        for panel in panels:
            criteria.update(by_id(panel.get("criteria")))
        return {"judges": list(dict.fromkeys(judge for panel in panels for judge in panel.get("judges", []))),
                "criteria": list(criteria.values())}

    def register(self, action):
        for kind in ENTITIES:
            known = by_id(self.contest.get(kind))
            for id_, item in by_id(action.get(kind)).items():
                known[id_] = {**known.get(id_, {}), **item}
            self.contest[kind] = list(known.values())

    def take_action(self, action, ms, position):
        if action["id"] in self.actions:
            return
        self.actions[action["id"]] = action
        type_, streamer = action["type"], action.get("streamer")
        key = (streamer, action.get("event"))
        if type_ in ("close", "reopen"):
            self.closed = type_ == "close"
        elif type_ == "freeze" and self.frozen_at is None:
            self.frozen_at = position + 1
        elif type_ == "thaw":
            self.frozen_at = None
        elif type_ in ("approve", "reject"):
            self.decisions[key] = type_
        elif type_ == "void":
            self.voids.add(key)
        elif type_ == "restore":
            self.voids.discard(key)
        elif type_ == "disqualify":
            self.disqualified.add(streamer)
        elif type_ == "reinstate":
            self.disqualified.discard(streamer)
        elif type_ == "adjust":
            self.adjusted[streamer] += milli(action["points"])
        elif type_ == "score":
            self.marks[action["judge"], streamer, action["criterion"]] = milli(action["points"])
        elif type_ == "register":
            self.register(action)
        self.note_changes(ms)

    def streamer_of(self, posted):
        if posted["type"] == "video.published":
            return posted["streamer"] if posted["streamer"] in by_id(self.contest["streamers"]) else None
        session = by_id(self.contest["sessions"]).get(posted["session"])
        return session and session["streamer"]

    @staticmethod
    def content_of(posted):
        content = {**posted, "time": ms_of(posted["time"])}
        if posted["type"] == "order.paid":
            content.setdefault("channel", "online")
        return content

    def take_event(self, posted, ms):
        streamer = self.contest and self.streamer_of(posted)
        if streamer is None:
            self.unreadable += 1
            return
        content = self.content_of(posted)
        first = self.events.get((streamer, posted["id"]))
        if first is None:
            self.arrive(Event(posted, streamer, content), ms)
        elif first.content == content:
            first.copies += 1
            self.duplicates += 1
        else:
            first.conflicts += 1
            self.conflicts += 1

    def refuse(self, event):
        if self.closed:
            return "closed"
        if event.type == "order.paid" and event.posted["product"] not in by_id(self.contest["products"]):
            return "unknown"
        if event.type == "session.ended":
            return None
        until = self.contest["closes"]
        if event.type in ("order.refunded", "order.cancelled"):
            until = self.contest.get("refunds_until", until)
        inside = ms_of(self.contest["opens"]) <= event.time < ms_of(until)
        return None if inside else "outside_window"

    def arrive(self, event, ms):
        event.refusal = self.refuse(event)
        self.events[event.key] = event
        if event.type in ("order.refunded", "order.cancelled") and not event.refusal:
            self.settle(event)
        self.note_changes(ms)
        for waiting in list(self.events.values()):
            if waiting.parked and (waiting.streamer, waiting.posted["of"]) == event.key:
                self.settle(waiting)
                self.note_changes(ms)

    def settle(self, refund):
        sale = self.events.get((refund.streamer, refund.posted["of"]))
        refund.parked = sale is None
        if sale is None:
            return
        if sale.type != "order.paid" or sale.refusal:
            refund.refusal = "no_such_sale"
        elif refund.type == "order.refunded" and refund.posted["amount_fen"] > sale.remaining():
            refund.refusal = "over_refund"
        elif refund.type == "order.cancelled" and sale.remaining() == 0:
            refund.refusal = "nothing_left"
        else:
            cancelled = refund.type == "order.cancelled"
            refund.taken = sale.remaining() if cancelled else refund.posted["amount_fen"]
            sale.refunds.append(refund)

    # --- dimensions ---

    def streamer_keys(self, streamer):
        team = by_id(self.contest["streamers"])[streamer]
        county = by_id(self.contest["counties"])[team["county"]]
        return {"streamer": streamer, "county": county["id"], "city": county.get("city", ""),
                "province": county.get("province", ""), "division": team.get("division", "")}

    def session_keys(self, session):
        item = by_id(self.contest["sessions"])[session]
        keys = {"session": session, "platform": item.get("platform", "")}
        return {**self.streamer_keys(item["streamer"]), **keys}

    def cell_keys(self, cell):
        session, product, channel = cell
        item = by_id(self.contest["products"])[product]
        keys = {"product": product, "origin": item["county"], "category": item.get("category", ""), "channel": channel}
        return {**self.session_keys(session), **keys}

    # --- figures ---

    def parts(self):
        """All that is counted, as (keys, figures): what any table is a sum of."""
        for sale in self.counted("order.paid"):
            gross = sale.posted["amount_fen"]
            net = sale.remaining()
            keys = self.cell_keys(sale.cell())
            yield keys, {"gross_fen": gross, "refunded_fen": gross - net, "net_fen": net,
                         keys["channel"] + "_net_fen": net, "orders": 1, "orders_kept": int(net > 0),
                         "quantity": sale.posted["quantity"]}
        for session in {event.posted["session"] for event in self.counted("session.started")}:
            yield self.session_keys(session), {"sessions": 1}
        for video in self.counted("video.published"):
            yield self.streamer_keys(video.streamer), {"videos": 1}
        for session, metric in {(e.posted["session"], e.posted["metric"]) for e in self.counted("metric.sampled")}:
            values = [e.posted["value"] for e in self.counted("metric.sampled")
                      if (e.posted["session"], e.posted["metric"]) == (session, metric)]
            yield self.session_keys(session), {metric: max(values)}

    def summed(self, choose):
        """Figures by whatever `choose` gives for a part's keys; None leaves the part out."""
        rows = defaultdict(lambda: {**dict.fromkeys(SALES + WHOLE, 0), "reached_at_ms": NEVER})
        for keys, figures in self.parts():
            row = choose(keys)
            if row is not None:
                for metric, value in figures.items():
                    rows[row][metric] += value
        for cell, ms in self.reached.items():
            row = choose(self.cell_keys(cell))
            if row is not None:
                rows[row]["reached_at_ms"] = max(rows[row]["reached_at_ms"], ms)
        return rows


def totals(state):
    every = state.summed(lambda keys: ())[()]
    active = {"streamers_active": set(), "counties_active": set()}
    for sale in state.counted("order.paid"):
        active["streamers_active"].add(sale.streamer)
        active["counties_active"].add(state.streamer_keys(sale.streamer)["county"])
    fates = [state.fate(event) for event in state.events.values()]
    return {**every, **{name: len(members) for name, members in active.items()},
            "duplicates": state.duplicates, "conflicts": state.conflicts,
            **{fate: fates.count(fate) for fate in ("refused", "parked", "pending", "voided")}}


def tally(state, by, filters=None):
    def choose(keys):
        if any(keys.get(name) != value for name, value in (filters or {}).items()):
            return None
        return tuple(keys[name] for name in by) if all(name in keys for name in by) else None

    rows = [(key, row) for key, row in state.summed(choose).items() if row["orders"] or any(row[m] for m in WHOLE)]
    rows.sort(key=lambda item: (-item[1]["net_fen"], [text.encode() for text in item[0]]))
    return [{**dict(zip(by, key)), **row} for key, row in rows]


def series(state, bucket_s, by):
    offset = datetime.fromisoformat(state.contest["opens"]).utcoffset().total_seconds()
    rows = defaultdict(lambda: {"net_fen": 0, "gross_fen": 0, "orders": 0})

    def row(time, keys):
        start = ((time / 1000 + offset) // bucket_s) * bucket_s - offset
        return rows[round(start * 1000), tuple(keys[name] for name in by)]

    for sale in state.counted("order.paid"):
        keys = state.cell_keys(sale.cell())
        paid = row(sale.time, keys)
        paid["gross_fen"] += sale.posted["amount_fen"]
        paid["net_fen"] += sale.posted["amount_fen"]
        paid["orders"] += 1
        for refund in sale.refunds:
            row(refund.time, keys)["net_fen"] -= refund.taken
    return [{"start_ms": start, **dict(zip(by, key)), **figures}
            for (start, key), figures in sorted(rows.items(), key=lambda item: (item[0][0], [k.encode() for k in item[0][1]]))
            if any(figures.values())]


# --- rankings ---


def entities(state, ranking):
    kind = ranking["of"]
    if kind == "city":
        return {county["city"] for county in state.contest["counties"] if county.get("city")}
    plural = {"county": "counties"}.get(kind, kind + "s")
    items = by_id(state.contest.get(plural))
    if kind == "streamer":
        return {id_ for id_, item in items.items() if id_ not in state.disqualified
                and ("division" not in ranking or item.get("division") == ranking["division"])}
    return set(items)


def competition_rank(values, value):
    return 1 + sum(1 for other in values if other > value)


def jury_points(state, part, streamer):
    panel = state.contest.get("panel", {})
    criteria = panel.get("criteria", [])
    marks = []
    for judge in panel.get("judges", []):
        said = [state.marks[judge, streamer, item["id"]] for item in criteria
                if (judge, streamer, item["id"]) in state.marks]
        if said:
            marks.append(sum(said))
    if len(marks) >= 3 and part.get("drop", 1):
        marks = sorted(marks)[1:-1]
    if not marks:
        return 0
    return half_up(Fraction(milli(part["weight"]) * sum(marks), len(marks) * sum(milli(c["max"]) for c in criteria)))


def part_points(state, part, values, id_):
    if "judges" in part:
        return jury_points(state, part, id_)
    weight, value = milli(part["weight"]), values[id_][part["metric"]]
    everyone = [row[part["metric"]] for row in values.values()]
    if part["norm"] == "ratio_to_max":
        return half_up(Fraction(weight * value, max(everyone))) if max(everyone) > 0 and value >= 0 else 0
    if part["norm"] == "rank_step":
        lost = milli(part["step"]) * (competition_rank(everyone, value) - 1)
        return max(0, weight - lost) if value > 0 else 0
    return min(weight, value // part["unit"] * milli(part["each"])) if value >= 0 else 0


def ranked(state, ranking):
    sums = state.summed(lambda keys: keys.get(ranking["of"]))
    values = {id_: sums[id_] for id_ in entities(state, ranking)}
    points = {}
    if "score" in ranking:
        for id_ in values:
            total = sum(part_points(state, part, values, id_) for part in ranking["score"])
            if ranking["of"] == "streamer":
                total += state.adjusted[id_]
            points[id_] = max(0, total)

    def place(id_):
        order = [-(points[id_] if points else values[id_][ranking["by"]])]
        for tie in ranking.get("ties", ["net_fen", "orders", "reached_at"]):
            reached = values[id_]["reached_at_ms"]
            order.append((reached == NEVER, reached) if tie == "reached_at" else -values[id_][tie])
        return order

    places = {id_: place(id_) for id_ in values}
    rows = []
    for id_ in sorted(values, key=lambda id_: (places[id_], id_.encode())):
        row = {"rank": 1 + sum(1 for other in values if places[other] < places[id_]),
               "tied": sum(1 for other in values if places[other] == places[id_]) > 1, "id": id_,
               "metrics": dict(values[id_])}
        if points:
            row["points_milli"] = points[id_]
        rows.append(row)
    return rows


def receipts(state):
    return {f"{event.streamer}/{event.id}": {"status": state.fate(event), "reason": event.refusal,
                                             "copies": event.copies, "conflicts": event.conflicts}
            for event in state.events.values()}


class View:
    """All figures at one point of the log."""

    def __init__(self, state):
        self.state = state

    def totals(self):
        return totals(self.state)

    def tally(self, by, filters=None):
        return tally(self.state, by, filters)

    def series(self, bucket_s, by):
        return series(self.state, bucket_s, by)

    def rankings(self):
        return {ranking["id"]: ranked(self.state, ranking) for ranking in self.state.contest["rankings"]}


def walk(log):
    state = State()
    for position, entry in enumerate(log):
        if "contest" in entry:
            state.take_document(entry["contest"], entry["ms"])
        elif "action" in entry:
            state.take_action(entry["action"], entry["ms"], position)
        else:
            state.take_event(entry["event"], entry["ms"])
    return state


def fold(log):
    live = walk(log)
    public = live if live.frozen_at is None else walk(log[:live.frozen_at])
    return {"receipts": receipts(live), "live": View(live), "public": View(public), "unreadable": live.unreadable}
