"""A job and the only ways in which it may change.

Two small state machines, never one product of both::

    JobStatus       AWAITING_UPLOAD -> PENDING -> RUNNING -> COMPLETED | FAILED | CANCELLED
    ResultLocation  NONE -> HOT -> ARCHIVING -> ARCHIVED -> RESTORING -> HOT

Every change is one `Transition` below, and a store turns it into one conditional write: whoever
loses a race is refused and has written nothing.

A *cycle* numbers the stays of the results in hot storage: the first begins when the job
completes, another with every restore and with every new retention window. Copies are named by
cycle, so that a late worker of an earlier cycle can never touch the copy of a later one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class JobStatus(StrEnum):
    """How far the annotation has come."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ResultLocation(StrEnum):
    """Where the result files are; log and summary always stay hot."""

    NONE = "NONE"
    HOT = "HOT"
    ARCHIVING = "ARCHIVING"
    ARCHIVED = "ARCHIVED"
    RESTORING = "RESTORING"


FINISHED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    """One file that moves between hot and cold storage with its job.

    :ivar name: what a download is called.
    :ivar key: object key of the hot copy; there is one only while the results are HOT or ARCHIVING.
    :ivar size: bytes.
    :ivar sha256: hexadecimal digest, computed before the file first left the annotator.
    :ivar archive_id: what cold storage calls the latest cold copy; it exists while ARCHIVED or RESTORING.
    """

    name: str
    key: str
    size: int
    sha256: str
    archive_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the annotation of a running job was at ``updated_at``.

    :ivar records: how many were done.
    :ivar contig: the contig of the last of them.
    :ivar rate: records per second since the annotation began.
    :ivar share: how much of the input was read, from 0 to 1; None if the engine does not say.
    """

    records: int
    contig: str
    rate: float
    share: float | None
    updated_at: float


@dataclass(frozen=True, kw_only=True)
class Job:
    """One submitted VCF. Times are seconds since the epoch, sizes are bytes.

    :ivar input_key: the exact object key that this job's upload was allowed to write.
    :ivar max_input_bytes: the plan's limit when the job was made.
    :ivar expires_at: a ticket that was never used disappears then (DynamoDB time to live).
    :ivar lease_owner: token of the worker that runs the job; the lease lapses at ``lease_expires``.
    :ivar attempt: how many workers have begun this job.
    :ivar progress: how far its engine is; None before it has told, and once the job has ended.
    :ivar available_until: end of the retention window; None while no window was opened.
    :ivar result_files: the files that are archived and restored together.
    :ivar failure: one sentence for the user.
    """

    job_id: str
    user_id: str
    file_name: str
    input_key: str
    submit_time: float
    max_input_bytes: int
    status: JobStatus = JobStatus.AWAITING_UPLOAD
    location: ResultLocation = ResultLocation.NONE
    expires_at: int | None = None
    input_bytes: int | None = None
    lease_owner: str = ""
    lease_expires: float = 0.0
    attempt: int = 0
    progress: Progress | None = None
    started_at: float | None = None
    finished_at: float | None = None
    cycle: int = 0
    available_until: int | None = None
    result_files: tuple[ResultFile, ...] = ()
    log_key: str = ""
    summary_key: str = ""
    records: int | None = None
    annotated: int | None = None
    skipped: int | None = None
    failure: str = ""
    archived_at: float | None = None
    restore_tier: str = ""
    restore_asked_at: float | None = None
    restore_expected_at: float | None = None
    restored_at: float | None = None

    @property
    def finished(self) -> bool:
        """Whether the annotation has ended, well or not."""
        return self.status in FINISHED

    @property
    def result_bytes(self) -> int:
        """Size of all result files together."""
        return sum(file.size for file in self.result_files)


@dataclass(frozen=True)
class Transition:
    """One allowed change: the states it starts from, the state it ends in, and its other conditions.

    :ivar owned: only the holder of the lease may do it.
    :ivar lapsed: only after the lease of another has run out.
    :ivar in_cycle: only in the cycle that the caller has seen.
    """

    name: str
    status_from: frozenset[JobStatus]
    status_to: JobStatus | None = None
    location_from: frozenset[ResultLocation] = field(default_factory=frozenset)
    location_to: ResultLocation | None = None
    owned: bool = False
    lapsed: bool = False
    in_cycle: bool = False


def _status(
    name: str, start: set[JobStatus], end: JobStatus, *, owned: bool = False, lapsed: bool = False
) -> Transition:
    return Transition(name, frozenset(start), end, owned=owned, lapsed=lapsed)


def _location(name: str, start: ResultLocation, end: ResultLocation) -> Transition:
    completed = frozenset({JobStatus.COMPLETED})
    return Transition(name, completed, None, frozenset({start}), end, in_cycle=True)


_S, _L = JobStatus, ResultLocation

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

BEGIN_ARCHIVE = _location("begin_archive", _L.HOT, _L.ARCHIVING)
FINISH_ARCHIVE = _location("finish_archive", _L.ARCHIVING, _L.ARCHIVED)
BEGIN_RESTORE = _location("begin_restore", _L.ARCHIVED, _L.RESTORING)
NOTE_RETRIEVAL = _location("note_retrieval", _L.RESTORING, _L.RESTORING)
FINISH_RESTORE = _location("finish_restore", _L.RESTORING, _L.HOT)
OPEN_WINDOW = _location("open_window", _L.HOT, _L.HOT)

STATUS_TRANSITIONS = (CONFIRM_UPLOAD, CLAIM, RECLAIM, EXTEND_LEASE, RELEASE, COMPLETE, FAIL, CANCEL)
LOCATION_TRANSITIONS = (
    BEGIN_ARCHIVE,
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
    :ivar now: the caller's clock, against which a lease may have lapsed.
    :ivar cycle: the cycle that the caller means.
    :ivar user_id: if given, the job must be this user's.
    """

    owner: str = ""
    now: float = 0.0
    cycle: int = 0
    user_id: str | None = None


def allows(transition: Transition, job: Job, guard: Guard) -> bool:
    """Whether the transition may be made from this state; what a store must check in its one write."""
    return (
        job.status in transition.status_from
        and (not transition.location_from or job.location in transition.location_from)
        and (not transition.owned or job.lease_owner == guard.owner)
        and (not transition.lapsed or job.lease_expires <= guard.now)
        and (not transition.in_cycle or job.cycle == guard.cycle)
        and (guard.user_id is None or job.user_id == guard.user_id)
    )
