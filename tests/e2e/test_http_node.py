"""The daemons' HTTP server against node's (llhttp): what ours accepts, node must see as the same requests.

Both servers say what they were given (http_echo.c, http_echo.mjs). Where ours refuses, node may do what it likes: being
stricter is the point. Where some release of node, from Debian's 18 on, refuses what ours accepts, the vector is named here.
"""
import os
import random

import pytest

from http_speech import HEADS, PROBE, ROOT, Echo, Talk, as_request, closes, mutant, seeds_of_mutants, seen_in, tool, vectors, wanted_body

SEED = int(os.environ.get("HTTP_SEED", random.randrange(1 << 32)))
MUTANTS = int(os.environ.get("HTTP_MUTANTS", "4000"))

NODE_IS_STRICTER = {
    "methods are case-sensitive": "it knows no method in small letters",
    "every token character in a method": "it knows no such method",
    "Upgrade is ignored": "what follows would be another protocol's",
    "white space in an extension": "we drop what stands there, whatever it is",
    "a trailer that names a length": "we drop trailers, whatever they are",
    "a trailer that names a coding": "the same",
    "the next request stays": "half a request behind a good one: it takes back its answer",
    "a second body stays": "no request behind a good one: the same",
}


@pytest.fixture(scope="module")
def ours():
    echo = Echo(tool("http_echo"))
    yield echo
    echo.stop()


@pytest.fixture(scope="module")
def node():
    echo = Echo("node", str(ROOT / "tests/e2e/http_echo.mjs"))
    yield echo
    echo.stop()


def differ(mine, others):
    """The first request that the two saw differently, as far as both saw any."""
    for one, other in zip(mine, others):
        if one != other and not (one is None and other["body"] == b""):
            return one, other
    return None


def test_vectors(ours, node):
    compared, refused, wrong = 0, set(), []
    for vector in vectors(*HEADS, "chunks"):
        sent = as_request(vector)
        if vector["group"] != "chunks" and vector["verdict"] == 0:
            head = sent[:sent.index(b"\r\n\r\n", 2) + 4]
            sent = head + wanted_body(head)
        if vector["verdict"] != 1 and not (vector["verdict"] == 0 and closes(sent)):
            sent += PROBE
        method = [sent.lstrip(b"\r\n").split(b" ")[0]]
        if method == [b"HEAD"]:
            continue  # nothing would come back to compare
        mine, others = Talk(ours.port, sent, method), Talk(node.port, sent, method)
        if difference := differ(seen_in(mine), seen_in(others)):
            wrong.append((vector["name"], *difference))
        if len(seen_in(others)) < len(seen_in(mine)):
            refused.add(vector["name"])
        compared += len(seen_in(mine)) > 0 and len(seen_in(others)) > 0
    assert not wrong, wrong
    assert refused <= set(NODE_IS_STRICTER), refused - set(NODE_IS_STRICTER)
    assert compared > 80


# --- Mutants ---


def test_mutants(ours, node):
    print("HTTP_SEED", SEED)
    choose, seeds = random.Random(SEED), seeds_of_mutants()
    accepted = 0
    for _ in range(MUTANTS):
        sent = mutant(choose, seeds)
        if b"HEAD" in sent or b"CONNECT" in sent:
            continue
        mine, others = seen_in(Talk(ours.port, sent)), seen_in(Talk(node.port, sent))
        assert not (difference := differ(mine, others)), (SEED, sent, difference)
        accepted += bool(mine)
    assert accepted > MUTANTS / 20, "most were refused: they say little"
