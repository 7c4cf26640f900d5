"""Starting the ``after_completion`` state machine, which does all the waiting.

One execution belongs to one job and one cycle and is named by both. Step Functions refuses a second
start of one name, so announcement, mail and archival are scheduled once however often a handler runs:
a handler finishes its work if needed and announces always.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from gas.accounts import Account, Plan
from gas.errors import NotYet, Refused
from gas.jobs import Job, ResultLocation
from gas.ports import Executions, JobStore
from gas.transitions import OPEN_WINDOW, Guard

#: The cycle in which a job completes; later ones begin with a restore or with a new window.
FIRST_CYCLE = 1


def announce(job: Job, executions: Executions) -> None:
    """Start the execution of this job's present cycle, unless that was done."""
    executions.start(f"{job.job_id}-{job.cycle}", execution_input(job))


def execution_input(job: Job) -> dict[str, Any]:
    """What the state machine is told; ``ecs/state_machines/after_completion.asl.json`` reads it."""
    available_until = job.available_until or 0
    return {
        "job_id": job.job_id,
        "user_id": job.user_id,
        "cycle": job.cycle,
        "status": job.status.value,
        "announce": job.cycle <= FIRST_CYCLE,
        "file_name": job.file_name,
        "failure": job.failure,
        "available_until": datetime.fromtimestamp(available_until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def window_end(now: float, retention_seconds: float) -> int:
    """When a window that opens now ends: whole seconds, because Step Functions waits for whole ones."""
    return math.ceil(now + retention_seconds)


def ensure_window(
    job: Job,
    account: Account,
    *,
    jobs: JobStore,
    executions: Executions,
    now: float,
    retention_seconds: float,
) -> None:
    """Give the hot results of a free account a full window since its plan began, and schedule its end.

    A window that is long enough is left as it is, so this may run any number of times.

    :raises NotYet: the job changed meanwhile; to be looked at again.
    """
    if account.plan is not Plan.FREE or job.location is not ResultLocation.HOT:
        return
    if (job.available_until or 0) < account.plan_since + retention_seconds:
        try:
            job = jobs.move(
                job.job_id,
                OPEN_WINDOW,
                Guard(cycle=job.cycle),
                cycle=job.cycle + 1,
                available_until=window_end(now, retention_seconds),
            )
        except Refused as error:
            # Another worker opened it, or this one did and never heard the answer: whoever looks again
            # finds the window and announces it.
            raise NotYet("the job changed meanwhile") from error
    announce(job, executions)
