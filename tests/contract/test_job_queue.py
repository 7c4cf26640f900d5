"""What the queue promises: who waits, who runs and who has ended, and in which order."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from gas.fair_share import QueueEntry
from gas.jobs import Job, JobStatus, Progress
from gas.transitions import (
    CANCEL,
    CLAIM,
    COMPLETE,
    CONFIRM_UPLOAD,
    DELETE,
    EXTEND_LEASE,
    FAIL,
    RECLAIM,
    RELEASE,
    Guard,
)

#: More than there are jobs in the table, of this test and of all others.
ALL = 1_000

PROGRESS = Progress(records=1, contig="20", rate=1.0, share=0.5, updated_at=40.0)


@pytest.fixture
def add(jobs, user):
    """Makes a job that was queued then, of the test's own user."""

    def make(queued_at: float) -> Job:
        job_id = str(uuid.uuid4())
        job = Job(
            job_id=job_id,
            user_id=user,
            file_name="x.vcf",
            input_key="k",
            submit_time=1.0,
            max_input_bytes=1000,
            name="Trio",
        )
        jobs.add(job)
        guard = Guard(now=queued_at)
        return jobs.move(job_id, CONFIRM_UPLOAD, guard, queued_at=queued_at, input_bytes=77)

    return make


@pytest.fixture
def seen(queue, user):
    """The ids of the user's jobs in each stage."""

    def look(**options) -> dict[str, list[str]]:
        stages = {"waiting": queue.waiting, "running": queue.running, "ended": queue.ended}
        entries = {name: read(ALL, **options) for name, read in stages.items()}
        return {
            name: [each.job_id for each in found if each.user_id == user] for name, found in entries.items()
        }

    return look


def claim(jobs, job, at) -> None:
    changes = {"lease_owner": "a", "lease_expires": at + 10, "queued_at": job.queued_at, "started_at": at}
    jobs.move(job.job_id, CLAIM, Guard(now=at), **changes)


def test_a_job_goes_from_stage_to_stage(jobs, add, seen):
    """It is in one of them at a time; until its file has come, and once it is deleted, in none."""
    job = add(10.0)
    assert seen() == {"waiting": [job.job_id], "running": [], "ended": []}

    claim(jobs, job, 20.0)
    assert seen() == {"waiting": [], "running": [job.job_id], "ended": []}

    jobs.move(job.job_id, COMPLETE, Guard(owner="a"), finished_at=50.0)
    assert seen() == {"waiting": [], "running": [], "ended": [job.job_id]}

    jobs.move(job.job_id, DELETE, Guard(now=60.0), deleted_at=60.0)
    assert seen() == {"waiting": [], "running": [], "ended": []}


@pytest.mark.parametrize("claimed", [False, True])
def test_a_job_that_was_cancelled_is_in_no_queue(jobs, add, seen, claimed):
    job = add(10.0)
    if claimed:
        claim(jobs, job, 20.0)

    jobs.move(job.job_id, CANCEL, Guard(now=30.0), finished_at=30.0)

    assert seen() == {"waiting": [], "running": [], "ended": []}


def test_a_job_that_was_given_back_keeps_its_place(jobs, add, seen):
    """It waits in front of those that came after it, and so does one that is taken over."""
    first, second = add(10.0), add(11.0)
    claim(jobs, first, 20.0)

    jobs.move(first.job_id, RELEASE, Guard(owner="a", now=30.0), lease_owner="", queued_at=first.queued_at)
    assert seen()["waiting"] == [first.job_id, second.job_id]

    claim(jobs, first, 40.0)
    claim(jobs, second, 41.0)
    jobs.move(first.job_id, RECLAIM, Guard(now=60.0), lease_owner="b", lease_expires=70.0, started_at=60.0)
    assert seen()["running"] == [second.job_id, first.job_id]


def test_who_waits_longest_is_first_and_who_ended_last_is_first(jobs, add, seen):
    """Since a time, if one is given."""
    second, first, third = (add(at) for at in (20.5, 10.25, 30.0))
    assert seen()["waiting"] == [first.job_id, second.job_id, third.job_id]
    assert seen(since=20.5)["waiting"] == [second.job_id, third.job_id]

    for job in (second, first, third):
        claim(jobs, job, 100.0)
        jobs.move(job.job_id, FAIL, Guard(owner="a"), finished_at=200.0 + job.queued_at)
    assert seen()["ended"] == [third.job_id, second.job_id, first.job_id]
    assert seen(since=221.0)["ended"] == [third.job_id]


def test_no_more_are_shown_than_were_asked_for(queue, add):
    add(10.0)
    add(11.0)

    assert len(queue.waiting(1)) == 1


def test_an_entry_shows_what_forecasts_need(jobs, queue, add, user):
    """Progress and the lease are none of it: they change while the entry stays."""
    job = add(10.0)
    claim(jobs, job, 20.0)
    entry = QueueEntry(job_id=job.job_id, user_id=user, queued_at=10.0, input_bytes=77, started_at=20.0)
    assert [each for each in queue.running(ALL) if each.user_id == user] == [entry]

    jobs.move(job.job_id, EXTEND_LEASE, Guard(owner="a"), lease_expires=90.0, progress=PROGRESS)
    assert [each for each in queue.running(ALL, since=20.0) if each.user_id == user] == [entry]

    jobs.move(job.job_id, COMPLETE, Guard(owner="a"), finished_at=50.0)
    (ended,) = (each for each in queue.ended(ALL) if each.user_id == user)
    assert ended == replace(entry, finished_at=50.0)


@pytest.mark.parametrize("side", ["local cloud"])
def test_a_job_that_an_older_service_has_moved_is_not_shown_where_it_was(cloud, queue, add, user):
    """Such a service writes the status alone, which no fake does."""
    job = add(10.0)
    cloud.client("dynamodb").update_item(
        TableName=cloud.outputs["JobsTable"],
        Key={"job_id": {"S": job.job_id}},
        UpdateExpression="SET #s = :running",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":running": {"S": JobStatus.RUNNING}},
    )

    assert [each for each in queue.waiting(ALL) if each.user_id == user] == []


def test_a_job_that_an_older_service_has_queued_is_shown_since_then(jobs, queue, user):
    """It did not say when it was queued; the transition has."""
    job_id = str(uuid.uuid4())
    jobs.add(
        Job(job_id=job_id, user_id=user, file_name="x", input_key="k", submit_time=5.0, max_input_bytes=1)
    )
    jobs.move(job_id, CONFIRM_UPLOAD, Guard(now=5.0))

    (entry,) = (each for each in queue.waiting(ALL) if each.user_id == user)
    assert entry == QueueEntry(job_id=job_id, user_id=user, queued_at=5.0)
