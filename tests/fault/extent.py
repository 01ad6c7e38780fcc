"""How much is tried: short in `make test`, long in `make soak`; and what it came to."""
import os

SOAK_MINUTES = float(os.environ.get("SOAK_MINUTES", "0"))


def extent(name, short, long):
    """A number that the environment can set: FAULT_CYCLES=600 and so on."""
    return int(os.environ.get(name) or (long if SOAK_MINUTES else short))


def report(figures):
    """Says what a test did, also to whoever gathers it (make soak)."""
    print(figures)
    if path := os.environ.get("FAULT_FIGURES"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(figures + "\n")
