"""What every job store promises."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest

from gas.errors import NotFound, Refused
from gas.jobs import Job, JobStatus, Progress, ResultFile, ResultLocation
from gas.transitions import (
    BEGIN_ARCHIVE,
    CANCEL,
    CLAIM,
    COMPLETE,
    CONFIRM_UPLOAD,
    EXTEND_LEASE,
    NOTE_ARCHIVE,
    QUEUED_FOR_LONG_SECONDS,
    RECLAIM,
    Guard,
)

FILE = ResultFile(name="x.gz", key="results/u/j/x.gz", size=3, sha256="ab")


@pytest.fixture
def job(user) -> Job:
    job_id = str(uuid.uuid4())
    return Job(
        job_id=job_id,
        user_id=user,
        file_name="x.vcf",
        input_key=f"inputs/{user}/{job_id}/x.vcf",
        submit_time=1_700_000_000.123,
        max_input_bytes=1000,
        expires_at=1_700_086_400,
    )


def test_a_job_comes_back_as_it_was_stored(jobs, job):
    """Every field, with its type: times, absent values, nested files."""
    full = replace(
        job,
        status=JobStatus.COMPLETED,
        location=ResultLocation.HOT,
        started_at=1_700_000_001.5,
        cycle=1,
        available_until=1_700_000_180,
        result_files=(FILE, replace(FILE, name="y.tbi", archive_id="a")),
        progress=Progress(records=0, contig="", rate=0.0, share=None, updated_at=1.5),
        records=0,
        failure="",
    )
    jobs.add(full)

    assert jobs.get(job.job_id) == full
    assert isinstance(jobs.get(job.job_id).submit_time, float)


def test_a_job_id_is_used_once(jobs, job):
    """A second job of that id is refused, and the first one stands."""
    jobs.add(job)

    with pytest.raises(Refused):
        jobs.add(replace(job, file_name="other.vcf"))

    assert jobs.get(job.job_id).file_name == "x.vcf"


def test_the_job_of_another_user_is_not_there(jobs, job):
    """Neither to read nor to change."""
    jobs.add(job)

    with pytest.raises(NotFound):
        jobs.get(job.job_id, owner="somebody else")
    with pytest.raises(NotFound):
        jobs.move(job.job_id, CONFIRM_UPLOAD, Guard(user_id="somebody else"))
    assert jobs.get(job.job_id, owner=job.user_id).status is JobStatus.AWAITING_UPLOAD


def test_result_files_are_recorded_only_by_whoever_has_seen_the_last_of_them(jobs, job):
    """Two archivers of one job never lose what the other recorded."""
    seen = (FILE, replace(FILE, name="y.tbi"))
    jobs.add(
        replace(
            job,
            status=JobStatus.COMPLETED,
            location=ResultLocation.ARCHIVING,
            cycle=1,
            result_files=seen,
        )
    )
    first = (replace(FILE, archive_id="a"), seen[1])
    second = (FILE, replace(seen[1], archive_id="b"))

    jobs.move(job.job_id, NOTE_ARCHIVE, Guard(cycle=1, result_files=seen), result_files=first)
    with pytest.raises(Refused):
        jobs.move(job.job_id, NOTE_ARCHIVE, Guard(cycle=1, result_files=seen), result_files=second)

    assert jobs.get(job.job_id).result_files == first


def test_a_job_that_does_not_exist_is_not_found(jobs):
    """To read and to change alike."""
    with pytest.raises(NotFound):
        jobs.get("nothing")
    with pytest.raises(NotFound):
        jobs.move("nothing", CONFIRM_UPLOAD, Guard())


@pytest.mark.parametrize("job_id", ["", "x" * 3000])
def test_an_id_that_no_job_can_have_is_not_found(jobs, job_id):
    """Addresses are typed by anybody."""
    with pytest.raises(NotFound):
        jobs.get(job_id)


def test_a_move_changes_state_and_fields_together(jobs, job):
    """A field set to None is gone, the others keep their values."""
    jobs.add(job)

    moved = jobs.move(job.job_id, CONFIRM_UPLOAD, Guard(), input_bytes=77, expires_at=None)

    assert moved == replace(
        job, status=JobStatus.PENDING, input_bytes=77, expires_at=None, attention_at=QUEUED_FOR_LONG_SECONDS
    )
    assert jobs.get(job.job_id) == moved


def test_a_refused_move_writes_nothing(jobs, job):
    """Not even the fields that came with it."""
    jobs.add(job)

    with pytest.raises(Refused):
        jobs.move(job.job_id, COMPLETE, Guard(owner=""), records=5)

    assert jobs.get(job.job_id) == job


def test_a_lease_keeps_others_out_until_it_lapses(jobs, job):
    """Only its holder extends it; whoever comes after it lapsed takes over."""
    jobs.add(job)
    jobs.move(job.job_id, CLAIM, Guard(), lease_owner="a", lease_expires=100.25)

    with pytest.raises(Refused):
        jobs.move(job.job_id, CLAIM, Guard(), lease_owner="b", lease_expires=300.0)
    with pytest.raises(Refused):
        jobs.move(job.job_id, EXTEND_LEASE, Guard(owner="b"), lease_expires=300.0)
    with pytest.raises(Refused):
        jobs.move(job.job_id, RECLAIM, Guard(now=100.0), lease_owner="b", lease_expires=300.0)

    taken = jobs.move(job.job_id, RECLAIM, Guard(now=100.25), lease_owner="b", lease_expires=300.0)
    assert taken.lease_owner == "b"
    with pytest.raises(Refused):
        jobs.move(job.job_id, COMPLETE, Guard(owner="a"))


@pytest.mark.parametrize("share", [None, 0.25])
def test_progress_is_written_with_the_lease_and_removed_with_it(jobs, job, share):
    """One write each: whole numbers stay whole, and what the engine does not say stays unsaid."""
    progress = Progress(records=1200, contig="20", rate=400.5, share=share, updated_at=1_700_000_003.25)
    jobs.add(replace(job, status=JobStatus.RUNNING, lease_owner="a"))

    jobs.move(job.job_id, EXTEND_LEASE, Guard(owner="a"), lease_expires=300.0, progress=progress)

    assert jobs.get(job.job_id).progress == progress
    assert isinstance(jobs.get(job.job_id).progress.records, int)
    done = jobs.move(job.job_id, COMPLETE, Guard(owner="a"), records=1300, progress=None)
    assert done.progress is None


def test_a_cancelled_job_takes_nothing_more_from_its_worker(jobs, job):
    """Neither progress nor an end: the next write tells the worker."""
    jobs.add(replace(job, status=JobStatus.RUNNING, lease_owner="a"))
    cancelled = jobs.move(job.job_id, CANCEL, Guard(user_id=job.user_id), finished_at=5.0)

    for transition in (EXTEND_LEASE, COMPLETE):
        with pytest.raises(Refused):
            jobs.move(job.job_id, transition, Guard(owner="a"), records=5)

    assert jobs.get(job.job_id) == cancelled
    assert cancelled.status is JobStatus.CANCELLED


def test_results_move_only_in_the_cycle_that_was_seen(jobs, job):
    """A request of a past cycle is refused."""
    jobs.add(replace(job, status=JobStatus.COMPLETED, location=ResultLocation.HOT, cycle=2))

    with pytest.raises(Refused):
        jobs.move(job.job_id, BEGIN_ARCHIVE, Guard(cycle=1))

    assert jobs.move(job.job_id, BEGIN_ARCHIVE, Guard(cycle=2)).location is ResultLocation.ARCHIVING


def test_one_of_many_claims_wins(jobs, job):
    """However many workers try at once."""
    jobs.add(job)
    winners = []

    def claim(name):
        try:
            jobs.move(job.job_id, CLAIM, Guard(), lease_owner=name, lease_expires=1.0)
            winners.append(name)
        except Refused:
            pass

    threads = [threading.Thread(target=claim, args=(f"worker-{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(winners) == 1
    assert jobs.get(job.job_id).lease_owner == winners[0]


def test_a_users_jobs_are_listed_newest_first_page_by_page(jobs, job, user):
    """Every job once, none of another user's, and a cursor of one user opens no list of another."""
    times = [5.0, 1.0, 4.5, 2.0, 3.0]
    for number, time in enumerate(times):
        jobs.add(replace(job, job_id=f"{job.job_id}-{number}", submit_time=time))
    jobs.add(replace(job, job_id=f"{job.job_id}-other", user_id=f"not {user}"))
    seen, cursor = [], None

    while True:
        page = jobs.page_of_user(user, cursor=cursor, limit=2)
        assert len(page.jobs) <= 2
        seen += [each.submit_time for each in page.jobs]
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == sorted(times, reverse=True)
    whole = jobs.page_of_user(user)
    for place, cursor in enumerate(whole.cursors):
        assert jobs.page_of_user(user, cursor=cursor).jobs == whole.jobs[place + 1 :]
    first = jobs.page_of_user(user, limit=2).cursor
    assert all(each.user_id == "nobody" for each in jobs.page_of_user("nobody", cursor=first).jobs)


@pytest.mark.parametrize("cursor", ["x", "W10=", "bmFuIHg=", "MWU5OTkgeA==", "MSA=", "é", "2aMgeA=="])
def test_a_cursor_that_nobody_was_given_leads_nowhere(jobs, user, cursor):
    """Garbage in an address is a page that does not exist, and not an outage."""
    with pytest.raises(NotFound):
        jobs.page_of_user(user, cursor=cursor)


def test_the_store_can_be_verified(jobs):
    """At start, a service asks for its table."""
    jobs.verify()
