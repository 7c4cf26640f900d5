"""Finds hot copies that no job knows: ``python -m services.archiver.audit_results [--remove]``.

A worker that sleeps until others have ended its job, and is killed right after it has stored a file of
it, leaves such a copy; so does a job that failed after some of its files were stored, and one whose record
is gone. Run with the settings of the archiver.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import structlog

from gas.after_completion import FIRST_CYCLE
from gas.aws.clients import Clients
from gas.aws.jobs import DynamoJobStore
from gas.aws.objects import S3ObjectListing, S3ObjectStore
from gas.jobs import Job, ResultLocation
from gas.keys import RESULTS, cycle_of, job_of
from gas.ports import JobStore
from gas.process import run_service
from gas.storage_ports import ListedObject, ObjectListing, ObjectStore
from services.archiver.auditing import LEAST_AGE_SECONDS, begin_audit, find_job, refuse_strange_table

log = structlog.get_logger()

HOT = frozenset({ResultLocation.HOT, ResultLocation.ARCHIVING})


@dataclass(frozen=True)
class Bucket:
    """The results, as an audit sees them."""

    listing: ObjectListing
    results: ObjectStore


@dataclass(frozen=True)
class Findings:
    """What an audit has found.

    :ivar known: how many objects are on a record.
    :ivar orphans: how many are not, and should be; ``size`` is their bytes.
    """

    known: int
    orphans: int
    size: int


def audit(bucket: Bucket, jobs: JobStore, *, now: float, remove: bool) -> Findings:
    """Name the hot copies that are on no record; with ``remove``, remove them in a second walk.

    However many there are, a page of the listing and one job are in memory.

    :raises Misconfigured: not one object is on a record, so that this is more likely the table of another
        system than a bucket full of orphans; nothing was removed.
    """
    found = _look(bucket.listing, jobs, now)
    log.info("results.audited", known=found.known, orphans=found.orphans, bytes=found.size)
    if remove:
        refuse_strange_table("no object of the results", known=found.known, orphans=found.orphans)
        _remove(bucket, jobs, now)
    return found


def _look(listing: ObjectListing, jobs: JobStore, now: float) -> Findings:
    known = orphans = size = 0
    for each, job in _with_jobs(listing, jobs):
        known += job is not None and each.key in _named_by(job)
        if _is_orphan(each, job, now):
            log.info("results.orphan", key=each.key, bytes=each.size)
            orphans += 1
            size += each.size
    return Findings(known, orphans, size)


def _remove(bucket: Bucket, jobs: JobStore, now: float) -> None:
    for each, job in _with_jobs(bucket.listing, jobs):
        # The listing is up to a page old, and so is the record that was read for it.
        if _is_orphan(each, job, now) and _is_orphan(each, find_job(job_of(each.key), jobs), now):
            bucket.results.remove(each.key)
            log.info("results.removed", key=each.key)


def _with_jobs(listing: ObjectListing, jobs: JobStore) -> Iterator[tuple[ListedObject, Job | None]]:
    """Every object with its job, which is read once for the neighbours that belong to it."""
    for job_id, objects in groupby(listing.under(f"{RESULTS}/"), key=lambda each: job_of(each.key)):
        job = find_job(job_id, jobs)
        for each in objects:
            yield each, job


def _is_orphan(each: ListedObject, job: Job | None, now: float) -> bool:
    cycle = cycle_of(each.key)
    if cycle is None or now - each.written_at < LEAST_AGE_SECONDS:
        return False
    if job is None:
        return True
    return cycle <= _latest_cycle(job) and each.key not in _named_by(job)


def _latest_cycle(job: Job) -> int:
    """The last cycle of which no further copy will be recorded; one of the next may be at any time."""
    return max(job.cycle, FIRST_CYCLE) if job.finished else 0


def _named_by(job: Job) -> set[str]:
    files = {file.key for file in job.result_files} if job.location in HOT else set()
    return {*files, job.log_key, job.summary_key}


def main() -> None:
    """Audit the results of the archiver's settings."""
    settings, remove = begin_audit("audit_results", __doc__)
    aws = Clients()
    listing = S3ObjectListing(aws["s3"], settings.results_bucket)
    results = S3ObjectStore(aws["s3"], settings.results_bucket)
    jobs = DynamoJobStore(aws["dynamodb"], settings.jobs_table)
    results.verify()
    jobs.verify()
    audit(Bucket(listing, results), jobs, now=time.time(), remove=remove)


if __name__ == "__main__":
    run_service(main)
