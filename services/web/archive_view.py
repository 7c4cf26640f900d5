"""What a user has in the archive, and how all of it can come back."""

from __future__ import annotations

from dataclasses import dataclass

from gas.jobs import ResultLocation
from gas.listing import every_job_of
from services.web.context import Site
from services.web.restore_offers import Offer, restore_offers


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The archived results of one user together.

    :ivar jobs: how many jobs they are of.
    :ivar size: bytes.
    """

    jobs: int
    size: int
    offers: tuple[Offer, ...]


def archive_of(site: Site, user_id: str) -> Archive:
    """Everything of this user that is in the archive now; the list of jobs may be a moment old."""
    every = every_job_of(user_id, site.ports.jobs)
    jobs = [job for job in every if job.location is ResultLocation.ARCHIVED]
    size = sum(job.result_bytes for job in jobs)
    return Archive(jobs=len(jobs), size=size, offers=restore_offers(jobs, site.settings))
