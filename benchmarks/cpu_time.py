"""CPU time of processes that go on."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.launch import with_descendants

_TICKS = os.sysconf("SC_CLK_TCK")


def started_process(words: str) -> int:
    """The process started by this one whose command has these words."""
    for pid in with_descendants([os.getpid()])[1:]:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if words in command:
            return pid
    raise RuntimeError(f"no process was started with: {words}")


def cpu_seconds(pid: int) -> float:
    """Of a process and all that it has started and that are still there."""
    return sum(_own_seconds(each) for each in with_descendants([pid]))


def _own_seconds(pid: int) -> float:
    try:
        # Behind the name of the program, which may hold blanks: fields 14 and 15 of proc(5).
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(numbers[11]) + int(numbers[12])) / _TICKS
