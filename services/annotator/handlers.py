"""What the annotator does: fetch the input, annotate it, save the results, announce the end.

A VCF that cannot be annotated is an outcome and not an exception: the job FAILED, with one sentence.
The handler may run twice or be killed anywhere: keys and contents of the results are the same every
time, and only the holder of the lease can complete or fail the job. A job that is cancelled is noticed by
the next write to its record, which is refused; nothing of it is left in the results.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from gas.after_completion import FIRST_CYCLE, WARNING_SECONDS, announce, window_end
from gas.errors import InvalidInput, NotFound, NotYet, Refused
from gas.heartbeat import beating
from gas.jobs import WITHOUT_RESULTS, Job, ResultFile, ResultLocation
from gas.keys import result_key
from gas.messages import JobSubmitted
from gas.ports import Executions, JobQueue, JobStore
from gas.stopping import GivenBack
from gas.storage_ports import ObjectStore
from gas.transitions import COMPLETE, FAIL, Guard
from services.annotator.claim import claim_job, extend_lease, release_lease
from services.annotator.engines.engine import Engine, EngineFailed, Outcome
from services.annotator.fetch import INPUT, fetch_input
from services.annotator.job_progress import recording
from services.annotator.requested import check_request
from services.annotator.result.result_files import Outputs, result_names

log = structlog.get_logger()

CONTENT_TYPES = {
    ".gz": "application/gzip",
    ".tbi": "application/octet-stream",
    ".log": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}

#: The outputs that stay with the job's page for good; all others are archived and restored together.
PAGES = frozenset({"log", "summary"})


@dataclass(frozen=True)
class Annotating:
    """What the steps of an annotation need."""

    jobs: JobStore
    queue: JobQueue
    inputs: ObjectStore
    results: ObjectStore
    executions: Executions
    engine: Engine
    clock: Callable[[], float]
    scratch: Path
    lease_seconds: float
    retention_seconds: float
    warning_seconds: float = WARNING_SECONDS


def annotate_job(message: JobSubmitted, *, annotating: Annotating) -> None:
    """Annotate one submitted VCF and announce the end; finish if needed, announce always."""
    a = annotating
    job = claim_job(message, a.jobs, a.queue, now=a.clock(), lease_seconds=a.lease_seconds)
    if job is None:
        return
    ended = job if job.finished else _run(job, a)
    if ended is None or ended.status in WITHOUT_RESULTS:
        _remove_results(job, a)
    else:
        _remove_late_copies(ended, a)
        # Its end is announced in the cycle of its end, whatever has become of the results since: a late
        # execution of the first cycle sends the mail, and what it asks for then is of a past cycle.
        told = replace(ended, cycle=min(ended.cycle, FIRST_CYCLE))
        announce(told, a.executions, now=a.clock(), warning_seconds=a.warning_seconds)


def _run(job: Job, a: Annotating) -> Job | None:
    """The job as it has ended; None if there is none any more."""
    try:
        with beating(a.lease_seconds / 3, lambda: _keep(job, a)), _scratch(a) as folder:
            return _annotate(job, a, Path(folder))
    except (Refused, NotFound) as error:
        return _finished_by_another(job, a, error)
    except EngineFailed:
        release_lease(job, a.jobs, attempt=job.attempt, now=a.clock())
        raise
    except (GivenBack, Exception):
        # To be stopped, or an outage, is not the job's fault.
        release_lease(job, a.jobs, attempt=job.attempt - 1, now=a.clock())
        raise


def _finished_by_another(job: Job, a: Annotating, error: Exception) -> Job | None:
    """The job that this worker may no longer write to, if it has ended: its user has cancelled it, say."""
    try:
        present = a.jobs.get(job.job_id)
    except NotFound:
        return None
    if not present.finished and isinstance(error, NotFound):
        release_lease(job, a.jobs, attempt=job.attempt - 1, now=a.clock())
        raise error
    if not present.finished:
        raise NotYet("the lease was lost to another worker", retry_after=a.lease_seconds) from error
    log.info("job.ended_meanwhile", status=present.status)
    return present


def _annotate(job: Job, a: Annotating, folder: Path) -> Job:
    try:
        check_request(job, a.engine.capabilities)
        source = fetch_input(job, a.inputs, folder, retry_after=a.lease_seconds)
        outputs = _outputs(job, folder)
        outcome = _run_engine(job, a, source, outputs)
    except InvalidInput as error:
        return _fail(job, a, folder, str(error))
    _keep(job, a)  # Nothing is uploaded by a worker that lost its lease while the engine ran.
    return _save(job, a, outputs, outcome, input_bytes=source.stat().st_size)


def _run_engine(job: Job, a: Annotating, source: Path, outputs: Outputs) -> Outcome:
    size = source.stat().st_size
    beat = recording(job, a.jobs, clock=a.clock, lease_seconds=a.lease_seconds, input_bytes=size)
    try:
        return a.engine.annotate(source, outputs, file_name=job.file_name, mode=job.mode, beat=beat)
    except (InvalidInput, Refused, NotFound, EngineFailed):
        raise
    except Exception as error:
        raise EngineFailed(str(error)) from error


def _save(job: Job, a: Annotating, outputs: Outputs, outcome: Outcome, *, input_bytes: int) -> Job:
    kept = [name for name in vars(outputs) if name in a.engine.capabilities.files - PAGES]
    files = tuple(_store_result(job, a, getattr(outputs, name)) for name in kept)
    now = a.clock()
    job = a.jobs.move(
        job.job_id,
        COMPLETE,
        Guard(owner=job.lease_owner),
        result_files=files,
        log_key=_upload(job, a, outputs.log),
        summary_key=_upload(job, a, outputs.summary),
        input_bytes=input_bytes,
        records=outcome.records,
        annotated=outcome.records - outcome.kept_unannotated,
        skipped=outcome.kept_unannotated,
        progress=None,
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
        progress=None,
        finished_at=a.clock(),
        **_known_size(folder),
    )
    log.info("job.failed", failure=sentence)
    return job


def _known_size(folder: Path) -> dict[str, int]:
    """What was fetched before the job failed, if anything was."""
    source = folder / INPUT
    return {"input_bytes": source.stat().st_size} if source.exists() else {}


def _outputs(job: Job, folder: Path) -> Outputs:
    names = vars(result_names(job.file_name))
    return Outputs(**{output: folder / name for output, name in names.items()})


def _store_result(job: Job, a: Annotating, path: Path) -> ResultFile:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return ResultFile(name=path.name, key=_upload(job, a, path), size=path.stat().st_size, sha256=digest)


def _upload(job: Job, a: Annotating, path: Path) -> str:
    key = result_key(job.user_id, job.job_id, path.name)
    with path.open("rb") as source:
        a.results.upload(key, source, content_type=CONTENT_TYPES[path.suffix])
    return key


def _remove_results(job: Job, a: Annotating) -> None:
    """What was uploaded before the end of a cancelled job, by this worker or by one that was killed."""
    for path in vars(result_names(job.file_name)).values():
        a.results.remove(result_key(job.user_id, job.job_id, path.name))


def _remove_late_copies(job: Job, a: Annotating) -> None:
    """What a worker uploaded that had slept until another one's results had left hot storage."""
    hot = job.location in {ResultLocation.HOT, ResultLocation.ARCHIVING}
    in_use = {file.key for file in job.result_files} if hot else set()
    for output, path in vars(result_names(job.file_name)).items():
        key = result_key(job.user_id, job.job_id, path.name)
        if output not in PAGES and key not in in_use:
            a.results.remove(key)


def _keep(job: Job, a: Annotating) -> None:
    extend_lease(job, a.jobs, until=a.clock() + a.lease_seconds)


def _scratch(a: Annotating) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="job-", dir=a.scratch, ignore_cleanup_errors=True)
