"""What a user has here: how many jobs of each kind, and how much is kept where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gas.jobs import Job, JobStatus, ResultLocation
from gas.listing import every_job_of
from services.web.context import Site

_COLD = frozenset({ResultLocation.ARCHIVED, ResultLocation.RESTORING})


@dataclass(frozen=True, kw_only=True)
class Usage:
    """A user's jobs together; sizes are bytes.

    :ivar statuses: how many jobs there are of each status, in the order of a job's life.
    :ivar inputs: files that were submitted and are stored.
    :ivar hot: results that are not in the archive; those on their way into it count here.
    :ivar cold: results in the archive; those on their way back count here.
    """

    jobs: int
    statuses: tuple[tuple[JobStatus, int], ...]
    inputs: int
    hot: int
    cold: int


def usage_of(site: Site, user_id: str) -> Usage:
    """Of all jobs of this user; the list of jobs may be a moment old."""
    return add_up(every_job_of(user_id, site.ports.jobs))


def add_up(jobs: Iterable[Job]) -> Usage:
    """Each job is looked at once, so that no more than one page of them is in memory."""
    statuses: Counter[JobStatus] = Counter()
    inputs = hot = cold = 0
    for job in jobs:
        if job.status is JobStatus.DELETED:
            continue
        statuses[job.status] += 1
        inputs += job.input_bytes or 0
        if job.location in _COLD:
            cold += job.result_bytes
        else:
            hot += job.result_bytes
    counted = tuple((status, statuses[status]) for status in JobStatus if statuses[status])
    return Usage(jobs=statuses.total(), statuses=counted, inputs=inputs, hot=hot, cold=cold)
