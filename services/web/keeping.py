"""Keeping results of the free plan for longer, within its limits."""

from __future__ import annotations

from contextlib import suppress

from gas.accounts import Account, Plan
from gas.errors import Refused
from gas.jobs import Job, JobStatus, ResultLocation
from gas.messages import WindowRequested
from gas.transitions import OPEN_WINDOW, Guard
from services.web.context import Site
from services.web.refusals import NotAvailable


def keeps_left(site: Site, account: Account, job: Job) -> int:
    """How often these results can still be kept for longer; never once their window is over."""
    kept_hot = job.status is JobStatus.COMPLETED and job.location is ResultLocation.HOT
    if account.plan is not Plan.FREE or not kept_hot or (job.available_until or 0) <= site.clock():
        return 0
    return max(site.settings.extensions - job.extensions, 0)


def kept_until(site: Site, account: Account, job: Job) -> int | None:
    """When these results would be archived if they were kept for longer now; None if they cannot be."""
    if job.available_until is None or not keeps_left(site, account, job):
        return None
    return job.available_until + site.settings.extension_seconds


def keep_results(site: Site, account: Account, job: Job, *, seen: int) -> None:
    """Prolong the window, once for each cycle that the user has seen.

    The new window is a new cycle, so that the end of the old one means nothing any more. It is written first
    and then announced. Another click on the same page changes nothing and announces the window again, in case
    that failed the first time.

    :param seen: the cycle that the user's page was about.
    :raises NotAvailable: the results cannot be kept for longer.
    """
    if job.cycle == seen:
        until = kept_until(site, account, job)
        if until is None:
            raise NotAvailable("These results cannot be kept for longer on the free plan.")
        with suppress(Refused):
            _prolong(site, job, until)
    site.ports.bus.publish(WindowRequested(job.job_id))


def _prolong(site: Site, job: Job, until: int) -> None:
    """Refused if the job went on meanwhile: another click was faster, or the archiver."""
    site.ports.jobs.move(
        job.job_id,
        OPEN_WINDOW,
        Guard(cycle=job.cycle, user_id=job.user_id, now=site.clock()),
        cycle=job.cycle + 1,
        available_until=until,
        extensions=job.extensions + 1,
    )
