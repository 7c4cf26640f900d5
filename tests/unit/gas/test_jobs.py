"""The transitions say exactly what may happen to a job."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from gas.accounts import PLAN_CHANGES, Plan
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.transitions import (
    FINISH_ARCHIVE,
    LOCATION_TRANSITIONS,
    NOTE_ARCHIVE,
    NOTE_UPLOAD,
    STATUS_TRANSITIONS,
    Guard,
    allows,
    attention_after,
)

ALLOWED_STATUS = {
    ("AWAITING_UPLOAD", "AWAITING_UPLOAD"),
    ("AWAITING_UPLOAD", "PENDING"),
    ("AWAITING_UPLOAD", "RUNNING"),
    ("AWAITING_UPLOAD", "CANCELLED"),
    ("PENDING", "RUNNING"),
    ("PENDING", "CANCELLED"),
    ("RUNNING", "RUNNING"),
    ("RUNNING", "PENDING"),
    ("RUNNING", "COMPLETED"),
    ("RUNNING", "FAILED"),
    ("RUNNING", "CANCELLED"),
    ("AWAITING_UPLOAD", "DELETED"),
    ("COMPLETED", "DELETED"),
    ("FAILED", "DELETED"),
    ("CANCELLED", "DELETED"),
    ("DELETED", "DELETED"),
}
ALLOWED_LOCATION = {
    ("HOT", "ARCHIVING"),
    ("ARCHIVING", "ARCHIVING"),
    ("ARCHIVING", "ARCHIVED"),
    ("ARCHIVED", "RESTORING"),
    ("RESTORING", "RESTORING"),
    ("RESTORING", "HOT"),
    ("HOT", "HOT"),
}


def make_job(**fields) -> Job:
    defaults = {
        "job_id": "j1",
        "user_id": "u1",
        "file_name": "x.vcf",
        "input_key": "inputs/u1/j1/x.vcf",
        "submit_time": 1.0,
        "max_input_bytes": 1000,
    }
    return Job(**{**defaults, **fields})


def test_the_status_can_change_in_these_ways_only():
    """The table of the architecture page, edge by edge."""
    edges = {(start, str(t.status_to)) for t in STATUS_TRANSITIONS for start in t.status_from}

    assert edges == ALLOWED_STATUS


def test_a_plan_can_change_in_two_ways_only():
    """Up and down."""
    edges = {(change.start, change.end) for change in PLAN_CHANGES}

    assert edges == {(Plan.FREE, Plan.PREMIUM), (Plan.PREMIUM, Plan.FREE)}


def test_the_location_can_change_in_these_ways_only():
    """Completing makes the results hot; after that they go round."""
    edges = {(start, str(t.location_to)) for t in LOCATION_TRANSITIONS for start in t.location_from}

    assert edges == ALLOWED_LOCATION


@pytest.mark.parametrize("transition", LOCATION_TRANSITIONS, ids=lambda t: t.name)
def test_results_move_only_when_completed_and_only_in_the_cycle_that_was_seen(transition):
    """A message of a past cycle moves nothing."""
    (start,) = transition.location_from

    for status in JobStatus:
        job = make_job(status=status, location=start, cycle=2)
        assert allows(transition, job, Guard(cycle=2)) == (status is JobStatus.COMPLETED)
        assert not allows(transition, job, Guard(cycle=1))


@pytest.mark.parametrize("transition", STATUS_TRANSITIONS, ids=lambda t: t.name)
def test_nothing_happens_from_another_state(transition):
    """Each transition is refused from every state that it does not name."""
    guard = Guard(owner="me", now=100.0)

    for status, location in itertools.product(JobStatus, ResultLocation):
        job = make_job(status=status, location=location, lease_owner="me", lease_expires=50.0)
        named = status in transition.status_from
        placed = not transition.location_from or location in transition.location_from
        assert allows(transition, job, guard) == (named and placed)


def test_a_lease_protects_its_holder_until_it_lapses():
    """Another worker can neither finish the job nor take it over before that."""
    by_name = {transition.name: transition for transition in STATUS_TRANSITIONS}
    job = make_job(status=JobStatus.RUNNING, lease_owner="other", lease_expires=100.0)

    for name in ("complete", "fail", "extend_lease", "release"):
        assert not allows(by_name[name], job, Guard(owner="me", now=500.0))
    assert not allows(by_name["reclaim"], job, Guard(owner="me", now=99.0))
    assert allows(by_name["reclaim"], job, Guard(owner="me", now=100.0))


def test_of_two_uploads_of_an_input_one_is_noted():
    """Whoever comes second learns that there is one already; and a note makes the sweep look at nothing."""
    job = make_job(upload_id="first")

    assert allows(NOTE_UPLOAD, job, Guard(upload_id="first"))
    assert not allows(NOTE_UPLOAD, job, Guard())
    assert attention_after(NOTE_UPLOAD, Guard(now=5.0), {}) is None


@pytest.mark.parametrize("transition", [NOTE_ARCHIVE, FINISH_ARCHIVE], ids=lambda t: t.name)
def test_what_an_archiver_records_is_refused_once_another_has_recorded_something(transition):
    """The list of the files is written as a whole, and nobody's entry is to be lost."""
    seen = (ResultFile(name="x", key="k", size=1, sha256="ab"),)
    job = make_job(status=JobStatus.COMPLETED, location=ResultLocation.ARCHIVING, cycle=1, result_files=seen)
    other = replace(job, result_files=(replace(seen[0], archive_id="a"),))

    assert allows(transition, job, Guard(cycle=1, result_files=seen))
    assert not allows(transition, other, Guard(cycle=1, result_files=seen))


def test_a_guard_with_a_user_refuses_the_job_of_another():
    """The owner is part of the condition of the write."""
    by_name = {transition.name: transition for transition in STATUS_TRANSITIONS}
    job = make_job()

    assert allows(by_name["confirm_upload"], job, Guard(user_id="u1"))
    assert not allows(by_name["confirm_upload"], job, Guard(user_id="u2"))
