"""The jobs of the present user. A job that was deleted is no job any more, nor is that of another user."""

from __future__ import annotations

from flask import g

from gas.accounts import Account
from gas.errors import NotFound
from gas.jobs import Job, JobStatus
from services.web.context import Site, site
from services.web.identity import current_account


def owned_job(job_id: str) -> Job:
    """The job of this id, for the user of the present request; `NotFound` if there is none."""
    # It was read with the account if it is the one in the address. A second look is a new one.
    job: Job | None = g.pop("addressed_job", None)
    if job and job.job_id == job_id:
        return _unless_deleted(job)
    return job_of(site(), current_account(), job_id)


def job_of(site: Site, account: Account, job_id: str) -> Job:
    """The job of this id, for this account; `NotFound` if there is none."""
    return _unless_deleted(site.ports.jobs.get(job_id, owner=account.user_id))


def _unless_deleted(job: Job) -> Job:
    if job.status is JobStatus.DELETED:
        raise NotFound(f"job {job.job_id} was deleted")
    return job
