"""Posting events: every answer of the contract's section 4, over the wire."""
import json
import re
import socket
import time

import msgpack
import pytest

from contests import OPENS_MS, SESSION_STREAMER, Events, rfc3339
from harness import CONTENT_TYPES, Connection, bearer, encode, raw

NDJSON, MSGPACK = "application/x-ndjson", "application/msgpack"

WINDOW_END_MS = OPENS_MS + 96 * 3600 * 1000


@pytest.fixture
def paid():
    """One good event, as a base to spoil."""
    return Events("base").paid()


def without(event, *fields):
    return {name: value for name, value in event.items() if name not in fields}


def post_one(system, contest, event, token=None):
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return system.post(contest, body, token or system.token(contest, "connector"))


# --- What is right ---


GOOD = {
    "sale": lambda e: e.paid(),
    "online sale": lambda e: e.paid(channel="online"),
    "offline sale": lambda e: e.paid(channel="offline"),
    "gift": lambda e: e.paid(0),
    "largest sale": lambda e: e.paid(100_000_000_000, quantity=1_000_000),
    "time in ms": lambda e: e.paid(time=OPENS_MS),
    "time in UTC": lambda e: e.paid(time="2021-11-26T00:00:00Z"),
    "last moment": lambda e: e.paid(time=WINDOW_END_MS - 1),
    "refund of what has not come": lambda e: e.refunded({"session": "s-1", "id": "later"}, 1),
    "refund after the close": lambda e: e.refunded({"session": "s-1", "id": "later"}, 1, time=WINDOW_END_MS + 1000),
    "cancellation": lambda e: e.cancelled({"session": "s-1", "id": "later"}),
    "start": lambda e: e.started(),
    "end": lambda e: e.ended(),
    "end after the close": lambda e: e.ended(time=WINDOW_END_MS + 1000),
    "video": lambda e: e.video(),
    "sample": lambda e: e.sampled("comments", 10**15),
    "unknown fields": lambda e: e.paid(note="…", nested={"a": [1, {"b": None}]}),
    "id of 64": lambda e: e.paid(id="A" * 64),
    "id of all signs": lambda e: e.paid(id="a.B_c:d-9"),
}


@pytest.mark.parametrize("form", sorted(CONTENT_TYPES))
@pytest.mark.parametrize("name", GOOD)
def test_good_event(system, shared_contest, name, form):
    events = Events(f"{name}-{form}".replace(" ", "_"))
    answer = system.post_events(shared_contest, [GOOD[name](events)], form)
    assert (answer.status, answer.json) == (202, {"accepted": 1, "rejected": 0, "errors": []})
    assert answer.fields["content-type"] == "application/json"


# --- What is wrong: (how to spoil a good event, code, field) ---


WRONG = {
    "no id": (lambda e: without(e, "id"), "missing_field", "id"),
    "no type": (lambda e: without(e, "type"), "missing_field", "type"),
    "no time": (lambda e: without(e, "time"), "missing_field", "time"),
    "no session": (lambda e: without(e, "session"), "missing_field", "session"),
    "no product": (lambda e: without(e, "product"), "missing_field", "product"),
    "no quantity": (lambda e: without(e, "quantity"), "missing_field", "quantity"),
    "no amount": (lambda e: without(e, "amount_fen"), "missing_field", "amount_fen"),
    "refund of nothing": (lambda e: {**e, "type": "order.refunded"}, "missing_field", "of"),
    "video of nobody": (lambda e: {**e, "type": "video.published"}, "missing_field", "streamer"),
    "sample of nothing": (lambda e: {**e, "type": "metric.sampled"}, "missing_field", "metric"),
    "sample without value": (lambda e: {**e, "type": "metric.sampled", "metric": "likes"}, "missing_field", "value"),
    "id a number": (lambda e: {**e, "id": 7}, "wrong_type", "id"),
    "session a list": (lambda e: {**e, "session": []}, "wrong_type", "session"),
    "amount a text": (lambda e: {**e, "amount_fen": "3980"}, "wrong_type", "amount_fen"),
    "amount null": (lambda e: {**e, "amount_fen": None}, "wrong_type", "amount_fen"),
    "amount a fraction": (lambda e: {**e, "amount_fen": 39.8}, "wrong_type", "amount_fen"),
    "quantity true": (lambda e: {**e, "quantity": True}, "wrong_type", "quantity"),
    "time an object": (lambda e: {**e, "time": {}}, "wrong_type", "time"),
    "amount below 0": (lambda e: {**e, "amount_fen": -1}, "out_of_range", "amount_fen"),
    "amount too large": (lambda e: {**e, "amount_fen": 100_000_000_001}, "out_of_range", "amount_fen"),
    "amount beyond 64 bits": (lambda e: {**e, "amount_fen": 10**30}, "out_of_range", "amount_fen"),
    "quantity 0": (lambda e: {**e, "quantity": 0}, "out_of_range", "quantity"),
    "quantity too large": (lambda e: {**e, "quantity": 1_000_001}, "out_of_range", "quantity"),
    "refund of 0": (lambda e: {**e, "type": "order.refunded", "of": "x", "amount_fen": 0}, "out_of_range", "amount_fen"),
    "unknown channel": (lambda e: {**e, "channel": "radio"}, "out_of_range", "channel"),
    "unknown metric": (lambda e: {**e, "type": "metric.sampled", "metric": "shares", "value": 1}, "out_of_range", "metric"),
    "value below 0": (lambda e: {**e, "type": "metric.sampled", "metric": "likes", "value": -1}, "out_of_range", "value"),
    "value too large": (lambda e: {**e, "type": "metric.sampled", "metric": "likes", "value": 10**15 + 1}, "out_of_range", "value"),
    "empty id": (lambda e: {**e, "id": ""}, "bad_id", "id"),
    "id of 65": (lambda e: {**e, "id": "a" * 65}, "bad_id", "id"),
    "id with a space": (lambda e: {**e, "id": "a b"}, "bad_id", "id"),
    "id in Chinese": (lambda e: {**e, "id": "订单"}, "bad_id", "id"),
    "of with a slash": (lambda e: {**e, "type": "order.cancelled", "of": "a/b"}, "bad_id", "of"),
    "time without offset": (lambda e: {**e, "time": "2021-11-26T19:00:00"}, "bad_time", "time"),
    "time in words": (lambda e: {**e, "time": "yesterday"}, "bad_time", "time"),
    "no such day": (lambda e: {**e, "time": "2021-11-31T19:00:00+08:00"}, "bad_time", "time"),
    "unknown type": (lambda e: {**e, "type": "order.shipped"}, "unknown_type", "type"),
    "unknown session": (lambda e: {**e, "session": "s-99"}, "unknown_session", "session"),
    "unknown streamer": (lambda e: {**e, "type": "video.published", "streamer": "xx"}, "unknown_streamer", "streamer"),
    "unknown product": (lambda e: {**e, "product": "tea"}, "unknown_product", "product"),
    "before the opening": (lambda e: {**e, "time": OPENS_MS - 1}, "outside_window", "time"),
    "at the close": (lambda e: {**e, "time": WINDOW_END_MS}, "outside_window", "time"),
    "refund too late": (lambda e: {**e, "type": "order.cancelled", "of": "x", "time": "2022-01-01T00:00:00Z"}, "outside_window", "time"),
    "in an hour": (lambda e: {**e, "time": int(time.time() * 1000) + 3600_000}, "in_the_future", "time"),
    "5 KiB": (lambda e: {**e, "note": "x" * 5000}, "too_large", None),
    "not an object": (lambda e: [e], None, None),
}


@pytest.mark.parametrize("form", ["json", "array", "ndjson", "msgpack", "msgpack-array"])
@pytest.mark.parametrize("name", [name for name in WRONG if WRONG[name][1]])
def test_wrong_event(system, shared_contest, paid, name, form):
    spoil, code, field = WRONG[name]
    event = spoil(paid)
    if form.startswith("msgpack") and name == "amount beyond 64 bits":
        pytest.skip("MessagePack has no such integers")
    answer = system.post_events(shared_contest, [event], form)
    assert answer.status == 422, answer
    assert (answer.json["accepted"], answer.json["rejected"]) == (0, 1)
    (error,) = answer.json["errors"]
    assert (error["index"], error["code"], error["field"]) == (0, code, field), error
    good_id = isinstance(event.get("id"), str) and 0 < len(event["id"]) <= 64 and event["id"].isascii() and " " not in event["id"]
    assert error["id"] == (event["id"] if good_id else None) or (code == "too_large" and error["id"] is None)
    check_sentence(error["message"], field, code)


def check_sentence(message, field, code):
    """A message says in a sentence what was expected and what came, and names the field."""
    assert 20 < len(message) < 300, message
    assert field is None or field in message, message
    if code not in ("not_your_session",):
        assert "expected" in message and ("found" in message or "twice" in message), message


def test_twice_the_same_field(system, shared_contest, paid):
    body = json.dumps(paid).encode()[:-1] + b',"amount_fen":1}'
    answer = post_one(system, shared_contest, body)
    assert (answer.status, answer.json["errors"][0]["code"], answer.json["errors"][0]["field"]) == (422, "duplicate_field", "amount_fen")
    packed = bytes([0x80 + len(paid) + 1]) + msgpack.packb(paid)[1:] + msgpack.packb("id") + msgpack.packb("again")
    answer = system.post(shared_contest, packed, system.token(shared_contest, "connector"), MSGPACK)
    assert (answer.status, answer.json["errors"][0]["code"], answer.json["errors"][0]["field"]) == (422, "duplicate_field", "id")


def test_nested_too_deep(system, shared_contest, paid):
    deep = {**paid, "note": json.loads("[" * 12 + "]" * 12)}
    answer = post_one(system, shared_contest, deep)
    assert answer.status == 422 and answer.json["errors"][0]["code"] == "too_large", answer


def test_a_bad_line_of_ndjson_is_that_line_s_fault(system, contest, events):
    good = [events.paid() for _ in range(3)]
    lines = [json.dumps(good[0]), "", "{", json.dumps(good[1]), "   ", "\"text\"", json.dumps(good[2])]
    answer = system.post(contest, "\n".join(lines).encode(), system.token(contest, "connector"), NDJSON)
    assert answer.status == 202, answer
    assert (answer.json["accepted"], answer.json["rejected"]) == (3, 2)
    assert [(e["index"], e["code"]) for e in answer.json["errors"]] == [(1, "invalid_json"), (3, "wrong_type")]
    assert system.totals(contest)["orders"] == 3


def test_messagepack_of_something_else(system, shared_contest):
    token = system.token(shared_contest, "connector")
    answer = system.post(shared_contest, msgpack.packb([1, "x"]), token, MSGPACK)
    assert answer.status == 422, answer
    assert {e["code"] for e in answer.json["errors"]} <= {"wrong_type", "invalid_msgpack"}


# --- Bodies that cannot be read at all: 400 ---


UNREADABLE = {
    "cut JSON": ("application/json", b'{"id":"a"'),
    "cut array": ("application/json", b'[{"id":"a"},'),
    "text behind": ("application/json", b"{} x"),
    "no JSON": ("application/json", b"hello"),
    "empty JSON": ("application/json", b""),
    "empty MessagePack": (MSGPACK, b""),
    "cut MessagePack": (MSGPACK, b"\x82\xa2id"),
    "array that lies": (MSGPACK, b"\xdd\xff\xff\xff\xff"),
    "reserved byte": (MSGPACK, b"\xc1"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_body(system, shared_contest, name):
    content_type, body = UNREADABLE[name]
    answer = system.post(shared_contest, body, system.token(shared_contest, "connector"), content_type)
    assert (answer.status, answer.code) == (400, "bad_request"), answer
    assert len(answer.json["message"]) > 15


@pytest.mark.parametrize("body,content_type", [(b"[]", "application/json"), (b"", NDJSON), (b"\n\n", NDJSON), (b"\x90", MSGPACK)])
def test_nothing_in_it_is_nothing_accepted(system, shared_contest, body, content_type):
    answer = system.post(shared_contest, body, system.token(shared_contest, "connector"), content_type)
    assert (answer.status, answer.json) == (422, {"accepted": 0, "rejected": 0, "errors": []})


# --- All or nothing, some of many ---


def test_part_of_a_body(system, contest, events):
    body = [events.paid(100), events.paid(-5), events.paid(100), events.paid(100, session="s-99")]
    answer = system.post_events(contest, body)
    assert answer.status == 202
    assert (answer.json["accepted"], answer.json["rejected"]) == (2, 2)
    assert [(e["index"], e["id"], e["code"]) for e in answer.json["errors"]] == \
        [(1, body[1]["id"], "out_of_range"), (3, body[3]["id"], "unknown_session")]
    assert system.totals(contest)["net_fen"] == 200


@pytest.mark.parametrize("form", ["array", "ndjson", "msgpack"])
def test_atomic(system, contest, events, form):
    body = [events.paid(100), events.paid(-5), events.paid(100)]
    answer = system.post_events(contest, body, form, query="?atomic=1")
    assert answer.status == 422 and answer.json["accepted"] == 0, answer
    assert [e["index"] for e in answer.json["errors"]] == [1]
    assert system.totals(contest)["orders"] == 0
    answer = system.post_events(contest, [body[0], body[2]], form, query="?atomic=1")
    assert (answer.status, answer.json["accepted"]) == (202, 2)
    assert system.totals(contest)["orders"] == 2


def test_atomic_is_0_or_1(system, shared_contest, paid):
    assert system.post_events(shared_contest, [{**paid, "id": "at0"}], query="?atomic=0").status == 202
    for query in ("?atomic=yes", "?atomic=", "?atomic=1&atomic=0"):
        answer = system.post_events(shared_contest, [{**paid, "id": "at1"}], query=query)
        assert (answer.status, answer.code) == (400, "bad_request"), query


# --- Who ---


def test_who_may_post(system, contest, events):
    body = [events.paid(session="s-1")]
    for role, status in [("connector", 202), ("organiser", 403), ("judge", 403)]:
        assert system.post_events(contest, body, token=system.token(contest, role)).status == status, role
    own, other = (system.token(contest, "streamer", streamer) for streamer in ("yx-01", "yx-02"))
    assert system.post_events(contest, body, token=own).status == 202
    answer = system.post_events(contest, body, token=other)
    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["code"], error["field"]) == ("not_your_session", "session")
    answer = system.post_events(contest, [events.video("yx-01")], token=other)
    assert (answer.json["errors"][0]["code"], answer.json["errors"][0]["field"]) == ("not_your_session", "streamer")
    assert system.post_events(contest, [events.paid(session="s-2")], token=own).status == 202, "the streamer's other session"


BAD_TOKENS = ["", "Bearer", "Bearer ", "Bearer x", "Basic dTpw", "Bearer bc_aaaaaaaaaa_" + "a" * 32,
              "bc_aaaaaaaaaa_" + "a" * 32, "Bearer " + "é" * 40, "Bearer " + "a" * 9000]


@pytest.mark.parametrize("value", [None, *BAD_TOKENS], ids=str)
def test_no_good_token(system, shared_contest, paid, value):
    for port, method, path in [(system.ingest.port, "POST", f"/v1/contests/{shared_contest}/events"),
                               (system.ingest.port, "POST", f"/v1/contests/{shared_contest}/actions"),
                               (system.board.port, "GET", f"/v1/contests/{shared_contest}/audit")]:
        connection = Connection(port)
        answer = connection.ask(method, path, json.dumps(paid).encode() if method == "POST" else None,
                                Content_Type="application/json", Authorization=value and value.encode("latin-1"))
        connection.close()
        assert (answer.status, answer.code) == (401, "unauthorised"), answer
        assert answer.fields["www-authenticate"].startswith("Bearer")


def test_a_token_is_for_one_contest(system, contest, shared_contest, paid):
    answer = system.post_events(shared_contest, [paid], token=system.token(contest, "connector"))
    assert answer.status in (401, 403), answer


def test_a_token_with_one_wrong_character(system, contest, paid):
    token = system.token(contest, "connector")
    spoilt = token[:-1] + ("a" if token[-1] != "a" else "b")
    assert system.post_events(contest, [paid], token=spoilt).status == 401
    assert system.post_events(contest, [paid], token=token).status == 202


# --- The other answers ---


def test_a_contest_in_a_path_may_be_escaped(system, shared_contest):
    """RFC 3986, 6.2.2.2: an escape of a letter names the same contest; what it hides is checked as well."""
    token = system.token(shared_contest, "connector")
    escaped = "".join(f"%{ord(letter):02X}" for letter in shared_contest)
    ask = system.ingest.ask
    for named in (shared_contest, escaped):
        assert ask("POST", f"/v1/contests/{named}/events", b"[]", token).code == "unsupported_media_type", named
    for wrong in (f"{escaped}%2F", f"{escaped}%00", f"{escaped}%4", f"{shared_contest}%20", "%2E%2E", ""):
        assert ask("POST", f"/v1/contests/{wrong}/events", b"[]", token).status == 404, wrong


def test_wrong_places_and_methods(system, shared_contest):
    token = system.token(shared_contest, "connector")
    ask = system.ingest.ask
    assert (ask("POST", "/v1/contests/nobody/events", b"[]", token).code, ) == ("unknown_contest", )
    for path in ("/", "/v1", f"/v1/contests/{shared_contest}/event", "/v1/contests//events", "/v1/contests/A B/events", "/%"):
        assert ask("POST", path.replace(" ", "%20"), b"[]", token).status in (400, 404), path
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = ask(method, f"/v1/contests/{shared_contest}/events", None, token)
        assert (answer.status, answer.fields["allow"]) == (405, "POST"), answer
    answer = ask("POST", "/v1/limits", b"", token)
    assert (answer.status, answer.fields["allow"]) == (405, "GET, HEAD")


def test_content_types(system, shared_contest, paid):
    token = system.token(shared_contest, "connector")
    body = json.dumps(paid).encode()
    for content_type in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=y"):
        assert system.post(shared_contest, body, token, content_type).status == 202, content_type
    for content_type in (None, "text/plain", "application/jsonx", "application/xml", ""):
        answer = system.post(shared_contest, body, token, content_type)
        assert answer.status == 415 and "application/json" in answer.json["message"], content_type


def test_closed_contest(system, contest, events):
    assert system.post_events(contest, [events.paid()]).status == 202
    system.must_act(contest, {"id": "c1", "type": "close"}, "organiser")
    answer = system.post_events(contest, [events.paid()])
    assert (answer.status, answer.code) == (409, "contest_closed")
    system.must_act(contest, {"id": "c2", "type": "reopen"}, "organiser")
    assert system.post_events(contest, [events.paid()]).status == 202


# --- Limits ---


def test_limits_are_said(system):
    for port in (system.ingest, system.board):
        limits = port.ask("GET", "/v1/limits").json
        assert {k: limits[k] for k in ("body_bytes", "events_per_request", "event_bytes", "nesting", "head_bytes", "head_fields", "uri_bytes")} == \
            {"body_bytes": 8 << 20, "events_per_request": 10000, "event_bytes": 4096, "nesting": 8, "head_bytes": 16384, "head_fields": 64, "uri_bytes": 2048}


@pytest.mark.parametrize("form", ["array", "ndjson", "msgpack"])
def test_ten_thousand_events_and_one_more(system, contest, form):
    events = Events(form)
    body = [events.sampled(value=n, time=OPENS_MS + n) for n in range(10001)]
    answer = system.post_events(contest, body, form)
    assert (answer.status, answer.code) == (413, "too_large"), answer
    answer = system.post_events(contest, body[:10000], form)
    assert (answer.status, answer.json["accepted"]) == (202, 10000)
    assert system.totals(contest)["viewers"] == 9999


def test_body_over_8_mib(system, shared_contest):
    token = system.token(shared_contest, "connector")
    head = (f"POST /v1/contests/{shared_contest}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\n").encode()
    got = raw(system.ingest.port, head + b"Content-Length: 8388609\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 413 ") and b"too_large" in got, got[:200]
    padded = b" " * (8 << 20)
    answer = system.post(shared_contest, padded[:-2] + b"[]", token)
    assert answer.status == 422, "exactly 8 MiB are read"


def test_events_at_the_size_limit(system, shared_contest, paid):
    event = {**paid, "id": "size-limit", "note": ""}
    room = 4096 - len(json.dumps(event).encode())
    assert post_one(system, shared_contest, {**event, "note": "x" * room}).status == 202
    assert post_one(system, shared_contest, {**event, "note": "x" * (room + 1)}).json["errors"][0]["code"] == "too_large"


# --- HTTP framing: any doubt is a 400, and the connection closes ---


def request(contest, *lines, body=b"", method="POST", path=None, version="HTTP/1.1", host="Host: x"):
    path = path or f"/v1/contests/{contest}/events"
    return "\r\n".join([f"{method} {path} {version}", *([host] if host else []), *lines, "", ""]).encode("latin-1") + body


def statuses_of(got):
    """The statuses of answers one behind another, each with a JSON body."""
    return [int(status) for status in re.findall(rb"(?:^|\})HTTP/1\.1 (\d{3}) ", got)]


DOUBTFUL = {
    "no host": (dict(host=None), ["Content-Length: 2"], 400),
    "two hosts": ({}, ["Host: y", "Content-Length: 2"], 400),
    "two lengths": ({}, ["Content-Length: 2", "Content-Length: 3"], 400),
    "length list": ({}, ["Content-Length: 2, 2"], 400),
    "length signed": ({}, ["Content-Length: +2"], 400),
    "length hex": ({}, ["Content-Length: 0x2"], 400),
    "length and chunks": ({}, ["Content-Length: 2", "Transfer-Encoding: chunked"], 400),
    "gzip, chunked": ({}, ["Transfer-Encoding: gzip, chunked"], (400, 501)),
    "chunked twice": ({}, ["Transfer-Encoding: chunked, chunked"], (400, 501)),
    "space before colon": ({}, ["Content-Length : 2"], 400),
    "folded line": ({}, ["X: a", " b", "Content-Length: 2"], 400),
    "bare CR in a value": ({}, ["X: a\rb", "Content-Length: 2"], 400),
    "NUL in a value": ({}, ["X: a\0b", "Content-Length: 2"], 400),
    "space in the target": (dict(path="/a b"), ["Content-Length: 2"], 400),
    "HTTP/2.0": (dict(version="HTTP/2.0"), ["Content-Length: 2"], 505),
    "HTTP/1.1x": (dict(version="HTTP/1.1x"), ["Content-Length: 2"], 400),
    "long target": (dict(path="/" + "a" * 2048), ["Content-Length: 2"], 414),
    "many fields": ({}, [f"X-{n}: 1" for n in range(70)], 431),
    "long head": ({}, ["X: " + "a" * 17000], 431),
    "unknown expectation": ({}, ["Expect: rain", "Content-Length: 2"], 417),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_doubtful_request(system, shared_contest, name):
    changes, lines, status = DOUBTFUL[name]
    # What follows must never be taken for a request: the connection has to be closed.
    smuggled = request(shared_contest, "Content-Length: 0", path="/healthz", method="GET")
    got = raw(system.ingest.port, request(shared_contest, *lines, body=b"[]", **changes) + smuggled)
    statuses = statuses_of(got)
    assert len(statuses) == 1 and statuses[0] in (status if isinstance(status, tuple) else (status,)), got[:300]
    assert b"connection: close" in got.lower()
    assert json.loads(got.split(b"\r\n\r\n", 1)[1])["message"]


def test_a_post_without_a_length(system, shared_contest):
    """It has no body, so what follows is the next request, and the connection is good."""
    health = request(shared_contest, "Connection: close", path="/healthz", method="GET")
    got = raw(system.ingest.port, request(shared_contest) + health)
    assert statuses_of(got) == [411, 200], got


def chunked(*parts, end=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


def test_chunked_bodies(system, contest, events):
    token = system.token(contest, "connector")
    body = json.dumps([events.paid(300), events.paid(200)]).encode()
    lines = [f"Authorization: Bearer {token}", "Content-Type: application/json", "Transfer-Encoding: chunked", "Connection: close"]
    for parts, end in [((body,), b"0\r\n\r\n"), ((body[:7], body[7:8], body[8:]), b"0\r\nX-Trailer: y\r\n\r\n"),
                       (tuple(bytes([byte]) for byte in body), b"000\r\n\r\n")]:
        got = raw(system.ingest.port, request(contest, *lines, body=chunked(*parts, end=end)))
        assert got.startswith(b"HTTP/1.1 202 "), got
    assert system.totals(contest)["net_fen"] == 500
    for wrong in (b"x\r\n", b"-1\r\n", b"2\r\nab", b"2\r\nabc\r\n", b"fffffffffffffffff\r\n", b"2 \r\nab\r\n0\r\n\r\n\r\nX", b"2\nab\n"):
        got = raw(system.ingest.port, request(contest, *lines, body=wrong + b"\r\n" * 3 + b"x" * 40))
        assert got[9:12] in (b"400", b"413"), (wrong, got[:200])


def test_expect_continue(system, contest, events):
    token = system.token(contest, "connector")
    body = json.dumps(events.paid()).encode()
    head = request(contest, f"Authorization: Bearer {token}", "Content-Type: application/json", "Expect: 100-continue",
                   f"Content-Length: {len(body)}", "Connection: close")
    with socket.create_connection(("127.0.0.1", system.ingest.port), timeout=10) as line:
        line.sendall(head)
        assert line.recv(1000).startswith(b"HTTP/1.1 100 "), "before the body is sent"
        line.sendall(body)
        got = b""
        while more := line.recv(1000):
            got += more
    assert got.startswith(b"HTTP/1.1 202 ")


def test_pipelined_requests_are_answered_in_order(system, contest, events):
    token = system.token(contest, "connector")
    fields = [f"Authorization: Bearer {token}", "Content-Type: application/json"]
    sent = b""
    for number in range(100):
        body = json.dumps(events.paid(number) if number % 3 else {"id": f"bad-{number}"}).encode()
        last = ["Connection: close"] if number == 99 else []
        sent += request(contest, *fields, f"Content-Length: {len(body)}", *last, body=body)
        if number % 10 == 5:
            sent += request(contest, path="/healthz", method="GET")
    got = raw(system.ingest.port, sent, deadline_s=20)
    statuses = statuses_of(got)
    expected = []
    for number in range(100):
        expected.append(202 if number % 3 else 422)
        if number % 10 == 5:
            expected.append(200)
    assert statuses == expected
    assert system.totals(contest)["orders"] == sum(1 for number in range(100) if number % 3)


def test_a_request_byte_by_byte(system, contest, events):
    body = encode([events.paid(1)], "msgpack")
    sent = request(contest, f"Authorization: {bearer(system.token(contest, 'connector'))}", f"Content-Type: {MSGPACK}",
                   f"Content-Length: {len(body)}", "Connection: close", body=body)
    with socket.create_connection(("127.0.0.1", system.ingest.port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in sent:
            line.sendall(bytes([byte]))
        got = b""
        while more := line.recv(1000):
            got += more
    assert got.startswith(b"HTTP/1.1 202 "), got


def test_http_1_0_and_close(system):
    got = raw(system.ingest.port, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert b" 200 " in got.split(b"\r\n")[0]


def test_head_has_no_body(system):
    got = raw(system.ingest.port, b"HEAD /v1/limits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and body == b""
    assert int(next(l for l in head.lower().split(b"\r\n") if l.startswith(b"content-length"))[15:]) > 50


# --- Daemon's own pages ---


def test_health_and_metrics(system, contest, events):
    system.post_events(contest, [events.paid(), events.paid(-1)])
    for daemon in (system.ingest, system.board):
        assert daemon.ask("GET", "/healthz").status == 200
        assert daemon.ask("GET", "/readyz").status == 200
        answer = daemon.ask("GET", "/metrics")
        assert answer.fields["content-type"].startswith("text/plain")
        lines = answer.body.decode().splitlines()
        names = {line.split("{")[0].split(" ")[0] for line in lines if line and not line.startswith("#")}
        typed = {line.split(" ")[2] for line in lines if line.startswith("# TYPE")}
        assert len(names) > 10 and all(name.startswith(("bochuang_", "process_")) for name in names)
        assert names == typed, "every figure has its type, once"
        assert len([line for line in lines if line.startswith("# TYPE")]) == len(typed)
    text = system.ingest.ask("GET", "/metrics").body.decode()
    assert 'code="out_of_range"' in text


def test_a_session_decides_the_streamer(system, contest, events):
    system.post_events(contest, [events.paid(100, session=session) for session in SESSION_STREAMER])
    system.settle(contest)
    rows = system.read(contest, "/tally?by=streamer")["rows"]
    assert {row["streamer"]: row["net_fen"] for row in rows} == {"yx-01": 200, "yx-02": 100, "yz-01": 100}


def test_a_message_is_clean_text(system, shared_contest, paid):
    """What came from outside stands in a message shortened and without control characters."""
    answer = post_one(system, shared_contest, {**paid, "id": "\x1b[31m\u202e" + "龘" * 500})
    message = answer.json["errors"][0]["message"]
    assert len(message.encode()) < 192 and "\x1b" not in message, message
    assert rfc3339(OPENS_MS).startswith("2021-11-26T08:00")
