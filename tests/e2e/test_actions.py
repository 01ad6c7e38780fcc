"""What organisers and judges do: section 5 of the contract, over the wire."""
import json

import pytest

from harness import wait_until


def act(system, contest, number, kind, role="judge", **fields):
    return system.act(contest, {"id": f"a-{number}", "type": kind, **fields}, role)


def must(system, contest, number, kind, role="judge", **fields):
    answer = act(system, contest, number, kind, role, **fields)
    assert (answer.status, answer.json) == (202, {"accepted": 1}), (kind, answer)


def ranks(system, contest, ranking):
    system.settle(contest)
    rows = system.live(contest, f"/rankings/{ranking}")["rows"]
    return {row["id"]: row["rank"] for row in rows}


def points(system, contest, ranking="streamers"):
    system.settle(contest)
    return {row["id"]: row["points_milli"] for row in system.live(contest, f"/rankings/{ranking}")["rows"]}


def status(system, contest, streamer, event):
    system.settle(contest)
    return system.receipt(contest, streamer, event).json["status"]


# --- Who may do what ---

FIELDS = {
    "freeze": {}, "thaw": {}, "close": {}, "reopen": {},
    "approve": {"streamer": "yx-01", "event": "x"}, "reject": {"streamer": "yx-01", "event": "x"},
    "void": {"streamer": "yx-01", "event": "x", "reason": "核查"}, "restore": {"streamer": "yx-01", "event": "x", "reason": "核查"},
    "disqualify": {"streamer": "yx-01", "reason": "违规"}, "reinstate": {"streamer": "yx-01", "reason": "误判"},
    "score": {"judge": "j1", "streamer": "yx-01", "criterion": "stage", "points": 39.125},
    "adjust": {"streamer": "yx-01", "points": -2.5, "reason": "迟到"},
    "register": {"products": [{"id": "tea", "name": "桂东绿茶", "county": "431022", "category": "茶叶"}]},
}
ORGANISER, JUDGE = {"organiser"}, {"judge"}
WHO = {"freeze": ORGANISER | JUDGE, "thaw": ORGANISER | JUDGE, "close": ORGANISER, "reopen": ORGANISER,
       "approve": ORGANISER | JUDGE, "reject": ORGANISER | JUDGE, "void": JUDGE, "restore": JUDGE, "disqualify": JUDGE,
       "reinstate": JUDGE, "score": JUDGE, "adjust": JUDGE, "register": ORGANISER}


@pytest.mark.parametrize("kind", FIELDS)
def test_who_may(system, shared_contest, kind):
    for role in ("organiser", "judge", "connector"):
        answer = act(system, shared_contest, f"{kind}-{role}", kind, role, **FIELDS[kind])
        expected = 202 if role in WHO[kind] else 403
        assert answer.status == expected, (role, answer)
        if expected == 403:
            assert answer.code == "forbidden" and len(answer.json["message"]) > 20


def test_a_streamer_may_not_act(system, shared_contest):
    answer = system.act(shared_contest, {"id": "s", "type": "freeze"}, token=system.token(shared_contest, "streamer", "yx-01"))
    assert (answer.status, answer.code) == (403, "forbidden")


# --- What is wrong with an action ---

WRONG = {
    "no id": ({"id": None}, "wrong_type", "id"),
    "bad id": ({"id": "a b"}, "bad_id", "id"),
    "unknown type": ({"type": "explode"}, "unknown_type", "type"),
    "unknown streamer": ({"streamer": "nobody"}, "unknown_streamer", "streamer"),
    "no streamer": ({"streamer": ...}, "missing_field", "streamer"),
    "no judge of the panel": ({"judge": "j9"}, "out_of_range", "judge"),
    "no criterion": ({"criterion": "looks"}, "out_of_range", "criterion"),
    "too many points": ({"points": 40.001}, "out_of_range", "points"),
    "points below 0": ({"points": -1}, "out_of_range", "points"),
    "four decimals": ({"points": 1.2345}, "out_of_range", "points"),
    "points a text": ({"points": "30"}, "wrong_type", "points"),
    "adjust without a reason": ({"type": "adjust"}, "missing_field", "reason"),
    "empty reason": ({"type": "adjust", "reason": ""}, "out_of_range", "reason"),
    "long reason": ({"type": "adjust", "reason": "长" * 167}, "out_of_range", "reason"),
    "adjust too much": ({"type": "adjust", "points": 1000.001, "reason": "x"}, "out_of_range", "points"),
    "void without an event": ({"type": "void", "reason": "x"}, "missing_field", "event"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_action(system, shared_contest, name):
    changes, code, field = WRONG[name]
    action = {"id": "w", "type": "score", "judge": "j1", "streamer": "yx-01", "criterion": "stage", "points": 30, **changes}
    action = {key: value for key, value in action.items() if value is not ...}
    answer = system.act(shared_contest, action)
    assert answer.status == 422, answer
    (error,) = answer.json["errors"]
    assert (error["code"], error["field"]) == (code, field), error
    assert "expected" in error["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{} {}", b"[{\"id\":\"a\"}]", b"\xff", b"null"])
def test_an_action_is_one_object(system, shared_contest, body):
    answer = system.ingest.ask("POST", f"/v1/contests/{shared_contest}/actions", body, system.token(shared_contest, "judge"),
                               Content_Type="application/json")
    assert (answer.status, answer.code) == (400, "bad_request"), answer


def test_an_action_of_another_kind_of_body(system, shared_contest):
    answer = system.ingest.ask("POST", f"/v1/contests/{shared_contest}/actions", b"{}", system.token(shared_contest, "judge"),
                               Content_Type="application/x-ndjson")
    assert answer.status == 415


def test_a_large_action(system, shared_contest):
    body = json.dumps({"id": "big", "type": "register", "note": "x" * (1 << 20)}).encode()
    answer = system.ingest.ask("POST", f"/v1/contests/{shared_contest}/actions", body, system.token(shared_contest, "organiser"),
                               Content_Type="application/json")
    assert answer.status in (413, 422), answer


# --- Idempotency, and the audit ---


def test_the_same_id_counts_once(system, contest):
    for _ in range(3):
        must(system, contest, 1, "adjust", streamer="yx-01", points=5, reason="加分")
    act(system, contest, 1, "adjust", streamer="yx-01", points=9, reason="另一个")
    assert points(system, contest)["yx-01"] == 5000
    actions = system.live(contest, "/audit")["actions"]
    outcomes = [entry["outcome"] for entry in actions]
    assert outcomes[0] == "applied" and "applied" not in outcomes[1:], outcomes
    assert set(outcomes[1:]) <= {"duplicate", "conflict"} and outcomes[-1] == "conflict"
    first = actions[0]["action"]
    assert (first["type"], first["streamer"], first["points_milli"], first["reason"]) == ("adjust", "yx-01", 5000, "加分")
    assert first["actor"].startswith("judge "), "who did it: role and key of the token"
    assert system.token(contest, "judge").split("_")[1] in first["actor"]
    assert system.token(contest, "judge").split("_")[2] not in json.dumps(actions), "never the secret"


def test_the_audit_is_for_judges_and_organisers(system, contest, events):
    sale = events.paid(100)
    system.post_events(contest, [sale, {**sale, "amount_fen": 200}, events.refunded(sale, 500)])
    system.settle(contest)
    for role, expected in [("judge", 200), ("organiser", 200), ("connector", 403)]:
        assert system.get(contest, "/audit", system.token(contest, role)).status == expected
    audit = system.live(contest, "/audit")
    (conflict,) = audit["conflicts"]
    assert (conflict["streamer"], conflict["event"]["id"], conflict["event"]["amount_fen"]) == ("yx-01", sale["id"], 200)
    (refused,) = audit["refused"]
    assert (refused["status"], refused["reason"]) == ("refused", "over_refund")


# --- Each action's effect ---


def test_void_and_restore(system, contest, events):
    sale, other = events.paid(1000), events.paid(50)
    system.post_events(contest, [sale, other, events.refunded(sale, 300)])
    assert system.totals(contest)["net_fen"] == 750
    must(system, contest, 1, "void", streamer="yx-01", event=sale["id"], reason="刷单")
    totals = system.totals(contest)
    assert (totals["net_fen"], totals["gross_fen"], totals["refunded_fen"], totals["orders"], totals["voided"]) == (50, 50, 0, 1, 1)
    assert status(system, contest, "yx-01", sale["id"]) == "voided"
    must(system, contest, 2, "restore", streamer="yx-01", event=sale["id"], reason="查实")
    assert system.totals(contest)["net_fen"] == 750
    video = events.video("yx-01")
    system.post_events(contest, [video])
    assert system.totals(contest)["videos"] == 1
    must(system, contest, 3, "void", streamer="yx-01", event=video["id"], reason="搬运")
    assert system.totals(contest)["videos"] == 0


def test_offline_sales_wait_for_approval(system, contest, events):
    first, second = events.paid(1000, channel="offline"), events.paid(200, channel="offline")
    system.post_events(contest, [first, second])
    totals = system.totals(contest)
    assert (totals["net_fen"], totals["pending"]) == (0, 2)
    must(system, contest, 1, "approve", "organiser", streamer="yx-01", event=first["id"])
    must(system, contest, 2, "reject", "judge", streamer="yx-01", event=second["id"])
    totals = system.totals(contest)
    assert (totals["net_fen"], totals["offline_net_fen"], totals["pending"]) == (1000, 1000, 0)
    assert [status(system, contest, "yx-01", e["id"]) for e in (first, second)] == ["counted", "rejected"]
    must(system, contest, 3, "reject", streamer="yx-01", event=first["id"])
    must(system, contest, 4, "approve", streamer="yx-01", event=second["id"])
    assert system.totals(contest)["net_fen"] == 200, "the last one said holds"


def test_an_action_waits_for_its_event(system, contest, events):
    sale, video = events.paid(700, channel="offline"), events.paid(90)
    must(system, contest, 1, "approve", streamer="yx-01", event=sale["id"])
    must(system, contest, 2, "void", streamer="yx-01", event=video["id"], reason="先行")
    system.post_events(contest, [sale, video])
    totals = system.totals(contest)
    assert (totals["net_fen"], totals["voided"]) == (700, 1)


def test_disqualify_and_reinstate(system, contest, events):
    system.post_events(contest, [events.paid(500), events.paid(900, session="s-3")])
    assert ranks(system, contest, "teams") == {"yx-02": 1, "yx-01": 2, "yz-01": 3}
    must(system, contest, 1, "disqualify", streamer="yx-02", reason="违规")
    assert ranks(system, contest, "teams") == {"yx-01": 1, "yz-01": 2}
    assert "yx-02" not in points(system, contest)
    assert system.totals(contest)["net_fen"] == 1400, "all figures stay"
    assert ranks(system, contest, "counties") == {"430223": 1, "431022": 2}
    must(system, contest, 2, "reinstate", streamer="yx-02", reason="误判")
    assert ranks(system, contest, "teams") == {"yx-02": 1, "yx-01": 2, "yz-01": 3}


def test_marks_and_adjustments(system, contest):
    marks = [("j1", 40, 60), ("j2", 20, 30), ("j3", 30, 45)]
    for judge, stage, product in marks:
        must(system, contest, f"{judge}s", "score", judge=judge, streamer="yx-01", criterion="stage", points=stage)
        must(system, contest, f"{judge}p", "score", judge=judge, streamer="yx-01", criterion="product", points=product)
    # Of 100, 50 and 75 the highest and the lowest are dropped: 30 x 75 / 100.
    assert points(system, contest)["yx-01"] == 22500
    must(system, contest, "again", "score", judge="j3", streamer="yx-01", criterion="stage", points=30.005)
    assert points(system, contest)["yx-01"] == 22502, "30 x 75.005 / 100 = 22.5015, half up"
    must(system, contest, "plus", "adjust", streamer="yx-01", points=2.125, reason="公益")
    must(system, contest, "minus", "adjust", streamer="yx-01", points=-1, reason="迟到")
    assert points(system, contest)["yx-01"] == 23627
    must(system, contest, "deep", "adjust", streamer="yx-01", points=-1000, reason="严重违规")
    assert points(system, contest)["yx-01"] == 0, "never below 0"


def test_register_then_post(system, contest, events):
    new = {"streamers": [{"id": "yz-02", "name": "宜章二队", "county": "431022", "division": "newcomer"}],
           "sessions": [{"id": "s-9", "streamer": "yz-02", "platform": "douyin", "starts": "2021-11-27T19:00:00+08:00", "ends": "2021-11-27T21:00:00+08:00"}],
           "products": [{"id": "tea", "name": "绿茶", "county": "431022", "category": "茶叶"}],
           "counties": [{"id": "431027", "name": "桂东县", "city": "郴州市", "province": "湖南省"}]}
    late = [events.paid(4000, session="s-9", product="tea", time="2021-11-27T20:00:00+08:00"), events.video("yz-02")]
    assert system.post_events(contest, late).status == 422
    must(system, contest, 1, "register", "organiser", **new)
    assert system.post_events(contest, late).json["accepted"] == 2, "at once, behind the answer"
    totals = system.totals(contest)
    assert (totals["net_fen"], totals["videos"]) == (4000, 1)
    assert ranks(system, contest, "newcomers") == {"yz-02": 1, "yx-01": 2}
    assert ranks(system, contest, "counties")["431027"] == 2
    token = system.token(contest, "streamer", "yz-02")
    assert system.post_events(contest, [events.paid(1, session="s-9")], token=token).status == 202


def test_register_corrects_names_but_never_moves(system, contest, events):
    system.post_events(contest, [events.paid(100)])
    must(system, contest, 1, "register", "organiser", streamers=[{"id": "yx-01", "name": "攸县香干队", "county": "430223"}])
    system.settle(contest)
    names = {row["id"]: row["name"] for row in system.live(contest, "/rankings/teams")["rows"]}
    assert names["yx-01"] == "攸县香干队"
    for number, wrong in enumerate([{"streamers": [{"id": "yx-01", "name": "x", "county": "431022"}]},
                                    {"products": [{"id": "tofu", "name": "x", "county": "431022"}]},
                                    {"sessions": [{"id": "s-1", "streamer": "yz-01", "platform": "douyin",
                                                   "starts": "2021-11-26T19:00:00+08:00", "ends": "2021-11-26T21:00:00+08:00"}]},
                                    {"streamers": [{"id": "n", "name": "x", "county": "999999"}]}, {}]):
        answer = act(system, contest, f"w{number}", "register", "organiser", **wrong)
        assert answer.status == 422, (wrong, answer)
    assert system.totals(contest)["net_fen"] == 100
    assert ranks(system, contest, "counties")["430223"] == 1


def test_close_and_reopen(system, contest, events):
    sale = events.paid(100)
    system.post_events(contest, [sale])
    must(system, contest, 1, "close", "organiser")
    system.settle(contest)
    assert system.read(contest, "/totals")["state"] == "ended"
    assert system.post_events(contest, [events.paid(1)]).status == 409
    must(system, contest, 2, "void", streamer="yx-01", event=sale["id"], reason="赛后核查")
    assert system.totals(contest)["net_fen"] == 0, "judges go on after the close"
    must(system, contest, 3, "reopen", "organiser")
    assert system.post_events(contest, [events.paid(1)]).status == 202
    assert system.totals(contest)["net_fen"] == 1
    assert system.read(contest, "/totals")["state"] == "running"


def test_freeze_and_thaw(system, contest, events):
    system.post_events(contest, [events.paid(100)])
    must(system, contest, 1, "freeze", "organiser")
    system.post_events(contest, [events.paid(900, session="s-4")])
    system.settle(contest)
    public, live = system.read(contest, "/totals"), system.live(contest, "/totals")
    assert (public["state"], public["view"], public["totals"]["net_fen"]) == ("frozen", "public", 100)
    assert (live["view"], live["totals"]["net_fen"]) == ("live", 1000)
    must(system, contest, 2, "thaw", "judge")
    system.settle(contest)
    wait_until(lambda: system.read(contest, "/totals")["totals"]["net_fen"] == 1000, "the public view to follow again")
    assert system.read(contest, "/totals")["state"] == "running"
