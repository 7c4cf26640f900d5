"""What the archiver does: moves the results of free users to cold storage when their window is over.

The order is the same everywhere: new copy, verify, record, remove the old copy. A crash between any
two steps leaves two copies, never none, and the redelivered message goes on from what was recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from gas.accounts import Account, Plan
from gas.after_completion import WARNING_SECONDS, ensure_window, has_full_window
from gas.errors import NotFound, NotYet, Refused
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.keys import archive_key
from gas.listing import every_job_of
from gas.messages import AccountDowngraded, ArchiveDue, JobRestoreRequested, WindowRequested
from gas.ports import AccountStore, Bus, Executions, JobStore
from gas.storage_ports import ColdStorage, ObjectStore
from gas.transitions import BEGIN_ARCHIVE, FINISH_ARCHIVE, NOTE_ARCHIVE, Guard, Transition

log = structlog.get_logger()


@dataclass(frozen=True)
class Archiving:
    """What every step of an archival needs."""

    jobs: JobStore
    accounts: AccountStore
    results: ObjectStore
    cold: ColdStorage
    executions: Executions
    bus: Bus
    clock: Callable[[], float]
    retention_seconds: float
    warning_seconds: float = WARNING_SECONDS


def archive_results(message: ArchiveDue, *, archiving: Archiving) -> None:
    """Archive the results of one job, unless its owner is premium or the message is of a past cycle."""
    job = _find(message.job_id, archiving)
    if job is None:
        return
    if job.cycle != message.cycle:
        log.info("archive.past_cycle", cycle=message.cycle, present_cycle=job.cycle)
        return
    if job.location is ResultLocation.HOT:
        job = _begin(job, archiving)
    if job.location is ResultLocation.ARCHIVING:
        job = _copy_and_record(job, archiving)
    if job.location is ResultLocation.ARCHIVED:
        _remove_hot_copies(job, archiving.results)
        _restore_if_upgraded(job, archiving)


def open_windows(message: AccountDowngraded, *, archiving: Archiving) -> None:
    """Ask for a new window for every job of a downgraded account that may have hot results.

    The list may be a moment old, so every job that has results at all gets a message of its own, and
    the handler of that looks at the truth.
    """
    for job in every_job_of(message.user_id, archiving.jobs):
        if job.location is not ResultLocation.NONE:
            archiving.bus.publish(WindowRequested(job.job_id))


def open_window(message: WindowRequested, *, archiving: Archiving) -> None:
    """Give the hot results of one job a full window, after which they are archived."""
    job = _find(message.job_id, archiving)
    if job is not None:
        _ensure_window(job, archiving.accounts.get(job.user_id), archiving)


def _find(job_id: str, archiving: Archiving) -> Job | None:
    try:
        return archiving.jobs.get(job_id)
    except NotFound:
        log.info("archive.no_job")
        return None


def _begin(job: Job, archiving: Archiving) -> Job:
    now = archiving.clock()
    if job.available_until and job.available_until > now:
        raise NotYet("the window is still open", retry_after=job.available_until - now)
    account = archiving.accounts.get(job.user_id)
    if account.plan is Plan.PREMIUM:
        log.info("archive.kept_hot")
        return job
    if not has_full_window(job, account, archiving.retention_seconds):
        # A late message, and a downgrade whose own message has not come yet.
        return _ensure_window(job, account, archiving)
    _discard_earlier_copies(job, archiving.cold)
    fresh = tuple(replace(file, archive_id="", upload_id="", retrieval_id="") for file in job.result_files)
    return _move(job, BEGIN_ARCHIVE, archiving, result_files=fresh)


def _ensure_window(job: Job, account: Account, archiving: Archiving) -> Job:
    return ensure_window(
        job,
        account,
        jobs=archiving.jobs,
        executions=archiving.executions,
        now=archiving.clock(),
        retention_seconds=archiving.retention_seconds,
        warning_seconds=archiving.warning_seconds,
    )


def _discard_earlier_copies(job: Job, cold: ColdStorage) -> None:
    """A restore that died at its end may have left the cold copies of an earlier cycle.

    Their ids are about to be cleared, and nobody would know them any more.
    """
    for file in job.result_files:
        if file.archive_id:
            cold.discard(file)


def _copy_and_record(job: Job, archiving: Archiving) -> Job:
    for name in [file.name for file in job.result_files if not file.archive_id]:
        job = _store(job, name, archiving)
    job = _move(job, FINISH_ARCHIVE, archiving, archived_at=archiving.clock(), cold_store=archiving.cold.name)
    log.info("archive.archived", bytes=job.result_bytes)
    return job


def _store(job: Job, name: str, archiving: Archiving) -> Job:
    """Make one cold copy and record it; an upload in parts is recorded before its first part is sent.

    A copy that cannot be recorded, because another archiver went on meanwhile, is left where it is: that
    other may be about to record the very same one. ``docs/archive.md`` says who removes it. One that cannot
    be recorded because the job was deleted is removed.
    """
    record = job

    def note(**changes: Any) -> None:
        nonlocal record
        files = tuple(replace(f, **changes) if f.name == name else f for f in record.result_files)
        record = _move(record, NOTE_ARCHIVE, archiving, result_files=files)

    file = next(file for file in job.result_files if file.name == name)
    key = archive_key(job.user_id, job.job_id, name, cycle=job.cycle)
    archive_id = archiving.cold.store(file, key, lambda upload_id: note(upload_id=upload_id))
    try:
        note(archive_id=archive_id, upload_id="")
    except (NotYet, NotFound):
        _discard_if_deleted(job, replace(file, archive_id=archive_id), archiving)
        raise
    return record


def _discard_if_deleted(job: Job, file: ResultFile, archiving: Archiving) -> None:
    present = _find(job.job_id, archiving)
    if present is None or present.status is JobStatus.DELETED:
        archiving.cold.discard(file)


def _move(job: Job, transition: Transition, archiving: Archiving, **changes: object) -> Job:
    guard = Guard(cycle=job.cycle, result_files=job.result_files, now=archiving.clock())
    try:
        return archiving.jobs.move(job.job_id, transition, guard, **changes)
    except Refused as error:
        raise NotYet("another archiver was faster") from error


def _remove_hot_copies(job: Job, results: ObjectStore) -> None:
    # The keys are of this cycle: what a restore brings back later lies elsewhere and is safe from a
    # worker that wakes up late.
    for file in job.result_files:
        results.remove(file.key)


def _restore_if_upgraded(job: Job, archiving: Archiving) -> None:
    """An upgrade that met the job ARCHIVING left it to us: the plan is read again after the commit."""
    if archiving.accounts.get(job.user_id).plan is Plan.PREMIUM:
        archiving.bus.publish(JobRestoreRequested(job.job_id))
