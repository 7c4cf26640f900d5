"""Queues of other users' jobs, as a page of one user meets them."""

from __future__ import annotations

from gas.jobs import JobStatus
from tests.unit.web.builders import NOW, World

STRANGER = "stranger"


def add_ended(world: World, count: int, *, seconds: float, size: int = 900, ago: float = 1800.0) -> None:
    """Jobs that ended long enough ago to count in no order, one after the other."""
    for number in range(count):
        started = NOW - ago - number * seconds * 1.5
        world.add(
            job_id=f"ended-{ago}-{number}",
            user_id="earlier",
            status=JobStatus.COMPLETED,
            input_bytes=size,
            queued_at=started,
            started_at=started,
            finished_at=started + seconds * (0.8 + 0.4 * number / count),
        )


def add_running(world: World, count: int, *, user_id: str = STRANGER, elapsed: float = 30.0) -> None:
    for number in range(count):
        world.add(
            job_id=f"running-{user_id}-{number}",
            user_id=user_id,
            status=JobStatus.RUNNING,
            input_bytes=900,
            queued_at=NOW - elapsed - 1,
            started_at=NOW - elapsed,
        )


def add_waiting(world: World, count: int, *, user_id: str = STRANGER, since: float = NOW - 300) -> None:
    for number in range(count):
        world.add(
            job_id=f"waiting-{user_id}-{number}",
            user_id=user_id,
            status=JobStatus.PENDING,
            input_bytes=900,
            queued_at=since + number,
        )
