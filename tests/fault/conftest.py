import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "e2e", HERE.parent / "model"):
    sys.path.insert(0, str(folder))


@pytest.fixture
def seed(request):
    """FAULT_SEED repeats a run; without it each run is another one. A failure prints it."""
    value = int(os.environ.get("FAULT_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"\nto repeat: FAULT_SEED={value} pytest {request.node.nodeid}")
    return value
