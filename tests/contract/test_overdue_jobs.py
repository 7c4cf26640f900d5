"""What the job store promises the sweep: which jobs have waited longest, and who may put them off."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from gas.jobs import Job, JobStatus, ResultLocation
from gas.transitions import (
    BEGIN_ARCHIVE,
    CANCEL,
    CLAIM,
    COMPLETE,
    CONFIRM_UPLOAD,
    EXTEND_LEASE,
    FINISH_RESTORE,
    OPEN_WINDOW,
    QUEUED_FOR_LONG_SECONDS,
    RELEASE,
    Guard,
)

#: Before every time of the other tests, whose jobs are in the same table.
LONG_AGO = -1000.0


@pytest.fixture
def job(user) -> Job:
    return Job(
        job_id=str(uuid.uuid4()),
        user_id=user,
        file_name="x.vcf",
        input_key="k",
        submit_time=1.0,
        max_input_bytes=1000,
        status=JobStatus.RUNNING,
        lease_owner="a",
    )


@pytest.fixture
def waiting(jobs, job):
    """Makes jobs that have waited since a time; in the end none of them waits any more."""
    made = []

    def make(at: float) -> Job:
        job_id = str(uuid.uuid4())
        jobs.add(replace(job, job_id=job_id))
        made.append(job_id)
        return jobs.move(job_id, RELEASE, Guard(owner="a", now=at))

    yield make
    for job_id in made:
        jobs.postpone(jobs.get(job_id), None)


def test_what_has_waited_longest_is_overdue_first(jobs, waiting):
    """Up to the time that was asked for, and no more than were asked for."""
    second, first, third = (waiting(LONG_AGO + at).job_id for at in (2.5, 1.25, 3.0))

    assert jobs.overdue(LONG_AGO + 3.0, limit=10) == [first, second, third]
    assert jobs.overdue(LONG_AGO + 2.5, limit=10) == [first, second]
    assert jobs.overdue(LONG_AGO + 3.0, limit=1) == [first]
    assert jobs.overdue(LONG_AGO + 1.0, limit=10) == []


def test_a_job_that_was_put_off_is_overdue_later_or_never_again(jobs, waiting):
    """None: it waits for nothing any more."""
    first, second = waiting(LONG_AGO), waiting(LONG_AGO + 1)

    assert jobs.postpone(first, LONG_AGO + 5)
    assert jobs.postpone(second, None)

    assert jobs.overdue(LONG_AGO + 4, limit=10) == []
    assert jobs.overdue(LONG_AGO + 5, limit=10) == [first.job_id]
    assert jobs.get(first.job_id) == replace(first, attention_at=LONG_AGO + 5)
    assert jobs.get(second.job_id) == replace(second, attention_at=None)


def test_a_job_that_went_on_is_not_put_off(jobs, waiting):
    """Whoever moved it has said when it is due; even at the very same time."""
    seen = waiting(LONG_AGO)
    jobs.move(seen.job_id, CLAIM, Guard(now=5.0), lease_owner="b", lease_expires=60.0)
    assert not jobs.postpone(seen, None)

    back = jobs.move(seen.job_id, RELEASE, Guard(owner="b", now=LONG_AGO))
    gone = jobs.move(seen.job_id, CANCEL, Guard(now=LONG_AGO))
    assert not jobs.postpone(back, None)
    assert jobs.get(seen.job_id) == gone


def test_a_job_that_waits_for_nothing_or_is_gone_is_left_as_it_is(jobs, job):
    """Nobody is to look at it again, and none is made."""
    jobs.add(job)

    assert not jobs.postpone(job, 5.0)
    assert not jobs.postpone(replace(job, job_id="gone", attention_at=1.0), 5.0)
    assert jobs.get(job.job_id) == job


@pytest.mark.parametrize(
    ("transition", "changes", "expected"),
    [
        (CONFIRM_UPLOAD, {}, 70.5 + QUEUED_FOR_LONG_SECONDS),
        (CLAIM, {"lease_expires": 100.25}, 120.0),
        (EXTEND_LEASE, {"lease_expires": 120.0}, 120.0),
        (RELEASE, {}, 70.5),
        (COMPLETE, {"finished_at": 80.25, "available_until": 200}, 80.25),
        (CANCEL, {"finished_at": 80.25}, 80.25),
        (OPEN_WINDOW, {"available_until": 200}, 200.0),
        (BEGIN_ARCHIVE, {}, 70.5),
        (FINISH_RESTORE, {"available_until": None}, 70.5),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_transition_says_when_its_step_should_be_over(jobs, job, transition, changes, expected):
    """In the write that makes it; what begins no step says so."""
    status = min(transition.status_from)
    location = min(transition.location_from, default=ResultLocation.NONE)
    jobs.add(replace(job, status=status, location=location, cycle=1))

    moved = jobs.move(job.job_id, transition, Guard(owner="a", now=70.5, cycle=1), **changes)

    assert moved.attention_at == expected
    assert jobs.get(job.job_id) == moved
