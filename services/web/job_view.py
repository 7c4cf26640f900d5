"""Everything that the page of a job shows, gathered before it is rendered."""

from __future__ import annotations

from dataclasses import dataclass

from gas.accounts import Account, Plan
from gas.errors import NotFound
from gas.jobs import Job, JobStatus, ResultLocation
from services.web.context import Site
from services.web.formats import iso_time
from services.web.keeping import keeps_left, kept_until
from services.web.restore_offers import Offer, restore_offers
from services.web.results import log_excerpt, summary_bytes, why_not_available
from services.web.status_text import StatusText, describe, poll_seconds
from services.web.summary import Summary, read_summary


@dataclass(frozen=True, kw_only=True)
class JobState:
    """A job and what may be done with it now.

    :ivar version: changes whenever the page would look different.
    :ivar ends_at: when results that can be downloaded now will be archived; None on the premium plan.
    :ivar kept_until: when that would be if the user keeps them for longer; None if that is not possible.
    :ivar keeps_left: how often it is.
    :ivar offers: how archived results can be asked for.
    """

    job: Job
    text: StatusText
    poll: int | None
    version: str
    downloadable: bool
    upgrade_helps: bool
    restorable: bool
    has_input: bool
    ends_at: int | None
    kept_until: int | None
    keeps_left: int
    offers: tuple[Offer, ...]

    @property
    def usual(self) -> Offer | None:
        """How archived results are asked for if their user does not choose."""
        return next((offer for offer in self.offers if offer.usual), None)


@dataclass(frozen=True, kw_only=True)
class JobDetails:
    """What a finished job has left to read.

    :ivar log: its beginning, None while there is none.
    :ivar log_goes_on: whether that is not all.
    """

    log: str | None
    log_goes_on: bool
    summary: Summary | None


def job_state(site: Site, account: Account, job: Job) -> JobState:
    """The state of a job for its owner, now."""
    now, premium = site.clock(), account.plan is Plan.PREMIUM
    text = describe(job, account.plan, now)
    poll = poll_seconds(job, text, now)
    downloadable = why_not_available(job, account.plan, now) is None
    away = job.status is JobStatus.COMPLETED and not downloadable
    archived = job.location is ResultLocation.ARCHIVED
    seen = (job.status, job.location, job.cycle, job.available_until, job.restore_tier, account.plan)
    expected = iso_time(job.restore_expected_at) or "unknown"
    return JobState(
        job=job,
        text=text,
        poll=poll,
        version=".".join(str(part) for part in (*seen, expected, downloadable, bool(poll))),
        downloadable=downloadable,
        upgrade_helps=away and not premium,
        restorable=premium and archived,
        has_input=_has_input(job),
        ends_at=job.available_until if downloadable and not premium else None,
        kept_until=kept_until(site, account, job),
        keeps_left=keeps_left(site, account, job),
        offers=restore_offers([job], site.settings) if archived else (),
    )


def job_details(site: Site, job: Job) -> JobDetails:
    """Log and summary; a missing one leaves its place empty."""
    log, goes_on = _log(site, job)
    return JobDetails(log=log, log_goes_on=goes_on, summary=_summary(site, job))


def _has_input(job: Job) -> bool:
    """Whether its file has arrived, as far as the record tells: a job may be cancelled before it."""
    never = job.status is JobStatus.CANCELLED and job.input_bytes is None and job.queued_at is None
    return job.status is not JobStatus.AWAITING_UPLOAD and not never


def _log(site: Site, job: Job) -> tuple[str | None, bool]:
    try:
        return log_excerpt(site, job)
    except NotFound:
        return None, False


def _summary(site: Site, job: Job) -> Summary | None:
    try:
        return read_summary(summary_bytes(site, job))
    except NotFound:
        return None
