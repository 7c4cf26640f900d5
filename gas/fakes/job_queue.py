"""The fake of the queue of jobs."""

from __future__ import annotations

from collections.abc import Sequence

from gas.fair_share import QueueEntry
from gas.fakes.records import FakeJobStore
from gas.jobs import Job
from gas.transitions import STAGES, Stage


class FakeJobQueue:
    """Shows the jobs of a fake store.

    :ivar outage: raised by every call while it is set.
    """

    def __init__(self, jobs: FakeJobStore) -> None:
        self._jobs = jobs
        self.outage: Exception | None = None

    def waiting(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """See `gas.ports.JobQueue`."""
        return self._entries(Stage.WAITING, since)[:limit]

    def running(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """See `gas.ports.JobQueue`."""
        return self._entries(Stage.RUNNING, since)[:limit]

    def ended(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """See `gas.ports.JobQueue`."""
        return self._entries(Stage.ENDED, since)[::-1][:limit]

    def _entries(self, stage: Stage, since: float) -> list[QueueEntry]:
        if self.outage is not None:
            raise self.outage
        there = [(_since(job), job) for job in list(self._jobs.jobs.values()) if _stage(job) is stage]
        there.sort(key=lambda pair: (pair[0], pair[1].job_id))
        return [_entry(job) for at, job in there if at >= since]


def _stage(job: Job) -> Stage | None:
    return STAGES[job.status][0] if job.status in STAGES else None


def _since(job: Job) -> float:
    at: float | None = getattr(job, STAGES[job.status][1])
    return job.submit_time if at is None else at


def _entry(job: Job) -> QueueEntry:
    return QueueEntry(
        job_id=job.job_id,
        user_id=job.user_id,
        queued_at=next(at for at in (job.queued_at, job.started_at, job.submit_time) if at is not None),
        input_bytes=job.input_bytes,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
