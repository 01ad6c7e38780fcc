"""Who asks too often, guesses tokens, or comes from another site; and that no token stands in any log line."""
import re
import time

import pytest

from contests import make_contest
from harness import System, ask

CONTEST = "access"
PATH = f"/v1/contests/{CONTEST}"
GUESS = "bc_aaaaaaaaaa_" + "b" * 32
ORIGIN = "https://example.org"


def start(*ingest_flags, board_flags=()):
    system = System([make_contest(CONTEST)], ingest_flags=ingest_flags)
    system.board.command += board_flags
    return system


def post(system, token, body=b"[]"):
    return system.ingest.ask("POST", f"{PATH}/events", body, token, Content_Type="application/json")


def most(per_minute, began):
    """So many at once, and what has come back since."""
    return per_minute * (1 + (time.monotonic() - began) / 60) + 1


def must_wait(answer):
    assert (answer.status, answer.code) == (429, "too_many_requests"), answer
    assert 1 <= int(answer.fields["retry-after"]) <= 60


@pytest.fixture(scope="module")
def guarded():
    flags = ("--failed-tokens-per-minute", "100")
    with start(*flags, board_flags=flags) as system:
        system.began = time.monotonic()
        system.token(CONTEST, "connector")
        system.token(CONTEST, "judge")
        yield system


@pytest.mark.parametrize("side", ["ingest", "board"])
def test_guessing_is_slowed_and_good_tokens_are_not(guarded, events, side):
    began = time.monotonic()
    if side == "ingest":
        answers = [post(guarded, GUESS) for _ in range(120)]
    else:
        answers = [guarded.get(CONTEST, "/audit", GUESS) for _ in range(120)]
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {401, 429} and statuses[-1] == 429, statuses
    assert statuses.count(401) <= most(100, began)
    must_wait(answers[-1])
    assert guarded.post_events(CONTEST, [events.paid(1)]).status == 202, "a good token is not held up by bad ones"
    assert guarded.get(CONTEST, "/audit", guarded.token(CONTEST, "judge")).status == 200
    assert guarded.get(CONTEST, "/totals").status == 200, "the public needs no token, so it cannot guess one"


@pytest.mark.parametrize("side", ["ingest", "board"])
def test_what_is_refused_is_counted_and_said(guarded, side):
    """For the operator: how often and from where, in a line now and then, and in figures."""
    daemon = getattr(guarded, side)
    name = f"bochuang_{'ingest' if side == 'ingest' else 'aggregator'}_gate_"

    def figure(what):
        line = next(line for line in daemon.ask("GET", "/metrics").body.decode().splitlines() if line.startswith(f"{name}{what}_total "))
        return int(line.split()[1])
    before = figure("wrong_tokens"), figure("guesses_limited")
    answers = [post(guarded, GUESS) if side == "ingest" else guarded.get(CONTEST, "/audit", GUESS) for _ in range(130)]
    limited = [answer.status for answer in answers].count(429)
    assert limited > 0
    assert (figure("wrong_tokens"), figure("guesses_limited")) == (before[0] + 130, before[1] + limited)
    assert re.search(r"warn bochuang-\w+: refused: [1-9]\d* with a wrong token, .* the last from 127\.0\.0\.1\n", daemon.said())
    assert daemon.said().count("refused: ") <= 2 + (time.monotonic() - guarded.began) / 10, "one line in ten seconds, not one a request"


def test_a_token_that_may_not_is_limited_too():
    """A token of another role, or of another contest, asks as often as any other: no more."""
    flags = ("--token-requests-per-minute", "50", "--failed-tokens-per-minute", "50")
    system = System([make_contest(CONTEST), make_contest("access-2")], ingest_flags=flags)
    with system:
        for token in (system.token(CONTEST, "judge"), system.token("access-2", "connector")):
            statuses = [post(system, token).status for _ in range(60)]
            assert set(statuses) == {403, 429} and statuses[-1] == 429, statuses


def test_no_token_in_any_log_line(guarded):
    post(guarded, GUESS)
    guarded.get(CONTEST, "/audit", GUESS)
    guarded.ingest.ask("GET", f"{PATH}/events?token={GUESS}")
    guarded.board.ask("GET", f"{PATH}/totals?token={GUESS}")
    secrets = [GUESS[14:], *(token[14:] for token in guarded.tokens.values())]
    for process in (guarded.ingest, guarded.board, guarded.redis):
        said = process.said(1 << 22)
        assert said and not [secret for secret in secrets if secret in said]
        if process is not guarded.redis:
            metrics = process.ask("GET", "/metrics").body.decode()
            assert not [secret for secret in secrets if secret in metrics]


def test_requests_of_one_token_are_limited(events):
    flags = ("--token-requests-per-minute", "50")
    with start(*flags, board_flags=flags) as system:
        connector, judge = system.token(CONTEST, "connector"), system.token(CONTEST, "judge")
        began = time.monotonic()
        answers = [system.post_events(CONTEST, [events.paid(10)], token=connector) for _ in range(80)]
        accepted = [answer for answer in answers if answer.status == 202]
        must_wait(answers[-1])
        assert 40 <= len(accepted) <= most(50, began)
        assert post(system, system.token(CONTEST, "streamer", "yx-01")).status != 429, "each token has its own"
        totals = system.totals(CONTEST)
        assert totals["orders"] == len(accepted), "what was answered 429 was not taken"
        reads = [system.get(CONTEST, "/audit", judge).status for _ in range(80)]
        assert reads[-1] == 429


def test_requests_of_one_address_are_limited():
    flags = ("--address-requests-per-minute", "200")
    with start(*flags, board_flags=flags) as system:
        must_wait([post(system, None) for _ in range(230)][-1])
        must_wait([system.get(CONTEST, "/totals") for _ in range(230)][-1])
        for daemon in (system.ingest, system.board):
            assert daemon.ask("GET", "/readyz").status == 200, "who watches over the daemon is not a client"


def test_security_headers(guarded):
    for answer in (post(guarded, None), guarded.ingest.ask("GET", "/healthz"), guarded.get(CONTEST, "/totals"),
                   guarded.board.ask("GET", "/nowhere")):
        assert answer.fields["x-content-type-options"] == "nosniff"
        assert answer.fields["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.fields["cache-control"] == "no-store"
    page = guarded.board.ask("GET", "/")
    assert page.fields["content-security-policy"].startswith("default-src 'self'")
    assert page.fields["content-security-policy"].count("default-src") == 1, "the pages keep their own policy"


def test_other_sites_are_kept_out_unless_they_are_set():
    with start(board_flags=("--cors-origins", ORIGIN)) as system:
        def from_site(method, path, origin, **fields):
            return ask(system.board.port, method, path, Origin=origin, **fields)

        answer = from_site("GET", f"{PATH}/totals", ORIGIN)
        assert (answer.status, answer.fields["access-control-allow-origin"], answer.fields["vary"]) == (200, ORIGIN, "Origin")
        refused = from_site("GET", f"{PATH}/nowhere", ORIGIN)
        assert (refused.status, refused.fields["access-control-allow-origin"]) == (404, ORIGIN)
        preflight = from_site("OPTIONS", f"{PATH}/audit", ORIGIN, Access_Control_Request_Method="GET")
        assert preflight.status == 204 and "Authorization" in preflight.fields["access-control-allow-headers"]
        for other in ("https://example.com", "null", ORIGIN + ".example.com", None):
            answer = from_site("GET", f"{PATH}/totals", other)
            assert answer.status == 200 and "access-control-allow-origin" not in answer.fields
            assert from_site("OPTIONS", f"{PATH}/audit", other, Access_Control_Request_Method="GET").status == 405


def test_a_page_of_an_origin_that_is_set_may_post(events):
    """The desk is a page of the board, and posts to ingest: another origin, so a browser asks first."""
    with start("--cors-origins", ORIGIN) as system:
        def from_site(method, origin, body=None, token=None, **fields):
            return ask(system.ingest.port, method, f"{PATH}/actions", body, Origin=origin,
                       Authorization=token and f"Bearer {token}", **fields)

        asks_first = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,content-type"}
        preflight = from_site("OPTIONS", ORIGIN, **asks_first)
        assert (preflight.status, preflight.fields["access-control-allow-origin"]) == (204, ORIGIN)
        assert preflight.fields["access-control-allow-methods"] == "POST"
        assert preflight.fields["access-control-allow-headers"] == "Authorization, Content-Type"
        assert "access-control-allow-credentials" not in preflight.fields, "tokens stand in a field, not in a cookie"

        freeze = b'{"id":"f1","type":"freeze"}'
        organiser = system.token(CONTEST, "organiser")
        done = from_site("POST", ORIGIN, freeze, organiser, Content_Type="application/json")
        assert (done.status, done.fields["access-control-allow-origin"], done.fields["vary"]) == (202, ORIGIN, "Origin")
        assert "Retry-After" in done.fields["access-control-expose-headers"]
        refused = from_site("POST", ORIGIN, freeze, GUESS, Content_Type="application/json")
        assert (refused.status, refused.fields["access-control-allow-origin"]) == (401, ORIGIN), "the page can read why"
        for other in ("https://example.com", "null", None):
            assert from_site("OPTIONS", other, **asks_first).status == 405
            assert "access-control-allow-origin" not in from_site("POST", other, freeze, organiser).fields


def test_the_pages_know_where_to_post_and_may_go_nowhere_else(guarded):
    ingest = f"http://127.0.0.1:{guarded.ingest.port}"
    assert guarded.board.ask("GET", "/v1/addresses").json == {"ingest": ingest}
    policy = guarded.board.ask("GET", "/").fields["content-security-policy"]
    assert f"connect-src 'self' {ingest};" in policy


def test_a_token_says_whose_it_is(guarded):
    for role, streamer in (("streamer", "yx-01"), ("judge", None), ("organiser", None), ("connector", None)):
        answer = guarded.get(CONTEST, "/token", guarded.token(CONTEST, role, streamer))
        assert (answer.status, answer.json["role"], answer.json["streamer"]) == (200, role, streamer)
    assert guarded.get(CONTEST, "/token").status == 401
    assert guarded.get(CONTEST, "/token", GUESS).status in (401, 429)


@pytest.mark.parametrize("wrong", ["https://example.org/x", "'unsafe-inline'", "https://a; script-src *", "https://" + "a" * 300])
def test_an_address_of_ingest_is_nothing_but_an_origin(wrong):
    system = start(board_flags=("--ingest-url", wrong))
    try:
        system.board.start(wait=False)
        assert system.board.wait() == 2
        assert "ingest_url: expected an origin" in system.board.said()
    finally:
        system.clean()


@pytest.mark.parametrize("wrong", ["*", "example.org", "https://example.org/", "https://a b"])
def test_what_is_no_origin_is_refused(wrong):
    system = start(board_flags=("--cors-origins", wrong))
    try:
        system.board.start(wait=False)
        assert system.board.wait() == 2
        assert "expected an origin" in system.board.said()
    finally:
        system.clean()
