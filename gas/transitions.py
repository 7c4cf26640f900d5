"""The only ways in which a job may change, as data.

Every change is one `Transition`, and a store turns it into one conditional write: whoever loses a race is
refused and has written nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from gas.jobs import Job, JobStatus, ResultFile, ResultLocation


@dataclass(frozen=True)
class Transition:
    """One allowed change: the states it starts from, the state it ends in, and its other conditions.

    :ivar owned: only the holder of the lease may do it.
    :ivar lapsed: only after the lease of another has run out.
    :ivar in_cycle: only in the cycle that the caller has seen.
    :ivar same_files: only if nobody changed the result files since the caller saw them.
    :ivar same_upload: only if nobody began another upload of the input since the caller saw the job.
    """

    name: str
    status_from: frozenset[JobStatus]
    status_to: JobStatus | None = None
    location_from: frozenset[ResultLocation] = field(default_factory=frozenset)
    location_to: ResultLocation | None = None
    owned: bool = False
    lapsed: bool = False
    in_cycle: bool = False
    same_files: bool = False
    same_upload: bool = False


def _status(
    name: str, start: set[JobStatus], end: JobStatus, *, owned: bool = False, lapsed: bool = False
) -> Transition:
    return Transition(name, frozenset(start), end, owned=owned, lapsed=lapsed)


def _location(name: str, start: ResultLocation, end: ResultLocation) -> Transition:
    completed = frozenset({JobStatus.COMPLETED})
    return Transition(name, completed, None, frozenset({start}), end, in_cycle=True)


_S, _L = JobStatus, ResultLocation

NOTE_UPLOAD = replace(_status("note_upload", {_S.AWAITING_UPLOAD}, _S.AWAITING_UPLOAD), same_upload=True)
CONFIRM_UPLOAD = _status("confirm_upload", {_S.AWAITING_UPLOAD}, _S.PENDING)
CLAIM = _status("claim", {_S.AWAITING_UPLOAD, _S.PENDING}, _S.RUNNING)
RECLAIM = _status("reclaim", {_S.RUNNING}, _S.RUNNING, lapsed=True)
EXTEND_LEASE = _status("extend_lease", {_S.RUNNING}, _S.RUNNING, owned=True)
RELEASE = _status("release", {_S.RUNNING}, _S.PENDING, owned=True)
COMPLETE = Transition(
    "complete", frozenset({_S.RUNNING}), _S.COMPLETED, frozenset({_L.NONE}), _L.HOT, owned=True
)
FAIL = _status("fail", {_S.RUNNING}, _S.FAILED, owned=True)
CANCEL = _status("cancel", {_S.AWAITING_UPLOAD, _S.PENDING, _S.RUNNING}, _S.CANCELLED)

# A deleted job has results nowhere, so that nothing is done with them any more; it keeps their names until
# PURGE, which says that nothing is left.
DELETE = Transition(
    "delete",
    frozenset({_S.AWAITING_UPLOAD, _S.COMPLETED, _S.FAILED, _S.CANCELLED}),
    _S.DELETED,
    location_to=_L.NONE,
)
PURGE = _status("purge", {_S.DELETED}, _S.DELETED)

BEGIN_ARCHIVE = _location("begin_archive", _L.HOT, _L.ARCHIVING)
NOTE_ARCHIVE = replace(_location("note_archive", _L.ARCHIVING, _L.ARCHIVING), same_files=True)
FINISH_ARCHIVE = replace(_location("finish_archive", _L.ARCHIVING, _L.ARCHIVED), same_files=True)
BEGIN_RESTORE = _location("begin_restore", _L.ARCHIVED, _L.RESTORING)
NOTE_RETRIEVAL = _location("note_retrieval", _L.RESTORING, _L.RESTORING)
FINISH_RESTORE = _location("finish_restore", _L.RESTORING, _L.HOT)
OPEN_WINDOW = _location("open_window", _L.HOT, _L.HOT)

STATUS_TRANSITIONS = (
    NOTE_UPLOAD,
    CONFIRM_UPLOAD,
    CLAIM,
    RECLAIM,
    EXTEND_LEASE,
    RELEASE,
    COMPLETE,
    FAIL,
    CANCEL,
    DELETE,
    PURGE,
)
LOCATION_TRANSITIONS = (
    BEGIN_ARCHIVE,
    NOTE_ARCHIVE,
    FINISH_ARCHIVE,
    BEGIN_RESTORE,
    NOTE_RETRIEVAL,
    FINISH_RESTORE,
    OPEN_WINDOW,
)


@dataclass(frozen=True)
class Guard:
    """What the caller of a transition has seen, checked in the same write that makes the change.

    Only the fields that the transition asks for are looked at.

    :ivar owner: the caller's lease token.
    :ivar now: the caller's clock: a lease may have lapsed, and a step that begins now is expected to end.
    :ivar cycle: the cycle that the caller means.
    :ivar user_id: if given, the job must be this user's.
    :ivar result_files: the result files as the caller has seen them.
    :ivar upload_id: the upload of the input as the caller has seen it.
    """

    owner: str = ""
    now: float = 0.0
    cycle: int = 0
    user_id: str | None = None
    result_files: tuple[ResultFile, ...] = ()
    upload_id: str = ""


def allows(transition: Transition, job: Job, guard: Guard) -> bool:
    """Whether the transition may be made from this state; what a store must check in its one write."""
    return (
        job.status in transition.status_from
        and (not transition.location_from or job.location in transition.location_from)
        and (not transition.owned or job.lease_owner == guard.owner)
        and (not transition.lapsed or job.lease_expires <= guard.now)
        and (not transition.in_cycle or job.cycle == guard.cycle)
        and (not transition.same_files or job.result_files == guard.result_files)
        and (not transition.same_upload or job.upload_id == guard.upload_id)
        and (guard.user_id is None or job.user_id == guard.user_id)
    )


#: A message that nobody took is deleted by its queue after four days (``ecs/templates/30-messaging.yaml``),
#: so a job that waits longer than that waits for nothing.
QUEUE_SECONDS = 4 * 24 * 3600.0

#: A job that waits for longer than this may have lost its message; one more does no harm, for it finds the
#: job taken or done.
QUEUED_FOR_LONG_SECONDS = 6 * 3600.0

#: A lease is kept once a second. Its end in whole minutes moves once a minute, so that the index of the
#: sweep is seldom written.
LEASE_STEP_SECONDS = 60.0


def attention_after(transition: Transition, guard: Guard, changes: Mapping[str, Any]) -> float | None:
    """When the step that this transition begins should be over; None if it begins none.

    Of a step without a known end it is the present time: the sweep allows for the usual length of a step.
    """
    if transition in (NOTE_UPLOAD, PURGE):
        return None
    if transition.status_to is not None:
        return _attention_after_status(transition, guard, changes)
    if transition.location_to is ResultLocation.HOT and transition is not FINISH_RESTORE:
        until = changes.get("available_until")
        return None if until is None else float(until)
    if transition.location_to is ResultLocation.RESTORING:
        return float(changes.get("restore_expected_at") or guard.now)
    return guard.now


def _attention_after_status(transition: Transition, guard: Guard, changes: Mapping[str, Any]) -> float:
    if transition is CONFIRM_UPLOAD:
        return guard.now + QUEUED_FOR_LONG_SECONDS
    if transition.status_to is JobStatus.RUNNING:
        lapses = float(changes.get("lease_expires", guard.now))
        return math.ceil(lapses / LEASE_STEP_SECONDS) * LEASE_STEP_SECONDS
    # A job that was given back has its message already, which comes back after a pause; one that has ended
    # is to be announced, or its results cleared away; what belongs to a deleted one is to be removed.
    return float(changes.get("finished_at") or guard.now)


class Stage(StrEnum):
    """Where in the queue a job is; one whose file has not arrived, or that was cancelled, is nowhere."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"


#: The stage of each status that has one, and the field that says since when a job is in it.
STAGES: Mapping[JobStatus, tuple[Stage, str]] = {
    JobStatus.PENDING: (Stage.WAITING, "queued_at"),
    JobStatus.RUNNING: (Stage.RUNNING, "started_at"),
    JobStatus.COMPLETED: (Stage.ENDED, "finished_at"),
    JobStatus.FAILED: (Stage.ENDED, "finished_at"),
}


def stage_after(transition: Transition, guard: Guard, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The stage that this transition leads to and since when, as attributes to write; None removes one.

    Nothing if the stage stays, so that the progress of a running job writes nothing to the index.
    """
    if transition.status_to is None or transition is EXTEND_LEASE:
        return {}
    stage, since = STAGES.get(transition.status_to, (None, ""))
    if stage is None:
        return {"stage": None, "stage_at": None}
    return {"stage": stage, "stage_at": float(changes.get(since) or guard.now)}
