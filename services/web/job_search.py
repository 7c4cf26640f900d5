"""Finding jobs of a user: by their name or id, and by the word that their badge says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gas.accounts import Account
from gas.jobs import Job
from services.web.context import Site
from services.web.refusals import Refusal
from services.web.status_text import describe

#: Jobs on a page of the list.
PAGE = 25

#: What one request reads at most, in pages of the index of a user's jobs; a cursor leads on from there.
MAX_READS = 20
#: Jobs that are read at a time while most of them are not wanted.
SEARCH_READ = 100
#: No other page is read after that.
PATIENCE_SECONDS = 2.0

MAX_QUERY = 100

#: The filters, and the words of `services.web.status_text` that each is for.
STATUSES = {
    "queued": ("Queued", {"Waiting for the file", "Queued"}),
    "running": ("Running", {"Running"}),
    "completed": ("Completed", {"Completed"}),
    "failed": ("Failed", {"Failed"}),
    "cancelled": ("Cancelled", {"Cancelled"}),
    "archived": ("Archived", {"Archiving", "Archived"}),
    "restoring": ("Restoring", {"Restoring"}),
}


@dataclass(frozen=True)
class Search:
    """What is looked for.

    :ivar status: a name of `STATUSES`; empty for all.
    :ivar text: part of the name of a job or of its file, or of its id; empty for all.
    """

    status: str = ""
    text: str = ""

    @property
    def everything(self) -> bool:
        """Whether every job is wanted."""
        return not self.status and not self.text


@dataclass(frozen=True)
class Found:
    """Jobs, newest first; ``cursor`` leads on to earlier ones that were not looked at, if there are any.

    :ivar read: how many jobs were looked at.
    """

    jobs: Sequence[Job]
    cursor: str | None
    read: int


def wanted(status: str | None, text: str | None) -> Search:
    """The search that an address asks for.

    :raises Refusal: there is no such status, or the text is too long.
    """
    status, text = (status or "").strip().lower(), (text or "").strip()
    if status and status not in STATUSES:
        raise Refusal(
            f"There is no status {status[:20]!r} to look for. Please choose one of: {', '.join(STATUSES)}."
        )
    if len(text) > MAX_QUERY:
        raise Refusal(f"The text to look for may have up to {MAX_QUERY} characters. Please shorten it.")
    return Search(status, text)


def find_jobs(
    site: Site, account: Account, search: Search, *, cursor: str | None = None, limit: int = PAGE
) -> Found:
    """The user's jobs that fit, newest first: ``limit`` of them, or fewer if one request cannot look at more.

    A list may be a moment old.
    """
    found: list[Job] = []
    read, began = 0, site.clock()
    for _ in range(MAX_READS):
        size = limit - len(found) if search.everything else SEARCH_READ
        page = site.ports.jobs.page_of_user(account.user_id, cursor=cursor, limit=size)
        for job, after in zip(page.jobs, page.cursors, strict=True):
            read += 1
            if fits(job, search, account, site.clock()):
                found.append(job)
            if len(found) == limit:
                last = job is page.jobs[-1]
                return Found(found, page.cursor if last else after, read)
        cursor = page.cursor
        if cursor is None or site.clock() - began > PATIENCE_SECONDS:
            break
    return Found(found, cursor, read)


def fits(job: Job, search: Search, account: Account, now: float) -> bool:
    """Whether this job is looked for."""
    words = STATUSES[search.status][1] if search.status else None
    if words is not None and describe(job, account.plan, now).word not in words:
        return False
    text = search.text.casefold()
    return any(text in part.casefold() for part in (job.name, job.file_name, job.job_id))
