"""The sweep: no job hangs because one message, one notification or one execution was lost.

Nobody can know what was lost. So each step of a job has a time at which it should be over
(`gas.transitions.attention_after`), and the sweep says again, for every job that is later than that, what the
worker of its present step has to hear. Every handler may hear a thing twice.

Some jobs are looked at once although nothing is late: a job that has ended (its announcement, or the removal
of its results, may not have been made), an archived one (hot copies may be left), a restored one (cold copies
may be left), and one whose window ended while its owner was premium. A deleted job is looked at until nothing
is left of it (`services.archiver.deletion`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from gas.accounts import Plan
from gas.errors import NotFound
from gas.jobs import Job, JobStatus, ResultLocation
from gas.messages import (
    AccountDowngraded,
    ArchiveDue,
    DeletionRequested,
    JobRestoreRequested,
    JobSubmitted,
    Message,
    RestoreRequested,
    SweepDue,
)
from gas.ports import AccountStore, Bus, JobStore, OverdueJobs, UntoldAccounts
from services.archiver.deletion import last_look

log = structlog.get_logger()

#: One sweep looks at so many and leaves the rest to the next, so that it floods nobody.
JOBS_PER_SWEEP = 500
ACCOUNTS_PER_SWEEP = 100

#: A job that was helped is looked at again after as long as it has been late, and at last once an hour: a
#: long step that is well under way is not asked for over and over.
LONGEST_PAUSE_SECONDS = 3600.0

#: A queue that nobody empties gets no more than one message a day more for each job that waits in it.
PENDING_PAUSE_SECONDS = 24 * 3600.0

#: A job that is late for longer than this is one for an operator.
STUCK_SECONDS = 24 * 3600.0

#: After so many failures of one sweep it is an outage and no matter of single records.
OUTAGE_FAILURES = 5

_WORKER_OF = {
    JobSubmitted: "annotator",
    ArchiveDue: "archiver",
    DeletionRequested: "archiver",
    JobRestoreRequested: "restorer",
}


@dataclass(frozen=True)
class Sweeping:
    """What a sweep needs; whatever is late for less than the patience is left alone."""

    jobs: JobStore
    late: OverdueJobs
    accounts: AccountStore
    untold: UntoldAccounts
    bus: Bus
    clock: Callable[[], float]
    patience_seconds: float


def sweep(_message: SweepDue, *, sweeping: Sweeping) -> None:
    """Help on the jobs and the accounts that have waited longest, each on its own."""
    before = sweeping.clock() - sweeping.patience_seconds
    user_ids = sweeping.untold.untold(before, limit=ACCOUNTS_PER_SWEEP)
    job_ids = sweeping.late.overdue(before, limit=JOBS_PER_SWEEP)
    _each("user_id", user_ids, lambda user_id: _tell(user_id, before, sweeping))
    _each("job_id", job_ids, lambda job_id: _help(job_id, before, sweeping))
    log.info("sweep.done", accounts=len(user_ids), jobs=len(job_ids))


def _each(kind: str, names: Sequence[str], act: Callable[[str], None]) -> None:
    """A record that cannot be read, say, keeps no other one waiting; an outage ends the sweep."""
    failures = 0
    for name in names:
        with structlog.contextvars.bound_contextvars(**{kind: name}):
            try:
                act(name)
            except Exception:
                log.exception("sweep.failed")
                failures += 1
                if failures == OUTAGE_FAILURES:
                    raise


def _tell(user_id: str, before: float, sweeping: Sweeping) -> None:
    """Announce a change of plan once more: the first telling, or one that it led to, may have been lost."""
    account = sweeping.accounts.get(user_id)
    if account.untold_since is None or account.untold_since > before:
        return  # The index was behind.
    premium = account.plan is Plan.PREMIUM
    sweeping.bus.publish(RestoreRequested(user_id) if premium else AccountDowngraded(user_id))
    sweeping.untold.note_told(account)
    log.info("sweep.told", plan=account.plan)


def _help(job_id: str, before: float, sweeping: Sweeping) -> None:
    """Say again what the job waits for. What was not said is not noted: the next sweep tries again."""
    try:
        job = sweeping.jobs.get(job_id)
    except NotFound:
        return
    if job.attention_at is None or job.attention_at > before:
        return  # It went on, and the index was behind.
    plan = sweeping.accounts.get(job.user_id).plan
    message = message_for(job, plan)
    if message is not None:
        sweeping.bus.publish(message)
    sweeping.late.postpone(job, next_look(job, plan, now=sweeping.clock(), before=before))
    _report(job, plan, message, late_seconds=sweeping.clock() - late_since(job))


def message_for(job: Job, plan: Plan) -> Message | None:
    """What the worker of the job's present step has to hear."""
    if job.status is JobStatus.DELETED:
        return DeletionRequested(job.job_id)
    if job.status in {JobStatus.PENDING, JobStatus.RUNNING} or _is_end(job):
        return JobSubmitted(job.job_id, job.input_key)
    if job.location in {ResultLocation.ARCHIVING, ResultLocation.ARCHIVED}:
        return ArchiveDue(job.job_id, job.cycle)
    if job.location is ResultLocation.HOT:
        return _message_for_hot(job, plan)
    return JobRestoreRequested(job.job_id, job.restore_tier)


def _message_for_hot(job: Job, plan: Plan) -> Message | None:
    """The restorer removes cold copies that are left over, and opens a window if a free user has none."""
    if plan is Plan.FREE and job.available_until is not None:
        return ArchiveDue(job.job_id, job.cycle)
    if plan is Plan.FREE or any(file.archive_id for file in job.result_files):
        return JobRestoreRequested(job.job_id)
    return None


def next_look(job: Job, plan: Plan, *, now: float, before: float) -> float | None:
    """The new ``attention_at`` of a job that was helped; None if there is nothing more to wait for."""
    if job.status is JobStatus.DELETED:
        return max(last_look(job), now + LONGEST_PAUSE_SECONDS)
    if _is_end(job):
        return None if job.available_until is None else float(job.available_until)
    if _is_settled(job, plan):
        return None
    if job.status is JobStatus.PENDING:
        return now + PENDING_PAUSE_SECONDS
    return now + min(max(before - late_since(job), 0.0), LONGEST_PAUSE_SECONDS)


def late_since(job: Job) -> float:
    """When the present step should have been over, as far as the record tells."""
    known = {
        JobStatus.PENDING: job.started_at or job.submit_time,
        JobStatus.RUNNING: job.lease_expires,
        ResultLocation.HOT: job.available_until or job.restored_at,
        ResultLocation.ARCHIVING: job.available_until,
        ResultLocation.ARCHIVED: job.archived_at,
        ResultLocation.RESTORING: job.restore_expected_at or job.restore_asked_at,
    }
    return float(known.get(job.status) or known.get(job.location) or job.attention_at or 0.0)


def _is_end(job: Job) -> bool:
    """Whether the job is looked at because it has ended, and its window, if it has one, is still open."""
    if job.location is ResultLocation.HOT:
        return (job.attention_at or 0.0) < (job.available_until or 0)
    ended = job.finished and job.status is not JobStatus.DELETED
    return ended and job.location is ResultLocation.NONE


def _is_settled(job: Job, plan: Plan) -> bool:
    """Whether the results are where the plan wants them; if not, a worker is on its way or was lost."""
    return job.location is (ResultLocation.HOT if plan is Plan.PREMIUM else ResultLocation.ARCHIVED)


def _report(job: Job, plan: Plan, message: Message | None, *, late_seconds: float) -> None:
    facts = {
        "status": job.status,
        "location": job.location,
        "late_seconds": round(late_seconds),
        "asked": type(message).__name__ if message else "",
    }
    if message is None or _is_end(job) or _is_settled(job, plan):
        log.info("sweep.checked", **facts)
    elif late_seconds < STUCK_SECONDS:
        log.info("sweep.helped", **facts)
    else:
        todo = f"look for this job_id in the log and the dead letters of the {_WORKER_OF[type(message)]}"
        log.warning("sweep.stuck", todo=todo, **facts)
