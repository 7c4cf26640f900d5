"""Cancelling a job that has not ended. Its worker finds out by its next write, which is refused."""

from __future__ import annotations

from gas.errors import Refused
from gas.jobs import Job, JobStatus
from gas.transitions import CANCEL, Guard
from services.web.context import Site
from services.web.part_uploads import abort_upload
from services.web.refusals import NotAvailable

ENDED = "This job has ended already, so there is nothing to cancel."


def cancel_job(site: Site, job: Job) -> Job:
    """Stop a job; a second click finds it stopped, which is success.

    :raises NotAvailable: it has ended in another way.
    """
    job = stop_job(site, job)
    if job.status is not JobStatus.CANCELLED:
        raise NotAvailable(ENDED)
    return job


def stop_job(site: Site, job: Job) -> Job:
    """Cancel a job if it has not ended, and remove the parts of its file; the job as it is then."""
    now = site.clock()
    guard = Guard(user_id=job.user_id, now=now)
    try:
        # Kept like any other job that has ended: its file may arrive yet, and only its record leads to it.
        job = site.ports.jobs.move(job.job_id, CANCEL, guard, finished_at=now, progress=None, expires_at=None)
    except Refused:
        job = site.ports.jobs.get(job.job_id, owner=job.user_id)
    if job.status is JobStatus.CANCELLED and job.input_bytes is None:
        abort_upload(site, job)
    return job
