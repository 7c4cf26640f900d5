"""What the restorer does: brings archived results back for premium users.

Asking and fetching are hours apart, so the two ends are separate messages, and each goes on from what
the record and cold storage say, whichever of them comes first, twice or late. The order is the same
everywhere: new copy, verify, record, remove the old copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from gas.accounts import Plan
from gas.after_completion import (
    MAIL_GATHER_SECONDS,
    WARNING_SECONDS,
    announce_restored,
    ensure_window,
)
from gas.errors import NotFound, NotYet, Refused
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.keys import result_key
from gas.listing import every_job_of
from gas.messages import JobRestoreRequested, RestoreRequested, RetrievalCompleted
from gas.ports import AccountStore, Bus, Executions, JobStore
from gas.storage_ports import ColdStorage, ObjectStore, Retrieval
from gas.transitions import BEGIN_RESTORE, FINISH_RESTORE, NOTE_RETRIEVAL, Guard, Transition

log = structlog.get_logger()


@dataclass(frozen=True)
class Restoring:
    """What every step of a restore needs."""

    jobs: JobStore
    accounts: AccountStore
    results: ObjectStore
    cold: ColdStorage
    executions: Executions
    clock: Callable[[], float]
    retention_seconds: float
    usual_tier: str = "Expedited"
    warning_seconds: float = WARNING_SECONDS
    mail_gather_seconds: float = MAIL_GATHER_SECONDS


def restore_account(message: RestoreRequested, *, jobs: JobStore, bus: Bus) -> None:
    """Ask for every result of an upgraded account, one message a job, so that each is tried on its own.

    The list may be a moment old, so jobs that still look hot are asked for as well.
    """
    for job in every_job_of(message.user_id, jobs):
        if job.location is not ResultLocation.NONE:
            bus.publish(JobRestoreRequested(job.job_id, message.tier))


def restore_job(message: JobRestoreRequested, *, restoring: Restoring) -> None:
    """Begin to restore one archived result, if its owner is premium.

    A job met ARCHIVING is left to the archiver, which reads the plan again after its commit.
    """
    job = _find(message.job_id, restoring)
    if job is None:
        return
    if job.location is ResultLocation.ARCHIVED and _is_premium(job, restoring):
        job = _move(
            job,
            BEGIN_RESTORE,
            restoring,
            restore_asked_at=restoring.clock(),
            restore_tier=message.tier or restoring.usual_tier,
            restore_expected_at=None,
        )
    _go_on(job, restoring)


def finish_retrieval(message: RetrievalCompleted, *, restoring: Restoring) -> None:
    """Go on with a restore of which one more file has become readable."""
    job = _find(message.job_id, restoring)
    if job is None:
        return
    if message.archive_id not in {file.archive_id for file in job.result_files}:
        log.info("restore.past_cycle", archive_id=message.archive_id)
        return
    _go_on(job, restoring)


def _go_on(job: Job, restoring: Restoring) -> None:
    if job.location is ResultLocation.RESTORING:
        job = _fetch(job, restoring)
    if job.location is ResultLocation.HOT:
        _tidy(job, restoring)


def _fetch(job: Job, restoring: Restoring) -> Job:
    """Ask for each file that was not asked for, and bring them back once all can be read."""
    retrievals = [_retrieve(job, file, restoring) for file in job.result_files]
    if not all(retrieval.ready for retrieval in retrievals):
        return _note(job, retrievals, restoring)
    try:
        return _bring_all_back(job, restoring)
    except (NotYet, NotFound):
        _remove_late_copies(job, restoring)
        raise


def _remove_late_copies(job: Job, restoring: Restoring) -> None:
    """What this worker copied after it had slept until the results were restored and archived again.

    Or until the job was deleted. Nobody knows these copies. Names of a past cycle are never used again, so
    none is removed that is needed.
    """
    present = _find(job.job_id, restoring)
    deleted = present is None or present.status is JobStatus.DELETED
    if present and not deleted and present.cycle == job.cycle:
        return
    hot = present and present.location in {ResultLocation.HOT, ResultLocation.ARCHIVING}
    in_use = {file.key for file in present.result_files} if present and hot else set()
    for file in job.result_files:
        key = result_key(job.user_id, job.job_id, file.name, cycle=job.cycle + 1)
        if key not in in_use:
            restoring.results.remove(key)


def _bring_all_back(job: Job, restoring: Restoring) -> Job:
    cycle = job.cycle + 1
    files = tuple(_bring_back(job, file, cycle, restoring.cold) for file in job.result_files)
    _remove_earlier_copies(job, restoring.results)
    job = _move(
        job,
        FINISH_RESTORE,
        restoring,
        cycle=cycle,
        result_files=files,
        restored_at=restoring.clock(),
        available_until=None,
    )
    log.info("restore.restored", bytes=job.result_bytes)
    return job


def _retrieve(job: Job, file: ResultFile, restoring: Restoring) -> Retrieval:
    return restoring.cold.retrieve(file, job.job_id, tier=job.restore_tier or restoring.usual_tier)


def _remove_earlier_copies(job: Job, results: ObjectStore) -> None:
    """An archiver that died at its end may have left the hot copies of the past cycle.

    Their keys are about to be overwritten on the record, and nobody would know them any more.
    """
    for file in job.result_files:
        results.remove(file.key)


def _bring_back(job: Job, file: ResultFile, cycle: int, cold: ColdStorage) -> ResultFile:
    key = result_key(job.user_id, job.job_id, file.name, cycle=cycle)
    cold.bring_back(file, key)
    return replace(file, key=key, retrieval_id="")


def _note(job: Job, retrievals: list[Retrieval], restoring: Restoring) -> Job:
    """Record how the files were asked for, for the user to see; the slowest of them counts."""
    asked = [retrieval for retrieval in retrievals if retrieval.tier]
    if not asked:
        return job
    slowest = max(asked, key=lambda retrieval: retrieval.expected_seconds)
    log.info("restore.asked", tier=slowest.tier)
    return _move(
        job,
        NOTE_RETRIEVAL,
        restoring,
        restore_tier=slowest.tier,
        restore_expected_at=restoring.clock() + slowest.expected_seconds,
        result_files=tuple(map(_with_retrieval, job.result_files, retrievals)),
    )


def _with_retrieval(file: ResultFile, retrieval: Retrieval) -> ResultFile:
    return replace(file, retrieval_id=retrieval.retrieval_id or file.retrieval_id)


def _tidy(job: Job, restoring: Restoring) -> None:
    """Remove the cold copies that are no longer needed, and have the user told.

    A user who downgraded meanwhile gets a window.
    """
    for file in job.result_files:
        if file.archive_id:
            restoring.cold.discard(file)
    ensure_window(
        job,
        restoring.accounts.get(job.user_id),
        jobs=restoring.jobs,
        executions=restoring.executions,
        now=restoring.clock(),
        retention_seconds=restoring.retention_seconds,
        warning_seconds=restoring.warning_seconds,
    )
    announce_restored(
        job, restoring.executions, now=restoring.clock(), gather_seconds=restoring.mail_gather_seconds
    )


def _find(job_id: str, restoring: Restoring) -> Job | None:
    try:
        return restoring.jobs.get(job_id)
    except NotFound:
        log.info("restore.no_job")
        return None


def _is_premium(job: Job, restoring: Restoring) -> bool:
    return restoring.accounts.get(job.user_id).plan is Plan.PREMIUM


def _move(job: Job, transition: Transition, restoring: Restoring, **changes: object) -> Job:
    try:
        guard = Guard(cycle=job.cycle, now=restoring.clock())
        return restoring.jobs.move(job.job_id, transition, guard, **changes)
    except Refused as error:
        raise NotYet("another restorer was faster") from error
