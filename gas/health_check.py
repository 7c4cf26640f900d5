"""The health check of a worker's container: ``python -m gas.health_check``.

A worker touches its health file whenever it has heard from its queue, and at every heartbeat while it
works. A file that is older than the longest time between two touches is the file of a worker that hangs
or has lost its queue.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from gas.settings import load, setting

#: A long poll, and time for a slow answer.
SLACK_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class HealthSettings:
    """The settings that every worker and its health check share."""

    visibility_seconds: float = setting(
        "GAS_VISIBILITY_SECONDS", "after a worker died, its message comes back this much later", default=120.0
    )
    health_file: Path = setting(
        "GAS_HEALTH_FILE",
        "touched while the worker lives; the health check looks at its age",
        default=Path("/tmp/gas-health"),  # noqa: S108 - a file of the container's own.
    )


def is_healthy(settings: HealthSettings, now: float) -> bool:
    """Whether the worker has shown a sign of life lately."""
    try:
        age = now - settings.health_file.stat().st_mtime
    except FileNotFoundError:
        return False
    return age < settings.visibility_seconds / 2 + SLACK_SECONDS


if __name__ == "__main__":
    sys.exit(0 if is_healthy(load(HealthSettings), time.time()) else 1)
