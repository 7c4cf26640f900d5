"""Claiming a job: one worker at a time, and never again once it has finished."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

import structlog

from gas.errors import NotFound, NotYet, PutOff, Refused
from gas.jobs import Job, JobStatus
from gas.messages import JobSubmitted, encode
from gas.ports import JobQueue, JobStore
from gas.transitions import CLAIM, EXTEND_LEASE, RECLAIM, RELEASE, Guard
from services.annotator.turns import check_turn

log = structlog.get_logger()


def claim_job(
    message: JobSubmitted, jobs: JobStore, queue: JobQueue, *, now: float, lease_seconds: float
) -> Job | None:
    """The job, now leased to the caller; or the finished job, not to be worked on; or None if there is none.

    Every claim has a lease token of its own, so that a worker whose lease lapsed cannot be mistaken for
    the one that took over, even when both are the same process.

    :raises PutOff: it is not its turn, or another worker has the lease; the message is worth looking at when
        that would lapse.
    :raises NotYet: another worker was faster.
    """
    job = _job_of_upload(message, jobs)
    if job is None or job.finished:
        return job
    if job.status is JobStatus.RUNNING and job.lease_expires > now:
        # However long it does: a job that was taken before its own message came is met here again and again.
        waits = job.lease_expires - now
        raise PutOff("another worker holds the lease", later=encode(message), seconds=waits)
    check_turn(message, job, jobs, queue, now=now)
    transition = RECLAIM if job.status is JobStatus.RUNNING else CLAIM
    try:
        return jobs.move(
            job.job_id,
            transition,
            Guard(now=now),
            lease_owner=str(uuid.uuid4()),
            lease_expires=now + lease_seconds,
            attempt=job.attempt + 1,
            queued_at=now if job.queued_at is None else job.queued_at,
            started_at=now,
            expires_at=None,
            progress=None,
        )
    except Refused as error:
        raise NotYet("another worker was faster", retry_after=lease_seconds) from error


def extend_lease(job: Job, jobs: JobStore, *, until: float, **changes: Any) -> None:
    """Keep the job, and set these fields of it; `Refused` if it was taken over by another or cancelled."""
    jobs.move(job.job_id, EXTEND_LEASE, Guard(owner=job.lease_owner), lease_expires=until, **changes)


def release_lease(job: Job, jobs: JobStore, *, attempt: int, now: float) -> None:
    """Let another worker begin at once; where this fails, the lease lapses by itself."""
    with suppress(Exception):
        jobs.move(
            job.job_id,
            RELEASE,
            Guard(owner=job.lease_owner, now=now),
            lease_owner="",
            lease_expires=0.0,
            attempt=attempt,
            progress=None,
            queued_at=job.queued_at,  # It keeps its place in the queue.
        )


def _job_of_upload(message: JobSubmitted, jobs: JobStore) -> Job | None:
    try:
        job = jobs.get(message.job_id)
    except NotFound:
        log.warning("job.unknown", key=message.key)
        return None
    if job.input_key != message.key:
        log.warning("job.other_key", key=message.key)
        return None
    return job
