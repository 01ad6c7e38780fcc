import itertools
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contests import Events, make_contest  # noqa: E402
from harness import System  # noqa: E402

POOL_SIZE = 64  # as many as a daemon serves


class Pool:
    """One system for all tests that leave the daemons alone; each test gets a contest of its own."""

    def __init__(self, shards):
        self.system = System([make_contest(f"pool-{number:02d}") for number in range(POOL_SIZE)], shards=shards)
        self.numbers = itertools.count()

    def next_contest(self):
        number = next(self.numbers)
        assert number < POOL_SIZE, "more tests than contests: raise POOL_SIZE, or share one"
        return f"pool-{number:02d}"


@pytest.fixture(scope="session")
def pool():
    pool = Pool(shards=3)
    with pool.system:
        yield pool


@pytest.fixture
def system(pool):
    """The shared system. Tests that stop or kill something make their own."""
    assert pool.system.ingest.running and pool.system.board.running
    return pool.system


@pytest.fixture
def contest(pool):
    """The id of a contest that nobody else uses."""
    return pool.next_contest()


@pytest.fixture(scope="module")
def shared_contest(pool):
    """A contest for all tests of a file: for those that leave no trace, or whose events have ids of their own."""
    return pool.next_contest()


@pytest.fixture
def events():
    return Events()
