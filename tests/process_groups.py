"""Looking at process groups from outside, through proc(5)."""

from __future__ import annotations

from pathlib import Path


def members(group: int) -> list[int]:
    """The processes of a group that have not ended."""
    return [pid for pid, state, its_group in _processes() if its_group == group and state not in "ZX"]


def remains(group: int) -> list[int]:
    """The processes of a group, with those that have ended and were not waited for."""
    return [pid for pid, _, its_group in _processes() if its_group == group]


def _processes():
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of the command, in brackets, may hold anything; state, parent and group follow it.
            state, _, group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # It ended in between.
        yield int(path.parent.name), state, int(group)
