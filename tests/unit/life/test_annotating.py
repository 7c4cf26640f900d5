"""One job and its annotator: leases, attempts, outages, stops, and inputs that cannot work."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from gas.errors import InvalidInput
from gas.jobs import JobStatus, ResultLocation
from gas.messages import (
    JobSubmitted,
)
from gas.stopping import GivenBack
from gas.transitions import CANCEL, Guard
from services.annotator.fetch import MAX_ATTEMPTS
from tests.unit.life.reaper import Killed
from tests.unit.life.world import LEASE, RECOVERY, RETENTION, USER, VISIBILITY, World


def test_a_bad_input_fails_with_its_sentence_and_is_not_tried_again(world):
    """A bad VCF is an outcome: recorded, mailed, its log kept, its message deleted."""

    def refuse(_source, _outputs, **_names):
        raise InvalidInput("POS is not a number.", line=7, column=2)

    world.annotate = refuse
    world.submit()
    world.pass_time(RETENTION + RECOVERY)

    job = world.jobs.jobs["j1"]
    assert (job.status, job.location) == (JobStatus.FAILED, ResultLocation.NONE)
    assert job.failure == "Line 7, column 2: POS is not a number."
    assert b"Line 7, column 2" in world.results.objects[job.log_key]
    assert world.mails == ["j1 FAILED"]
    assert job.attempt == 1
    world.assert_quiet()


def test_an_input_over_the_limit_fails_even_if_it_was_stored(world):
    """The limit on the record is checked once more before any work."""
    world.submit(data=b"x" * 11, limit=10)
    world.settle()

    job = world.jobs.jobs["j1"]
    assert job.status is JobStatus.FAILED
    assert "11 bytes" in job.failure


def test_a_job_that_kills_its_workers_is_given_up_with_a_sentence(world):
    """Out of memory, say: after the last attempt the next receipt records FAILED."""

    def die(_source, _outputs, **_names):
        raise Killed("out of memory")

    world.annotate = die
    world.submit()
    world.pass_time(10 * (VISIBILITY + LEASE))

    job = world.jobs.jobs["j1"]
    assert job.status is JobStatus.FAILED
    assert f"{MAX_ATTEMPTS} times" in job.failure
    assert world.mails == ["j1 FAILED"]
    world.assert_quiet()


@pytest.mark.parametrize("port", ["inputs.download", "results.upload", "executions.start"])
def test_an_outage_is_no_attempt_of_the_job(world, port):
    """However long it lasts, the job is tried again until it is over."""
    store, method = port.split(".")
    fake = getattr(world, store)
    works = getattr(fake, method)

    def fail(*_args, **_kwargs):
        raise OSError("away")

    setattr(fake, method, fail)
    world.submit()
    world.pass_time(600)
    assert world.jobs.jobs["j1"].status is not JobStatus.FAILED

    setattr(fake, method, works)
    world.pass_time(1200)

    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
    assert world.mails == ["j1 COMPLETED"]
    world.assert_quiet()


def test_an_engine_that_breaks_is_tried_a_few_times(world):
    """Its failure is the job's; after the last attempt the user is told."""

    def break_down(_source, _outputs, **_names):
        raise RuntimeError("segmentation fault")

    world.annotate = break_down
    world.submit()
    world.pass_time(600)

    job = world.jobs.jobs["j1"]
    assert (job.status, job.attempt) == (JobStatus.FAILED, MAX_ATTEMPTS + 1)
    world.assert_quiet()


def test_a_worker_that_is_told_to_stop_gives_its_job_back(world):
    """The lease is free at once, and the attempt does not count."""

    def stop(_source, _outputs, **_names):
        raise GivenBack

    works, world.annotate = world.annotate, stop
    world.submit()
    with pytest.raises(GivenBack):
        world.settle()

    job = world.jobs.jobs["j1"]
    assert (job.status, job.attempt, job.lease_owner) == (JobStatus.PENDING, 0, "")
    world.annotate = works
    world.settle()
    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED


def test_the_lease_is_kept_alive_while_the_engine_runs(tmp_path):
    """Work that takes longer than a lease keeps it."""
    world = World(tmp_path, lease=0.05)
    works = world.annotate
    extended = threading.Event()
    moves = world.jobs.moves

    def slow(source, outputs, **names):
        world.now += 1
        while ("j1", "extend_lease") not in moves:
            extended.wait(0.01)
        return works(source, outputs, **names)

    world.annotate = slow
    world.submit()
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED


def test_an_input_that_is_gone_fails_the_job(world):
    """There is nothing to wait for."""
    world.submit()
    world.inputs.objects.clear()
    world.settle()

    assert "no longer stored" in world.jobs.jobs["j1"].failure


def test_a_cancelled_job_is_neither_annotated_nor_announced(world):
    """Its message is done with."""
    world.submit()
    world.jobs.move("j1", CANCEL, Guard())
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.CANCELLED
    assert world.executions.started == {}
    world.assert_quiet()


def test_every_claim_has_a_lease_of_its_own(world):
    """A worker that lost its lease is not mistaken for itself when it takes the job over again."""
    owners = []

    def remember(_source, _outputs, **_names):
        owners.append(world.jobs.jobs["j1"].lease_owner)
        raise RuntimeError("again")

    world.annotate = remember
    world.submit()
    world.pass_time(200)

    assert len(set(owners)) == len(owners) == MAX_ATTEMPTS


def test_a_worker_that_lost_its_lease_records_nothing(world):
    """The job is the other's now; its result stands."""
    works = world.annotate

    def slow(source, outputs, **names):
        job = world.jobs.jobs["j1"]
        world.jobs.jobs["j1"] = replace(job, lease_owner="another", lease_expires=world.now + 1000)
        return works(source, outputs, **names)

    world.annotate = slow
    world.submit()
    world.settle()

    job = world.jobs.jobs["j1"]
    assert (job.status, job.lease_owner) == (JobStatus.RUNNING, "another")
    assert world.executions.started == {}


def test_a_leased_job_is_left_to_its_worker(world):
    """The message of a second delivery waits for the end of the lease."""
    world.submit()
    job = world.jobs.jobs["j1"]
    world.jobs.jobs["j1"] = replace(
        job, status=JobStatus.RUNNING, lease_owner="another", lease_expires=world.now + 40, attempt=1
    )
    world.settle()
    assert world.jobs.jobs["j1"].lease_owner == "another"

    world.pass_time(45)

    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
    assert world.jobs.jobs["j1"].attempt == 2


def test_an_object_that_is_not_the_jobs_upload_is_ignored(world):
    """Only the exact key that the ticket named is an input."""
    world.submit()
    world.inboxes["annotator"].queued.clear()
    world.inboxes["annotator"].send(JobSubmitted("j1", f"inputs/{USER}/j1/other.vcf"))
    world.inboxes["annotator"].send(JobSubmitted("unknown", f"inputs/{USER}/unknown/x.vcf"))
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.AWAITING_UPLOAD
    world.assert_quiet()


def test_a_claimed_ticket_no_longer_expires(world):
    """The time to live is for tickets that were never used."""
    world.submit()
    world.settle()

    assert world.jobs.jobs["j1"].expires_at is None
