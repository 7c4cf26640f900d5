"""A transition is made from its own states only, whatever else is true of the job."""

from __future__ import annotations

import uuid

import pytest

from gas.errors import Refused
from gas.jobs import Job, JobStatus, ResultLocation
from gas.transitions import LOCATION_TRANSITIONS, NOTE_UPLOAD, Guard


def add_job(jobs, user, location) -> Job:
    job_id = str(uuid.uuid4())
    job = Job(
        job_id=job_id,
        user_id=user,
        file_name="x.vcf",
        input_key=f"inputs/{user}/{job_id}/x.vcf",
        submit_time=1_700_000_000.0,
        max_input_bytes=1000,
        status=JobStatus.COMPLETED,
        location=location,
        cycle=1,
    )
    jobs.add(job)
    return job


@pytest.mark.parametrize("location", ResultLocation)
@pytest.mark.parametrize("transition", LOCATION_TRANSITIONS, ids=lambda transition: transition.name)
def test_results_move_from_where_they_are(jobs, user, transition, location):
    """From anywhere else the move is refused, and nothing is written."""
    job = add_job(jobs, user, location)

    if location in transition.location_from:
        assert jobs.move(job.job_id, transition, Guard(cycle=1)).location is transition.location_to
    else:
        with pytest.raises(Refused):
            jobs.move(job.job_id, transition, Guard(cycle=1))
        assert jobs.get(job.job_id) == job


def test_of_two_uploads_of_an_input_one_is_noted(jobs, user):
    """The second is refused, and the sweep is not told to look at a job that waits for its file."""
    job_id = str(uuid.uuid4())
    jobs.add(
        Job(
            job_id=job_id,
            user_id=user,
            file_name="x.vcf",
            input_key=f"inputs/{user}/{job_id}/x.vcf",
            submit_time=1_700_000_000.0,
            max_input_bytes=1000,
        )
    )

    noted = jobs.move(job_id, NOTE_UPLOAD, Guard(user_id=user), upload_id="first")
    with pytest.raises(Refused):
        jobs.move(job_id, NOTE_UPLOAD, Guard(user_id=user), upload_id="second")

    assert (noted.upload_id, noted.status, noted.attention_at) == ("first", JobStatus.AWAITING_UPLOAD, None)
    assert jobs.get(job_id) == noted
    again = jobs.move(job_id, NOTE_UPLOAD, Guard(user_id=user, upload_id="first"), upload_id="second")
    assert again.upload_id == "second"
