"""Everything that the list of jobs shows, gathered before it is rendered."""

from __future__ import annotations

from typing import Any

from gas.accounts import Account
from services.web.context import Site
from services.web.job_search import MAX_QUERY, STATUSES, Search, find_jobs
from services.web.job_view import job_state


def listed_jobs(site: Site, account: Account, search: Search, cursor: str | None) -> dict[str, Any]:
    """One page of the list, from this cursor on."""
    found = find_jobs(site, account, search, cursor=cursor)
    first = cursor is None
    nothing = first and search.everything and found.cursor is None and not found.jobs
    return {
        "account": account,
        "states": [job_state(site, account, job) for job in found.jobs],
        "search": search,
        "found": found,
        "cursor": found.cursor,
        "first": first,
        "empty": nothing,
        "statuses": STATUSES,
        "max_query": MAX_QUERY,
    }
