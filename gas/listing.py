"""Walking through all jobs of a user."""

from __future__ import annotations

from collections.abc import Iterator

from gas.jobs import Job
from gas.ports import JobStore

PAGE_SIZE = 100


def every_job_of(user_id: str, jobs: JobStore) -> Iterator[Job]:
    """Every job of a user, page by page, newest first; a record may be a moment old."""
    page = jobs.page_of_user(user_id, limit=PAGE_SIZE)
    yield from page.jobs
    while page.cursor:
        page = jobs.page_of_user(user_id, cursor=page.cursor, limit=PAGE_SIZE)
        yield from page.jobs
