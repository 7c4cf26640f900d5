"""Plays random histories, in batches with seeds of their own.

From the command line as many as one likes: ``python -m tests.unit.life.play --examples 200000``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.life.archive_machine import ArchiveMachine
from tests.unit.life.stage import without_heartbeats

STEPS = 14

#: Files in memory, where there is such a place: the annotator writes and removes some in every history.
MEMORY = Path("/dev/shm")
BATCH = 5000


def play(examples: int, *, number: int = 0) -> None:
    """Play so many histories, the same ones for the same number; fail with the smallest that fails."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
        _play(Path(scratch), examples, number)


def _play(scratch: Path, examples: int, number: int) -> None:
    machine = seed(number)(type("ArchiveMachine", (ArchiveMachine,), {"scratch": scratch}))
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    with silent_logs(), without_heartbeats():
        run_state_machine_as_test(machine, settings=how)


@contextmanager
def silent_logs() -> Iterator[None]:
    """Half of the time would go into lines that nobody reads."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    try:
        yield
    finally:
        structlog.configure(**before)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=BATCH)
    parser.add_argument("--seed", type=int, default=0, help="number of the first batch")
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    for number in range(-(-asked.examples // BATCH)):
        play(min(BATCH, asked.examples - number * BATCH), number=asked.seed + number)
        done = min(asked.examples, (number + 1) * BATCH)
        sys.stdout.write(f"{done} histories in {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
