"""Deleting a job for good. The record is written first and then announced; the archiver removes the rest.

Should this process die between the two, the sweep announces it (`services.archiver.sweep`).
"""

from __future__ import annotations

from gas.errors import Refused
from gas.jobs import Job, JobStatus
from gas.messages import DeletionRequested
from gas.transitions import DELETE, Guard
from services.web.cancelling import stop_job
from services.web.context import Site
from services.web.refusals import NotAvailable

#: For so long the record says that there was a job, so that whatever comes late for it finds out.
TOMBSTONE_SECONDS = 30 * 24 * 3600

DELETABLE = DELETE.status_from

_BUSY = "This job is not finished. Cancel it first, or choose to cancel and delete it."


def delete_job(site: Site, job: Job, *, cancel: bool = False) -> None:
    """Delete a job with everything that belongs to it. A second click asks for the removal again.

    :param cancel: whether a job that is queued or running is cancelled first.
    :raises NotAvailable: it is queued or running, and is not to be cancelled.
    """
    if job.status not in DELETABLE and cancel:
        job = stop_job(site, job)
    try:
        _record(site, job)
    except Refused:
        if site.ports.jobs.get(job.job_id, owner=job.user_id).status is not JobStatus.DELETED:
            raise NotAvailable(_BUSY) from None
    site.ports.bus.publish(DeletionRequested(job.job_id))


def _record(site: Site, job: Job) -> None:
    now = site.clock()
    site.ports.jobs.move(
        job.job_id,
        DELETE,
        Guard(user_id=job.user_id, now=now),
        deleted_at=now,
        expires_at=int(now) + TOMBSTONE_SECONDS,
        progress=None,
    )
