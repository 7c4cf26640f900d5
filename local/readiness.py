"""Waiting until something answers: a health address, or a file that a worker keeps fresh."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

POLL_S = 0.1
ANSWER_S = 2.0


class NotReady(Exception):
    """The time was over first."""


def answers(address: str) -> bool:
    """Whether a health address says 200."""
    try:
        # Only the addresses of this machine's own services come here.
        with urllib.request.urlopen(address, timeout=ANSWER_S) as response:  # noqa: S310
            return bool(response.status == HTTPStatus.OK)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def touched_since(file: Path, moment: float) -> bool:
    """Whether a health file was written after the moment: one left from an earlier run does not count."""
    try:
        return file.stat().st_mtime >= moment
    except FileNotFoundError:
        return False


def wait_until_ready(
    name: str,
    health: str | Path,
    timeout_s: float,
    since: float = 0.0,
    gave_up: Callable[[], bool] = lambda: False,
) -> None:
    """Return once the address answers or the file is fresh; raise NotReady at the deadline."""
    deadline = time.monotonic() + timeout_s
    while not (answers(health) if isinstance(health, str) else touched_since(health, since)):
        if gave_up() or time.monotonic() >= deadline:
            raise NotReady(f"{name} was not ready within {timeout_s:g} s ({health})")
        time.sleep(POLL_S)
