"""What a change of plan would do, job by job, before anybody agrees to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gas.after_completion import window_end
from gas.jobs import Job, JobStatus, ResultLocation
from gas.listing import every_job_of
from services.web.context import Site
from services.web.restore_offers import Offer, restore_offers

#: So many jobs are named; of the others the page says how many there are.
MOST_NAMED = 20

_UNFINISHED = frozenset({JobStatus.AWAITING_UPLOAD, JobStatus.PENDING, JobStatus.RUNNING})


@dataclass
class Affected:
    """Jobs to which the same happens; ``size`` is that of their results, in bytes."""

    jobs: int = 0
    size: int = 0
    named: list[Job] = field(default_factory=list)

    def add(self, job: Job) -> None:
        """Count one more, and name it if it is among the first."""
        self.jobs += 1
        self.size += job.result_bytes
        if len(self.named) < MOST_NAMED:
            self.named.append(job)

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.jobs - len(self.named)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A user's jobs by what a change of plan means for them.

    :ivar places: those with results, by where these are.
    :ivar unfinished: those that have not ended.
    :ivar offers: the ways to have the archived results brought back.
    :ivar until: the end of the window that hot results would get if the plan became free now.
    """

    places: dict[ResultLocation, Affected]
    unfinished: Affected
    offers: tuple[Offer, ...]
    until: int


def outlook_of(site: Site, user_id: str) -> Outlook:
    """As the list of jobs is now; it may be a moment old."""
    places = {place: Affected() for place in ResultLocation}
    unfinished = Affected()
    archived = []
    for job in every_job_of(user_id, site.ports.jobs):
        if job.status in _UNFINISHED:
            unfinished.add(job)
        elif job.status is JobStatus.COMPLETED:
            places[job.location].add(job)
            archived += [job] if job.location is ResultLocation.ARCHIVED else []
    return Outlook(
        places=places,
        unfinished=unfinished,
        offers=restore_offers(archived, site.settings),
        until=window_end(site.clock(), site.settings.retention_seconds),
    )
