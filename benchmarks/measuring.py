"""What whole processes take: time by the clock, CPU time, memory."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
_LAUNCH = Path(__file__).with_name("launch.py")
_ERROR_BYTES = 2_000


@dataclass(frozen=True)
class Measured:
    """One run of a pipeline.

    :ivar seconds: by the clock, from the start of the first process to the end of the last.
    :ivar user: CPU seconds of all processes and of those that they started.
    :ivar system: the same, in the kernel.
    :ivar peak_kb: the most memory that one process had (RSS, with what it shares).
    :ivar pss_kb: the same with shared pages divided among those who share them, or 0 if nobody watched.
    :ivar together_kb: the most that all processes had together, likewise.
    """

    seconds: float
    user: float
    system: float
    peak_kb: int
    pss_kb: int
    together_kb: int


def measure(commands: Sequence[Sequence[str]], output: Path, *, watched: bool = False) -> Measured:
    """Run a pipeline.

    :param output: where the last command's standard output goes.
    :param watched: look at the memory all the time, which takes time itself.
    :raises RuntimeError: if one of the commands fails, with what it said.
    """
    words = [word for command in commands for word in ("|", *command)][1:]
    launch = [sys.executable, "-I", "-S", str(_LAUNCH), str(output), str(int(watched)), *words]
    done = subprocess.run(launch, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} has failed: {done.stderr[-_ERROR_BYTES:]}")
    seconds, user, system, *kilobytes = done.stdout.split()
    return Measured(float(seconds), float(user), float(system), *map(int, kilobytes))


def _environment() -> dict[str, str]:
    """One in which the tools sort and print alike everywhere."""
    return {**os.environ, "LC_ALL": "C"}
