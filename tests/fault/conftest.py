import os
import signal
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "e2e", HERE.parent / "model"):
    sys.path.insert(0, str(folder))

# Freed memory that a sanitizer keeps back would hide what a daemon keeps (I6).
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=16"

from extent import SOAK_MINUTES  # noqa: E402

LONGEST_S = 600 + (1800 + int(SOAK_MINUTES * 60) if SOAK_MINUTES else 0)


@pytest.fixture
def seed(request):
    """FAULT_SEED repeats a run; without it each run is another one. A failure prints it."""
    value = int(os.environ.get("FAULT_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"\nto repeat: FAULT_SEED={value} pytest {request.node.nodeid}")
    return value


@pytest.fixture(autouse=True)
def ends_in_time():
    """A test that hangs fails, and cleans up after itself."""
    def too_long(*_):
        raise AssertionError(f"not done within {LONGEST_S} s")
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LONGEST_S)
    yield
    signal.alarm(0)
