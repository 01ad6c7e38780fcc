#!/usr/bin/python3
"""under_unit_filter.py UNIT COMMAND…: runs the command with no capabilities, under the filter of system calls that the unit sets.

As systemd would: the lists of SystemCallFilter= in turn, groups as `systemd-analyze syscall-filter` has them.
"""
import ctypes
import errno
import os
import re
import subprocess
import sys

import seccomp

PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24


def group_members(name, seen=()):
    """The calls of a group such as @system-service, those of the groups in it too."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in listed.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    calls = set()
    for word in words:
        calls |= group_members(word, (*seen, name)) if word.startswith("@") else {word}
    return calls


def allowed_calls(unit):
    with open(unit, encoding="utf-8") as file:
        lines = re.findall(r"^SystemCallFilter=(~?)(.*)$", file.read(), re.M)
    allowed = group_members("@default")
    for sign, words in lines:
        for word in words.split():
            calls = group_members(word) if word.startswith("@") else {word}
            allowed = allowed - calls if sign else allowed | calls
    return allowed | group_members("@default")


def drop_capabilities():
    """What is not in the bounding set, root does not get at exec either (CapabilityBoundingSet=)."""
    prctl = ctypes.CDLL(None).prctl
    capability = 0
    while prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0:
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        capability += 1


def main():
    unit, *command = sys.argv[1:]
    calls = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for call in allowed_calls(unit):
        try:
            calls.add_rule(seccomp.ALLOW, call)
        except RuntimeError:
            pass  # of another machine
    drop_capabilities()
    calls.load()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
