"""Walking through all jobs of a user."""

from __future__ import annotations

from collections.abc import Iterator

from gas.jobs import Job
from gas.ports import JobStore

#: A query ends after 1 MB, which is some hundred jobs: more than that is never had, and never less.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
PAGE_SIZE = 1000


def every_job_of(user_id: str, jobs: JobStore) -> Iterator[Job]:
    """Every job of a user, page by page, newest first; a record may be a moment old."""
    page = jobs.page_of_user(user_id, limit=PAGE_SIZE)
    yield from page.jobs
    while page.cursor:
        page = jobs.page_of_user(user_id, cursor=page.cursor, limit=PAGE_SIZE)
        yield from page.jobs
