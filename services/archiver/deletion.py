"""Removes, for good, everything that belongs to a job that its user has deleted.

Who deletes a job writes that first, so no worker can record anything of it any more. What a worker was about
to store in that moment it removes itself; should its process die before that, or an upload arrive that was
begun before, nobody would know. So everything is removed at once, and once more a day later; only then is it
on record that nothing is left. Each removal may be made any number of times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from gas.errors import NotFound
from gas.jobs import Job, JobStatus, ResultFile
from gas.keys import archive_folder, archive_key, input_folder, result_folder
from gas.messages import DeletionRequested
from gas.part_uploads import PartUploads
from gas.ports import JobStore
from gas.storage_ports import ColdStorage, ObjectListing, ObjectStore
from gas.transitions import PURGE, Guard

log = structlog.get_logger()

#: An upload or a copy that was begun before the deletion, and a worker that sleeps, come to an end within it.
LAST_LOOK_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Bucket:
    """Objects that can be listed and removed."""

    objects: ObjectStore
    listing: ObjectListing

    def remove_under(self, folder: str) -> int:
        """Remove every object of a folder; how many there were."""
        removed = 0
        for each in self.listing.under(folder):
            self.objects.remove(each.key)
            removed += 1
        return removed


@dataclass(frozen=True)
class Deleting:
    """What the removal of a deleted job needs."""

    jobs: JobStore
    inputs: Bucket
    uploads: PartUploads
    results: Bucket
    cold: ColdStorage
    clock: Callable[[], float]


def remove_deleted(message: DeletionRequested, *, deleting: Deleting) -> None:
    """Remove input, results, log, summary and cold copies of a job; of one that is not deleted, nothing."""
    job = _find(message.job_id, deleting.jobs)
    if job is None or job.status is not JobStatus.DELETED:
        log.info("deletion.not_deleted")
        return
    if job.upload_id:
        deleting.uploads.abort(job.input_key, job.upload_id)
    # An upload to a vault that was completed and not recorded is found with the help of the hot copy.
    _discard_cold_copies(job, deleting.cold)
    removed = deleting.results.remove_under(result_folder(job.user_id, job.job_id))
    removed += deleting.results.remove_under(archive_folder(job.user_id, job.job_id))
    removed += deleting.inputs.remove_under(input_folder(job.user_id, job.job_id))
    log.info("deletion.removed", objects=removed)
    if deleting.clock() >= last_look(job):
        _record(job, deleting)


def last_look(job: Job) -> float:
    """When everything is removed once more."""
    return (job.deleted_at or 0.0) + LAST_LOOK_SECONDS


def _find(job_id: str, jobs: JobStore) -> Job | None:
    try:
        return jobs.get(job_id)
    except NotFound:
        return None


def _discard_cold_copies(job: Job, cold: ColdStorage) -> None:
    """Those on record, and those that an archiver has made of the same stay and could not record."""
    for file in job.result_files:
        if file.archive_id or file.upload_id:
            cold.discard(file)
        cold.discard(_unrecorded(file, job))


def _unrecorded(file: ResultFile, job: Job) -> ResultFile:
    key = archive_key(job.user_id, job.job_id, file.name, cycle=job.cycle)
    return replace(file, archive_id=key, upload_id="", retrieval_id="")


def _record(job: Job, deleting: Deleting) -> None:
    """That nothing is left; the rest of the record goes as well, but for what says that there was a job."""
    deleting.jobs.move(
        job.job_id,
        PURGE,
        Guard(now=deleting.clock()),
        result_files=(),
        log_key="",
        summary_key="",
        name="",
        failure="",
    )
    log.info("deletion.done")
