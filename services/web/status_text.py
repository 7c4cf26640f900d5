"""What the state of a job means, in words: for every status, location and plan.

Each sentence says what is the case, what happens next, and what the user can do.
"""

from __future__ import annotations

from dataclasses import dataclass

from gas.accounts import Plan
from gas.jobs import Job, JobStatus, ResultLocation
from services.web.results import window_open

FAST_SECONDS = 3
SLOW_SECONDS = 15
#: Most jobs leave the queue at once: a new one is watched closely for this long.
FRESH_SECONDS = 60


@dataclass(frozen=True)
class StatusText:
    """A state in words.

    :ivar tone: how the badge is coloured; the word alone must be enough.
    :ivar poll_seconds: when the page should look again; None once nothing changes by itself.
    """

    word: str
    tone: str
    sentence: str
    poll_seconds: int | None = SLOW_SECONDS


UNFINISHED = {
    JobStatus.AWAITING_UPLOAD: StatusText(
        "Waiting for the file",
        "secondary",
        "The file has not arrived yet. The job starts by itself as soon as it has. If the upload was"
        " interrupted, submit the file again; this entry then disappears by itself.",
    ),
    JobStatus.PENDING: StatusText(
        "Queued",
        "secondary",
        "The file has arrived and waits for its turn. You can close this page; the job goes on.",
    ),
    JobStatus.RUNNING: StatusText(
        "Running",
        "primary",
        "The variants are being annotated. The results will appear here; you can close this page.",
        FAST_SECONDS,
    ),
    JobStatus.FAILED: StatusText(
        "Failed",
        "danger",
        "The file could not be annotated, for the reason below. Correct the file and submit it again.",
        None,
    ),
    JobStatus.CANCELLED: StatusText(
        "Cancelled",
        "secondary",
        "You have cancelled this job. Nothing of the annotation was kept. If the file had arrived, it is"
        " stored, and the job can be run again below.",
        None,
    ),
}

AWAITING_PARTS = StatusText(
    "Waiting for the file",
    "secondary",
    "The file has not arrived completely. The job starts by itself as soon as it has. If the upload was"
    " interrupted, go on with it below.",
)

_FREE, _PREMIUM = Plan.FREE, Plan.PREMIUM
_AT = ResultLocation

COMPLETED = {
    (_AT.NONE, _FREE): StatusText(
        "Completed", "success", "The annotation has ended and the results are being put in place."
    ),
    (_AT.NONE, _PREMIUM): StatusText(
        "Completed", "success", "The annotation has ended and the results are being put in place."
    ),
    (_AT.HOT, _FREE): StatusText(
        "Completed",
        "success",
        "The results can be downloaded until the time below. Then they are archived, and upgrading to"
        " premium brings them back.",
    ),
    (_AT.HOT, _PREMIUM): StatusText(
        "Completed",
        "success",
        "The results can be downloaded at any time, for as long as you are on the premium plan.",
        None,
    ),
    (_AT.ARCHIVING, _FREE): StatusText(
        "Archiving",
        "info",
        "The results are being moved to the archive. Log and summary stay here. Upgrade to premium to get"
        " the results back.",
    ),
    (_AT.ARCHIVING, _PREMIUM): StatusText(
        "Archiving",
        "info",
        "The results were on their way to the archive when you upgraded. They come back by themselves.",
    ),
    (_AT.ARCHIVED, _FREE): StatusText(
        "Archived",
        "secondary",
        "The results are kept in the archive. Log and summary stay here. Upgrade to premium to get the"
        " results back.",
        None,
    ),
    (_AT.ARCHIVED, _PREMIUM): StatusText(
        "Archived",
        "secondary",
        "The results are in the archive, and your upgrade has asked for them. If nothing happens for some"
        " minutes, ask again below.",
    ),
    (_AT.RESTORING, _FREE): StatusText(
        "Restoring",
        "info",
        "The results are being brought back from the archive. Then they can be downloaded for a while"
        " before they are archived again.",
    ),
    (_AT.RESTORING, _PREMIUM): StatusText(
        "Restoring",
        "info",
        "The results are being brought back from the archive and will appear here; you can close this page.",
    ),
}

WINDOW_OVER = StatusText(
    "Archiving",
    "info",
    "The time for downloads is over and the results are about to be archived. Log and summary stay here."
    " Upgrade to premium to get the results back.",
)


def describe(job: Job, plan: Plan, now: float) -> StatusText:
    """The state of this job in words, for an owner on this plan."""
    if job.status is JobStatus.AWAITING_UPLOAD and job.upload_bytes:
        return AWAITING_PARTS
    if job.status is not JobStatus.COMPLETED:
        return UNFINISHED[job.status]
    if job.location is ResultLocation.HOT and not window_open(job, plan, now):
        return WINDOW_OVER
    return COMPLETED[job.location, plan]


def poll_seconds(job: Job, text: StatusText, now: float) -> int | None:
    """When the page should look again; None once nothing changes by itself."""
    waiting = job.status in {JobStatus.AWAITING_UPLOAD, JobStatus.PENDING}
    if waiting and now < job.submit_time + FRESH_SECONDS:
        return FAST_SECONDS
    return text.poll_seconds
