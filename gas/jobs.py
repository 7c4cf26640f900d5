"""A job; the only ways in which it may change are in `gas.transitions`.

Two small state machines, never one product of both::

    JobStatus       AWAITING_UPLOAD -> PENDING -> RUNNING -> COMPLETED | FAILED | CANCELLED -> DELETED
    ResultLocation  NONE -> HOT -> ARCHIVING -> ARCHIVED -> RESTORING -> HOT

A *cycle* numbers the stays of the results in hot storage: the first begins when the job
completes, another with every restore and with every new retention window. Copies are named by
cycle, so that a late worker of an earlier cycle can never touch the copy of a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobStatus(StrEnum):
    """How far the annotation has come.

    DELETED is for good: nobody sees the job any more, and what belongs to it is being removed.
    """

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    DELETED = "DELETED"


class ResultLocation(StrEnum):
    """Where the result files are; log and summary always stay hot."""

    NONE = "NONE"
    HOT = "HOT"
    ARCHIVING = "ARCHIVING"
    ARCHIVED = "ARCHIVED"
    RESTORING = "RESTORING"


FINISHED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.DELETED})

#: Ends without results, of which no worker is to leave anything.
WITHOUT_RESULTS = frozenset({JobStatus.CANCELLED, JobStatus.DELETED})


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    """One file that moves between hot and cold storage with its job.

    :ivar name: what a download is called.
    :ivar key: object key of the hot copy; there is one only while the results are HOT or ARCHIVING.
    :ivar size: bytes.
    :ivar sha256: hexadecimal digest, computed before the file first left the annotator.
    :ivar archive_id: what cold storage calls the latest cold copy; it exists while ARCHIVED or RESTORING.
    :ivar upload_id: what cold storage calls the upload in parts that is under way while ARCHIVING.
    :ivar retrieval_id: what cold storage calls the retrieval that was asked for while RESTORING.
    """

    name: str
    key: str
    size: int
    sha256: str
    archive_id: str = ""
    upload_id: str = ""
    retrieval_id: str = ""


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

    :ivar name: what its user calls it; empty if that is the name of the file.
    :ivar genome: name of the genome (the pack) that was chosen; empty in jobs that are older than the choice.
    :ivar mode: how the records are to be looked at (local or haplotype-aware); empty for what is usual.
    :ivar copy_of: the job whose input this one's input is a copy of.
    :ivar upload_id: what hot storage calls the upload of the input in parts that is under way.
    :ivar upload_bytes: size of the input that is uploaded in parts, as it was announced; 0 if it comes whole.
    :ivar queued_at: when the input had arrived.
    :ivar deleted_at: when its user deleted it.
    :ivar input_key: the exact object key that this job's upload was allowed to write.
    :ivar max_input_bytes: the plan's limit when the job was made.
    :ivar expires_at: a ticket that was never used disappears then (DynamoDB time to live).
    :ivar lease_owner: token of the worker that runs the job; the lease lapses at ``lease_expires``.
    :ivar attempt: how many workers have begun this job.
    :ivar progress: how far its engine is; None before it has told, and once the job has ended.
    :ivar available_until: end of the retention window; None while no window was opened.
    :ivar extensions: how often the user has prolonged a window of this job.
    :ivar result_files: the files that are archived and restored together.
    :ivar failure: one sentence for the user.
    :ivar cold_store: where the cold copies are: a name of `gas.cold_stores`.
    :ivar restore_tier: how the files are asked for, or were at last (Expedited, Standard or Bulk).
    :ivar attention_at: when the present step should be over; the sweep looks at a job that is later than
        that. None if nothing is on its way. Every transition sets it (`gas.transitions.attention_after`).
    """

    job_id: str
    user_id: str
    file_name: str
    input_key: str
    submit_time: float
    max_input_bytes: int
    name: str = ""
    genome: str = ""
    mode: str = ""
    copy_of: str = ""
    upload_id: str = ""
    upload_bytes: int = 0
    queued_at: float | None = None
    deleted_at: float | None = None
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
    extensions: int = 0
    result_files: tuple[ResultFile, ...] = ()
    log_key: str = ""
    summary_key: str = ""
    records: int | None = None
    annotated: int | None = None
    skipped: int | None = None
    failure: str = ""
    archived_at: float | None = None
    cold_store: str = ""
    restore_tier: str = ""
    restore_asked_at: float | None = None
    restore_expected_at: float | None = None
    restored_at: float | None = None
    attention_at: float | None = None

    @property
    def finished(self) -> bool:
        """Whether the annotation has ended, well or not."""
        return self.status in FINISHED

    @property
    def result_bytes(self) -> int:
        """Size of all result files together."""
        return sum(file.size for file in self.result_files)
