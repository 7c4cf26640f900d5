"""Whose turn it is: before a job is claimed, those of other users that come first in the fair order.

A message says that a job is there, and brings an annotator to look; which job is taken then, the queue of
all jobs says (`gas.fair_share`, docs/decisions/0010-fair-share.md).
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

import structlog

from gas.errors import NotFound, PutOff, Refused
from gas.fair_share import RECENT_SECONDS, QueueEntry, fair_order, places_before
from gas.jobs import Job, JobStatus
from gas.messages import JobSubmitted, encode
from gas.ports import JobQueue, JobStore
from gas.transitions import CONFIRM_UPLOAD, QUEUE_SECONDS, Guard

log = structlog.get_logger()

#: Jobs of one kind that are looked at; whoever comes after that many is not seen until others are done.
MOST_ENTRIES = 5_000

#: A job that was put off so often is taken whatever the order says, so that none waits for ever.
MAX_YIELDS = 50

#: When a message that was put off is received again: soon, for another annotator may be free.
YIELD_SECONDS = 2.0

#: How many jobs that come first are looked at, in case the index is behind and others have taken them.
_CANDIDATES = 3


def check_turn(message: JobSubmitted, job: Job, jobs: JobStore, queue: JobQueue, *, now: float) -> None:
    """Do nothing if this job may be taken now.

    A job that has run before, on a worker that died, has had its turn.

    :raises PutOff: another job is to be taken instead.
    """
    if job.status is JobStatus.RUNNING or message.yielded >= MAX_YIELDS:
        return
    first = _first_before(job, jobs, queue, now)
    if first is None:
        return
    _note_arrival(job, jobs, now)
    raise PutOff(
        f"job {first.job_id} comes first",
        later=encode(JobSubmitted(message.job_id, message.key, message.yielded + 1)),
        seconds=YIELD_SECONDS,
        instead=encode(JobSubmitted(first.job_id, first.input_key, MAX_YIELDS)),
    )


def _first_before(job: Job, jobs: JobStore, queue: JobQueue, now: float) -> Job | None:
    """The job that is to be taken instead; None also while the queue cannot be read."""
    try:
        found = (_waiting(entry.job_id, jobs) for entry in islice(_before(job, queue, now), _CANDIDATES))
        return next((each for each in found if each is not None), None)
    except Exception as error:  # noqa: BLE001 - without the order, jobs are taken as they come.
        log.warning("queue.not_read", error=str(error))
        return None


def _before(job: Job, queue: JobQueue, now: float) -> list[QueueEntry]:
    waiting = list(queue.waiting(MOST_ENTRIES, since=now - QUEUE_SECONDS))
    others = any(entry.user_id != job.user_id for entry in waiting)
    if not others:
        return []
    if all(entry.job_id != job.job_id for entry in waiting):
        waiting.append(QueueEntry(job_id=job.job_id, user_id=job.user_id, queued_at=job.queued_at or now))
    ended = queue.ended(MOST_ENTRIES, since=now - RECENT_SECONDS)
    return places_before(fair_order(waiting, queue.running(MOST_ENTRIES), ended), job.job_id)


def _waiting(job_id: str, jobs: JobStore) -> Job | None:
    """The job, if it still waits."""
    try:
        job = jobs.get(job_id)
    except NotFound:
        return None
    return job if job.status is JobStatus.PENDING else None


def _note_arrival(job: Job, jobs: JobStore, now: float) -> None:
    """A job whose page has not said that the file is there waits like any other from now on."""
    if job.status is JobStatus.AWAITING_UPLOAD:
        with suppress(Refused, NotFound):
            jobs.move(job.job_id, CONFIRM_UPLOAD, Guard(now=now), queued_at=now, expires_at=None)
