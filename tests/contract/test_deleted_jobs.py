"""What every job store promises of jobs that were deleted."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from gas.errors import Refused
from gas.jobs import FINISHED, Job, JobStatus, ResultFile, ResultLocation
from gas.transitions import DELETE, PURGE, Guard

NOW = 1_700_000_600.0
FILE = ResultFile(name="x.gz", key="results/u/j/x.gz", size=3, sha256="ab", archive_id="a")


@pytest.fixture
def job(user) -> Job:
    job_id = str(uuid.uuid4())
    return Job(
        job_id=job_id,
        user_id=user,
        file_name="x.vcf",
        input_key=f"inputs/{user}/{job_id}/x.vcf",
        submit_time=1_700_000_000.0,
        max_input_bytes=1000,
        status=JobStatus.COMPLETED,
        location=ResultLocation.ARCHIVED,
        result_files=(FILE,),
        log_key="log",
    )


def delete(jobs, job: Job) -> Job:
    return jobs.move(job.job_id, DELETE, Guard(user_id=job.user_id, now=NOW), deleted_at=NOW)


def test_a_deletion_keeps_the_names_of_what_is_to_be_removed(jobs, job):
    """And the sweep looks after the job until it is on record that nothing is left."""
    jobs.add(job)

    deleted = delete(jobs, job)

    assert (deleted.status, deleted.location) == (JobStatus.DELETED, ResultLocation.NONE)
    assert deleted.result_files == (FILE,)
    assert deleted.attention_at == NOW
    purged = jobs.move(job.job_id, PURGE, Guard(now=NOW), result_files=(), log_key="")
    assert (purged.status, purged.result_files, purged.attention_at) == (JobStatus.DELETED, (), None)
    assert jobs.get(job.job_id) == purged


@pytest.mark.parametrize("status", JobStatus)
def test_only_what_is_not_being_worked_on_is_deleted(jobs, job, status):
    jobs.add(replace(job, status=status))

    if status is JobStatus.AWAITING_UPLOAD or (status in FINISHED and status is not JobStatus.DELETED):
        assert delete(jobs, job).status is JobStatus.DELETED
    else:
        with pytest.raises(Refused):
            delete(jobs, job)
        assert jobs.get(job.job_id).status is status


def test_a_deleted_job_is_in_no_list(jobs, job, user):
    """A page of nothing but such jobs leads on to the others."""
    ids = [f"{job.job_id}-{number}" for number in range(5)]
    for number, job_id in enumerate(ids):
        jobs.add(replace(job, job_id=job_id, submit_time=float(10 - number)))
    for job_id in ids[:3]:
        delete(jobs, replace(job, job_id=job_id))
    seen, cursor = [], None

    while True:
        page = jobs.page_of_user(user, cursor=cursor, limit=2)
        seen += [each.job_id for each in page.jobs]
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == ids[3:]
