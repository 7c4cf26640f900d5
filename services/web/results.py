"""What may be downloaded now, and the way back of what may not."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import IO

from gas.accounts import Account, Plan
from gas.errors import NotFound
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.messages import JobRestoreRequested, RestoreRequested
from services.web.context import Site
from services.web.refusals import NotAvailable, NotStored
from services.web.restore_offers import check_tier

#: How much of a log the job's page shows.
INLINE_LOG_BYTES = 256 * 1024
#: A log in memory; a longer one goes through a temporary file.
_SPOOL_BYTES = 1024 * 1024
_MAX_SUMMARY_BYTES = 1024 * 1024

_WHY_NOT = {
    ResultLocation.NONE: "This job has no results.",
    ResultLocation.ARCHIVING: "The results are being archived. Upgrade to premium to get them back.",
    ResultLocation.ARCHIVED: "The results are archived. Upgrade to premium to get them back.",
    ResultLocation.RESTORING: "The results are being restored. Please try again later.",
}


def window_open(job: Job, plan: Plan, now: float) -> bool:
    """Whether the plan lets hot results be downloaded.

    A free account whose results have no window yet went back to the free plan a moment ago, and gets one in
    the next; until then nothing is promised.
    """
    return plan is Plan.PREMIUM or (job.available_until is not None and now < job.available_until)


def why_not_available(job: Job, plan: Plan, now: float) -> str | None:
    """One sentence, or None if the results can be downloaded now."""
    if job.status is not JobStatus.COMPLETED:
        return "This job has no results yet." if not job.finished else _WHY_NOT[ResultLocation.NONE]
    if job.location is not ResultLocation.HOT:
        return _WHY_NOT[job.location]
    if not window_open(job, plan, now):
        return "The results are no longer available on the free plan. Upgrade to premium to get them back."
    return None


def result_link(site: Site, account: Account, job: Job, name: str) -> str:
    """An address to download one result file from, made when it is wanted."""
    file = _file(job, name)
    reason = why_not_available(job, account.plan, site.clock())
    if reason:
        raise NotAvailable(reason)
    return site.ports.result_access.download_link(
        file.key, file_name=file.name, lifetime=site.settings.download_seconds
    )


def input_link(site: Site, job: Job) -> str:
    """An address to download the input from."""
    if job.status is JobStatus.AWAITING_UPLOAD:
        raise NotStored("The file of this job has not arrived.")
    try:
        site.ports.inputs.stat(job.input_key)
    except NotFound:
        raise NotStored("The file of this job is not stored: it never arrived, or is gone.") from None
    return site.ports.input_access.download_link(
        job.input_key, file_name=job.file_name, lifetime=site.settings.download_seconds
    )


def log_excerpt(site: Site, job: Job) -> tuple[str, bool]:
    """The beginning of the log, and whether there is more of it."""
    with open_log(site, job, limit=INLINE_LOG_BYTES + 1) as source:
        data = source.read()
    text = data[:INLINE_LOG_BYTES].decode("utf-8", errors="replace")
    return text, len(data) > INLINE_LOG_BYTES


def open_log(site: Site, job: Job, *, limit: int | None = None) -> IO[bytes]:
    """The log, to be read and closed by the caller; `NotFound` while there is none."""
    return _open(site, job.log_key, limit)


def summary_bytes(site: Site, job: Job) -> bytes:
    """The summary as the annotator wrote it; `NotFound` while there is none."""
    with _open(site, job.summary_key, _MAX_SUMMARY_BYTES) as source:
        return source.read()


def restore_job(site: Site, account: Account, job: Job, tier: str = "") -> None:
    """Ask for the archived results of one job, by this tier or the usual one.

    Nothing happens if they are here or on their way.
    """
    if job.location is not ResultLocation.ARCHIVED:
        return
    if account.plan is not Plan.PREMIUM:
        raise NotAvailable(_WHY_NOT[ResultLocation.ARCHIVED])
    site.ports.bus.publish(JobRestoreRequested(job.job_id, check_tier(tier, [job], site.settings)))


def restore_all(site: Site, account: Account, tier: str = "") -> None:
    """Ask for all archived results of a premium user, by this tier or the usual one."""
    if account.plan is not Plan.PREMIUM:
        raise NotAvailable("Archived results come back on the premium plan. Upgrade to get them back.")
    site.ports.bus.publish(RestoreRequested(account.user_id, check_tier(tier, (), site.settings)))


def _file(job: Job, name: str) -> ResultFile:
    for file in job.result_files:
        if file.name == name:
            return file
    raise NotFound(f"job {job.job_id} has no result file {name}")


def _open(site: Site, key: str, limit: int | None) -> IO[bytes]:
    if not key:
        raise NotFound("this job has not written it yet")
    target = SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - the caller closes it.
    try:
        site.ports.results.download(key, target, limit=limit)  # type: ignore[arg-type]
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target
