"""A job once more, with a copy of its stored input: no upload, and other settings if wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gas.accounts import Account
from gas.errors import NotFound
from gas.jobs import Job, JobStatus
from services.web.context import Site
from services.web.refusals import NotStored
from services.web.submission import JobRequest, add_once, new_job, queue_job

_GONE = "The file of this job is no longer stored. Please upload it again."


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to be otherwise; empty: as before.

    :ivar form_id: see `services.web.once`.
    """

    name: str = ""
    genome: str = ""
    mode: str = ""
    form_id: str = ""


def run_again(site: Site, account: Account, job: Job, changes: Changes) -> Job:
    """Record a job, copy the input to its place, and queue it: the new job.

    The copy's own event would queue it as well. The same form sent again finds the job of the first time, and
    goes on where that one has stopped.

    :raises NotStored: the input is gone, or never came.
    """
    request = JobRequest(
        file_name=job.file_name,
        size=_stored_size(site, job),
        name=changes.name or job.name,
        genome=changes.genome or job.genome,
        mode=changes.mode or job.mode,
    )
    new = replace(new_job(site, account, request), copy_of=job.job_id)
    new = add_once(site, new, changes.form_id)
    if new.status is not JobStatus.AWAITING_UPLOAD:
        return new
    site.ports.input_copies.copy(job.input_key, new.input_key)
    return queue_job(site, new, request.size)


def _stored_size(site: Site, job: Job) -> int:
    if job.status is JobStatus.AWAITING_UPLOAD:
        raise NotStored(_GONE)
    try:
        return site.ports.inputs.stat(job.input_key).size
    except NotFound:
        raise NotStored(_GONE) from None
