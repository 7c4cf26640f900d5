"""Starting the ``after_completion`` state machine, which does all the waiting.

One execution belongs to one job and one cycle and is named by both. Step Functions refuses a second
start of one name, so announcement, mail and archival are scheduled once however often a handler runs:
a handler finishes its work if needed and announces always. Restored results are announced in the same
way, by one execution for all that a user gets back within a short while.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from gas.accounts import Account, Plan
from gas.errors import NotYet, Refused
from gas.jobs import Job, ResultLocation
from gas.mails import end_mail, restored_mail, warning_mail
from gas.ports import Executions, JobStore
from gas.transitions import OPEN_WINDOW, Guard

#: The cycle in which a job completes; later ones begin with a restore or with a new window.
FIRST_CYCLE = 1

#: How long before the end of a window its user is told of it, where nothing else is set.
WARNING_SECONDS = 86_400.0

#: A window is told of ahead if it is so many times as long as that; the user of a shorter one knows already.
_WORTH_A_WARNING = 2

#: How long the mails about restored results are gathered, where nothing else is set.
MAIL_GATHER_SECONDS = 600.0

#: What came back longer ago is no news: the message about it is a late repetition.
_NEWS_SECONDS = 86_400.0


def announce(job: Job, executions: Executions, *, now: float, warning_seconds: float) -> None:
    """Start the execution of this job's present cycle, unless that was done."""
    warn_at = warning_time(job, now=now, warning_seconds=warning_seconds)
    executions.start(f"{job.job_id}-{job.cycle}", execution_input(job, warn_at))


def announce_restored(job: Job, executions: Executions, *, now: float, gather_seconds: float) -> None:
    """Have the user told that these results are back; one mail tells of all of a span of so many seconds.

    The span is that in which the job came back, so every repetition means the same execution.
    """
    if job.restored_at is None or now > job.restored_at + _NEWS_SECONDS:
        return
    seconds = max(gather_seconds, 1.0)
    span = math.floor(job.restored_at / seconds)
    executions.start(f"restored-{job.user_id}-{span}", restored_input(job, (span + 1) * seconds))


def warning_time(job: Job, *, now: float, warning_seconds: float) -> float | None:
    """When to tell of the end of this window; None for one that is short, or if nobody is to be told."""
    if job.available_until is None or not warning_seconds:
        return None
    begin = job.finished_at if job.cycle <= FIRST_CYCLE and job.finished_at else now
    enough = job.available_until - begin >= _WORTH_A_WARNING * warning_seconds
    return job.available_until - warning_seconds if enough else None


def execution_input(job: Job, warn_at: float | None = None) -> dict[str, Any]:
    """What the state machine is told; ``ecs/state_machines/after_completion.asl.json`` reads it.

    ``kind`` is ``finished`` for the cycle in which the job ended, and ``window`` for a later one.
    """
    return {
        "kind": "finished" if job.cycle <= FIRST_CYCLE else "window",
        "job_id": job.job_id,
        "user_id": job.user_id,
        "cycle": job.cycle,
        "status": job.status.value,
        "mail": end_mail(job) if job.cycle <= FIRST_CYCLE else None,
        "available_until": _timestamp(job.available_until or 0),
        "warn_at": None if warn_at is None else _timestamp(warn_at),
        "warning": None if warn_at is None else warning_mail(job),
    }


def restored_input(job: Job, mail_at: float) -> dict[str, Any]:
    """What the state machine is told of restored results: the first of those that one mail tells of."""
    return {
        "kind": "restored",
        "job_id": job.job_id,
        "user_id": job.user_id,
        "mail": restored_mail(job),
        "mail_at": _timestamp(mail_at),
    }


def window_end(now: float, retention_seconds: float) -> int:
    """When a window that opens now ends: whole seconds, because Step Functions waits for whole ones."""
    return math.ceil(now + retention_seconds)


def has_full_window(job: Job, account: Account, retention_seconds: float) -> bool:
    """Whether the job's window, open or over, is a full one since the account's plan began."""
    return (job.available_until or 0) >= account.plan_since + retention_seconds


def ensure_window(
    job: Job,
    account: Account,
    *,
    jobs: JobStore,
    executions: Executions,
    now: float,
    retention_seconds: float,
    warning_seconds: float,
) -> Job:
    """Give the hot results of a free account a full window, and schedule its end; the job afterwards.

    A window that is long enough is left as it is, so this may run any number of times. A new one can be
    prolonged by the user as often as the first.

    :raises NotYet: the job changed meanwhile; to be looked at again.
    """
    if account.plan is not Plan.FREE or job.location is not ResultLocation.HOT:
        return job
    if not has_full_window(job, account, retention_seconds):
        try:
            job = jobs.move(
                job.job_id,
                OPEN_WINDOW,
                Guard(cycle=job.cycle),
                cycle=job.cycle + 1,
                available_until=window_end(now, retention_seconds),
                extensions=0,
            )
        except Refused as error:
            # Another worker opened it, or this one did and never heard the answer: whoever looks again
            # finds the window and announces it.
            raise NotYet("the job changed meanwhile") from error
    announce(job, executions, now=now, warning_seconds=warning_seconds)
    return job


def _timestamp(seconds: float) -> str:
    """As Step Functions reads it: https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html."""
    return datetime.fromtimestamp(math.ceil(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
