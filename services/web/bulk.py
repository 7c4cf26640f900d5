"""One action on several jobs: what was done, and of which jobs it could not be done and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gas.accounts import Account, Plan
from gas.errors import NotFound
from gas.jobs import Job, ResultLocation
from services.web.cancelling import cancel_job
from services.web.context import Site
from services.web.deleting import delete_job
from services.web.owned_jobs import job_of
from services.web.refusals import NotAvailable, Refusal
from services.web.results import restore_job

#: More than a page of the list can hold.
MAX_JOBS = 200


@dataclass
class Outcome:
    """How an action on several jobs has gone.

    :ivar done: of how many jobs it was done.
    :ivar refused: the jobs of which it could not be done, by the reason.
    """

    done: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)


def chosen_jobs(site: Site, account: Account, job_ids: Sequence[str]) -> list[Job]:
    """The jobs of these ids; those that are gone, or are another user's, are left out.

    :raises Refusal: there are too many, or none was chosen.
    """
    unique = list(dict.fromkeys(job_ids))
    if not unique:
        raise Refusal("No job was chosen. Please go back and tick the jobs that you mean.")
    if len(unique) > MAX_JOBS:
        raise Refusal(f"At most {MAX_JOBS} jobs can be chosen at once. Please go back and tick fewer.")
    return [job for job_id in unique if (job := _find(site, account, job_id))]


def restore_jobs(site: Site, account: Account, jobs: Sequence[Job]) -> Outcome:
    """Ask for the archived results of these jobs, in the usual way."""

    def restore(job: Job) -> None:
        if job.location is not ResultLocation.ARCHIVED:
            raise NotAvailable("it is not in the archive")
        if account.plan is not Plan.PREMIUM:
            raise NotAvailable("archived results come back on the premium plan")
        restore_job(site, account, job)

    return _each(jobs, restore)


def cancel_jobs(site: Site, jobs: Sequence[Job]) -> Outcome:
    """Cancel those that have not ended."""

    def cancel(job: Job) -> None:
        if job.finished:
            raise NotAvailable("it has ended already")
        cancel_job(site, job)

    return _each(jobs, cancel)


def delete_jobs(site: Site, jobs: Sequence[Job]) -> Outcome:
    """Delete these jobs for good; those that have not ended are cancelled first."""
    return _each(jobs, lambda job: delete_job(site, job, cancel=True))


def _each(jobs: Sequence[Job], act: Callable[[Job], None]) -> Outcome:
    outcome = Outcome()
    for job in jobs:
        try:
            act(job)
        except (Refusal, NotFound) as error:
            outcome.refused.setdefault(str(error), []).append(job.name or job.file_name)
        else:
            outcome.done += 1
    return outcome


def _find(site: Site, account: Account, job_id: str) -> Job | None:
    try:
        return job_of(site, account, job_id)
    except NotFound:
        return None
