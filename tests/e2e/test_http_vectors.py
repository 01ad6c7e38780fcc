"""Every vector of strict HTTP over a real socket, to both real daemons: any doubt is answered once, and the connection closes."""
import pytest

from contests import make_contest
from harness import System
from http_speech import HEADS, PROBE, Talk, as_request, closes, vectors, wanted_body

MORE = 1


@pytest.fixture(scope="module")
def daemons():
    with System([make_contest("vectors")]) as system:
        yield {"ingest": system.ingest, "board": system.board}


def count(daemon, name):
    for line in daemon.ask("GET", "/metrics").body.decode().splitlines():
        if line.startswith(f"bochuang_{daemon.name.split('-')[0]}_http_{name}_total "):
            return int(line.split()[1])
    raise AssertionError(name)


def method_of(sent):
    return sent.lstrip(b"\r\n").split(b" ", 1)[0]


@pytest.mark.parametrize("side", ["ingest", "board"])
@pytest.mark.parametrize("group", HEADS)
def test_heads(daemons, side, group):
    daemon, wrong = daemons[side], []
    for vector in vectors(group):
        sent = as_request(vector)
        if vector["verdict"] == MORE:
            expected = []
            talk = Talk(daemon.port, sent)
        elif vector["verdict"] != 0:
            expected = [vector["verdict"]]
            talk = Talk(daemon.port, sent + PROBE, half_close=False)
            if talk.answers and talk.answers[0][1].get(b"connection") != b"close":
                wrong.append((vector["name"], "does not say that it closes"))
        else:
            head = sent[:sent.index(b"\r\n\r\n", 2) + 4]
            body = wanted_body(head)
            too_large = body != b"0\r\n\r\n" and len(body) > (1 if side == "board" else 1 << 15)
            talk = Talk(daemon.port, head + body + PROBE, [method_of(head)], half_close=False)
            expected = [413] if too_large else ["any"] if closes(head) else ["any", 404]
        statuses = talk.statuses
        if expected[:1] == ["any"] and statuses and statuses[0] not in (400, 413, 414, 417, 431, 501, 505):
            statuses = ["any", *statuses[1:]]
        if statuses != expected or not talk.closed:
            wrong.append((vector["name"], expected, talk.statuses, talk.closed))
    assert not wrong, wrong


@pytest.mark.parametrize("side", ["ingest", "board"])
def test_chunked_bodies(daemons, side):
    daemon, wrong = daemons[side], []
    for vector in vectors("chunks"):
        sent = as_request(vector)
        good = vector["verdict"] == 0
        # The board takes no body to speak of: what is larger is refused as such, if nothing else is wrong before.
        refusals = {vector["verdict"], 413} if side == "board" else {vector["verdict"]}
        talk = Talk(daemon.port, sent if vector["verdict"] == MORE else sent + (b"" if good else PROBE), half_close=vector["verdict"] == MORE or good)
        if vector["verdict"] == MORE:
            fits = talk.statuses == [] or (side == "board" and talk.statuses == [413])
        elif good:
            behind = [400] if vector["name"] == "a second body stays" else []
            fits = talk.statuses in ([404, *behind], [405, *behind]) or (side == "board" and talk.statuses == [413])
        else:
            fits = len(talk.statuses) == 1 and talk.statuses[0] in refusals
        if not fits or not talk.closed:
            wrong.append((vector["name"], vector["verdict"], talk.statuses, talk.closed))
    assert not wrong, wrong


def test_each_refusal_is_counted(daemons):
    for daemon in daemons.values():
        before = count(daemon, "bad_requests")
        Talk(daemon.port, b"GET / HTTP/1.1\nHost: a\n\n")
        assert count(daemon, "bad_requests") == before + 1


def test_there_are_two_hundred_and_more():
    assert len(vectors(*HEADS)) >= 250 and len(vectors("chunks")) >= 60
