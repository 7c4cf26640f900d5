"""What the annotator does: fetch the input, annotate it, save the results, announce the end.

A VCF that cannot be annotated is an outcome and not an exception: the job FAILED, with one sentence.
The handler may run twice or be killed anywhere: keys and contents of the results are the same every
time, and only the holder of the lease can complete or fail the job.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from gas.after_completion import FIRST_CYCLE, announce, window_end
from gas.errors import InvalidInput, NotFound, NotYet, Refused
from gas.heartbeat import beating
from gas.jobs import COMPLETE, EXTEND_LEASE, FAIL, RELEASE, Guard, Job, JobStatus, ResultFile
from gas.keys import result_key
from gas.messages import JobSubmitted
from gas.ports import Executions, JobStore, ObjectStore
from gas.worker import GivenBack
from services.annotator.claim import claim_job
from services.annotator.report import Report
from services.annotator.result_files import Outputs, result_names

log = structlog.get_logger()

#: A job that took this many workers with it is not tried again: the next receipt records FAILED.
MAX_ATTEMPTS = 3

#: Free scratch space asked for, in sizes of the stored input: the input, the results, and their parts.
SCRATCH_FACTOR = 4

TOO_MANY_ATTEMPTS = (
    "The annotation stopped unexpectedly {attempts} times and was given up; your file is stored unchanged. "
    "Please report this with the job id."
)
INPUT_GONE = "The uploaded file is no longer stored; please submit it again."
INPUT_TOO_LARGE = "The file has {size:,} bytes, which is more than the {limit:,} bytes of your plan."

CONTENT_TYPES = {
    ".gz": "application/gzip",
    ".tbi": "application/octet-stream",
    ".log": "text/plain; charset=utf-8",
    ".json": "application/json",
}


class Annotate(Protocol):
    """The engine, with its pack: paths in, paths out."""

    def __call__(self, source: Path, outputs: Outputs, *, file_name: str) -> Report:
        """Annotate a VCF; `InvalidInput` if it cannot be."""


@dataclass(frozen=True)
class Annotating:
    """What the steps of an annotation need."""

    jobs: JobStore
    inputs: ObjectStore
    results: ObjectStore
    executions: Executions
    annotate: Annotate
    clock: Callable[[], float]
    scratch: Path
    lease_seconds: float
    retention_seconds: float


def annotate_job(message: JobSubmitted, *, annotating: Annotating) -> None:
    """Annotate one submitted VCF and announce the end; finish if needed, announce always."""
    a = annotating
    job = claim_job(message, a.jobs, now=a.clock(), lease_seconds=a.lease_seconds)
    if job is None:
        return
    if not job.finished:
        job = _run(job, a)
    # A later cycle was opened, and announced, by whoever archived and restored the results since.
    if job.status is not JobStatus.CANCELLED and job.cycle <= FIRST_CYCLE:
        announce(job, a.executions)


def _run(job: Job, a: Annotating) -> Job:
    try:
        with beating(a.lease_seconds / 3, lambda: _extend(job, a)), _scratch(a) as folder:
            return _annotate(job, a, Path(folder))
    except Refused as error:
        raise NotYet("the lease was lost to another worker", retry_after=a.lease_seconds) from error
    except GivenBack:
        _release(job, a, attempt=job.attempt - 1)  # To be stopped is not the job's fault.
        raise
    except Exception:
        _release(job, a, attempt=job.attempt)
        raise


def _annotate(job: Job, a: Annotating, folder: Path) -> Job:
    try:
        source = _fetch(job, a, folder)
        outputs = _outputs(job, folder)
        report = a.annotate(source, outputs, file_name=job.file_name)
    except InvalidInput as error:
        return _fail(job, a, folder, str(error))
    return _save(job, a, outputs, report)


def _fetch(job: Job, a: Annotating, folder: Path) -> Path:
    if job.attempt > MAX_ATTEMPTS:
        raise InvalidInput(TOO_MANY_ATTEMPTS.format(attempts=MAX_ATTEMPTS))
    try:
        size = a.inputs.stat(job.input_key).size
    except NotFound:
        raise InvalidInput(INPUT_GONE) from None
    if size > job.max_input_bytes:
        raise InvalidInput(INPUT_TOO_LARGE.format(size=size, limit=job.max_input_bytes))
    if shutil.disk_usage(folder).free < size * SCRATCH_FACTOR:
        raise NotYet("the scratch volume is too full", retry_after=a.lease_seconds)
    # The user's file name is for people; on disk the input has a name of ours.
    source = folder / "input"
    with source.open("wb") as target:
        a.inputs.download(job.input_key, target)
    return source


def _save(job: Job, a: Annotating, outputs: Outputs, report: Report) -> Job:
    files = tuple(_store_result(job, a, path) for path in (outputs.vcf, outputs.index))
    now = a.clock()
    job = a.jobs.move(
        job.job_id,
        COMPLETE,
        Guard(owner=job.lease_owner),
        result_files=files,
        log_key=_upload(job, a, outputs.log),
        summary_key=_upload(job, a, outputs.summary),
        input_bytes=a.inputs.stat(job.input_key).size,
        records=report.records,
        annotated=report.records - report.kept_unannotated,
        skipped=report.kept_unannotated,
        finished_at=now,
        cycle=FIRST_CYCLE,
        available_until=window_end(now, a.retention_seconds),
    )
    log.info("job.completed", records=job.records, annotated=job.annotated, skipped=job.skipped)
    return job


def _fail(job: Job, a: Annotating, folder: Path, sentence: str) -> Job:
    path = _outputs(job, folder).log
    path.write_text(f"{job.file_name}\n\nThe annotation failed.\n{sentence}\n", encoding="utf-8")
    job = a.jobs.move(
        job.job_id,
        FAIL,
        Guard(owner=job.lease_owner),
        failure=sentence,
        log_key=_upload(job, a, path),
        finished_at=a.clock(),
    )
    log.info("job.failed", failure=sentence)
    return job


def _outputs(job: Job, folder: Path) -> Outputs:
    names = result_names(job.file_name)
    return Outputs(
        vcf=folder / names.vcf,
        index=folder / names.index,
        log=folder / names.log,
        summary=folder / names.summary,
    )


def _store_result(job: Job, a: Annotating, path: Path) -> ResultFile:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return ResultFile(name=path.name, key=_upload(job, a, path), size=path.stat().st_size, sha256=digest)


def _upload(job: Job, a: Annotating, path: Path) -> str:
    key = result_key(job.user_id, job.job_id, path.name)
    with path.open("rb") as source:
        a.results.upload(key, source, content_type=CONTENT_TYPES[path.suffix])
    return key


def _extend(job: Job, a: Annotating) -> None:
    guard = Guard(owner=job.lease_owner)
    a.jobs.move(job.job_id, EXTEND_LEASE, guard, lease_expires=a.clock() + a.lease_seconds)


def _release(job: Job, a: Annotating, *, attempt: int) -> None:
    """Let another worker begin at once; without this the lease lapses by itself."""
    changes: dict[str, Any] = {"lease_owner": "", "lease_expires": 0.0, "attempt": attempt}
    with suppress(Exception):
        a.jobs.move(job.job_id, RELEASE, Guard(owner=job.lease_owner), **changes)


def _scratch(a: Annotating) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="job-", dir=a.scratch)
