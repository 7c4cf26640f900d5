"""A job that is cancelled while its engine runs, and what its record says of progress until then."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace

import pytest

from gas.errors import Refused
from gas.jobs import JobStatus, Progress, ResultLocation
from gas.transitions import CANCEL, Guard
from services.annotator.engines import process_group
from services.annotator.engines.command_engine import CommandEngine
from services.annotator.engines.engine import Reached
from services.annotator.fetch import MAX_ATTEMPTS
from tests import engine_stand_in
from tests.process_groups import remains
from tests.unit.life.quick_engine import quick_annotate
from tests.unit.life.reaper import Killed, Reaper, reapers
from tests.unit.life.world import RECOVERY, USER, World


def cancel(world) -> None:
    world.jobs.move("j1", CANCEL, Guard(user_id=USER), finished_at=world.now)


def assert_cancelled(world) -> None:
    """The one end of such a job: nothing of it is left but its record and its input."""
    job = world.jobs.jobs["j1"]
    assert (job.status, job.location, job.result_files) == (JobStatus.CANCELLED, ResultLocation.NONE, ())
    assert world.results.objects == {}
    assert world.executions.started == {}
    assert world.mails == []
    assert list(world.scratch.glob("job-*")) == []
    world.assert_quiet()


def cancel_in_mid_run(world):
    """An engine whose job is cancelled before its second beat."""

    def annotate(source, outputs, *, file_name, beat):
        beat(Reached(5, "20"))
        if world.jobs.jobs["j1"].status is JobStatus.RUNNING:
            cancel(world)
        beat(Reached(6, "20"))
        raise AssertionError("the engine was not ended")

    return annotate


def cancel_at_upload(world):
    """The results are stored when it is cancelled, all but the record."""
    upload = world.results.upload

    def upload_and_cancel(key, source, *, content_type):
        upload(key, source, content_type=content_type)
        if key.endswith(".log") and not world.jobs.jobs["j1"].finished:
            cancel(world)

    world.results.upload = upload_and_cancel
    return quick_annotate


@pytest.mark.parametrize("moment", [cancel_in_mid_run, cancel_at_upload])
def test_a_job_that_is_cancelled_ends_at_once_and_leaves_nothing(world, moment):
    """Its message is done with: nobody looks at it again."""
    world.annotate = moment(world)
    world.submit()
    world.settle()

    assert_cancelled(world)


@pytest.mark.parametrize("moment", [cancel_in_mid_run, cancel_at_upload])
def test_a_kill_at_any_call_leaves_nothing_of_a_cancelled_job(tmp_path, moment):
    """What one worker has uploaded, the next one removes."""

    def live(reaper: Reaper) -> World:
        world = World(tmp_path, reaper)
        world.annotate = moment(world)
        world.submit()
        world.pass_time(RECOVERY)
        if world.jobs.jobs["j1"].status is not JobStatus.CANCELLED:
            cancel(world)  # It was killed in a way that left no moment for it.
        world.pass_time(RECOVERY)
        return world

    total = live(Reaper()).reaper.calls
    assert total > 8
    for reaper in reapers(total):
        world = live(reaper)
        with reaper.naming_the_call():
            assert_cancelled(world)


def test_progress_is_on_the_record_while_the_engine_runs(world):
    """Records, contig, rate and share; it goes when the job has ended."""
    seen = []

    def annotate(source, outputs, *, file_name, beat):
        beat(Reached())
        seen.append(world.jobs.jobs["j1"].progress)
        world.now += 4
        beat(Reached(1000, "20\n", 1))
        seen.append(world.jobs.jobs["j1"].progress)
        return quick_annotate(source, outputs, file_name=file_name, beat=beat)

    world.annotate = annotate
    world.submit(data=b"vcf!")
    world.settle()

    assert seen == [
        None,
        Progress(records=1000, contig="20�", rate=250.0, share=0.25, updated_at=world.now),
    ]
    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
    assert world.jobs.jobs["j1"].progress is None


@pytest.mark.parametrize(("read", "share"), [(None, None), (0, 0.0), (99, 1.0)])
def test_the_share_of_the_input_is_told_if_the_engine_tells_it(world, read, share):
    """It may have read a little more than there is, in blocks."""

    def annotate(source, outputs, *, file_name, beat):
        beat(Reached(3, "MT", read))
        assert world.jobs.jobs["j1"].progress.share == share
        assert world.jobs.jobs["j1"].progress.rate == 0.0
        return quick_annotate(source, outputs, file_name=file_name, beat=beat)

    world.annotate = annotate
    world.submit()
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED


def test_every_beat_keeps_the_lease(world):
    """So that a job whose heartbeat thread is starved is still its worker's."""

    def annotate(source, outputs, *, file_name, beat):
        world.now += 49
        beat(Reached())
        assert world.jobs.jobs["j1"].lease_expires == world.now + world.lease
        return quick_annotate(source, outputs, file_name=file_name, beat=beat)

    world.annotate = annotate
    world.submit()
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED


def test_an_outage_costs_progress_and_nothing_else(world):
    """The engine works on; what could not be written is written the next time."""
    move = world.jobs.move

    def fail(*_args, **_changes):
        raise OSError("away")

    def annotate(source, outputs, *, file_name, beat):
        world.jobs.move = fail
        beat(Reached(1, "20"))
        world.jobs.move = move
        beat(Reached(2, "20"))
        assert world.jobs.jobs["j1"].progress.records == 2
        return quick_annotate(source, outputs, file_name=file_name, beat=beat)

    world.annotate = annotate
    world.submit()
    world.settle()

    job = world.jobs.jobs["j1"]
    assert (job.status, job.attempt) == (JobStatus.COMPLETED, 1)


def test_an_attempt_that_failed_leaves_no_progress(world):
    """The next one starts from nothing."""

    def annotate(source, outputs, *, file_name, beat):
        beat(Reached(1, "20"))
        raise RuntimeError("segmentation fault")

    world.annotate = annotate
    world.submit()
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.PENDING
    assert world.jobs.jobs["j1"].progress is None


def test_the_progress_of_a_worker_that_died_is_not_that_of_the_next(world):
    """It took the record with it only if it could still write."""
    seen = []

    def annotate(source, outputs, *, file_name, beat):
        seen.append(world.jobs.jobs["j1"].progress)
        beat(Reached(1, "20"))
        if len(seen) == 1:
            raise Killed
        return quick_annotate(source, outputs, file_name=file_name, beat=beat)

    world.annotate = annotate
    world.submit()
    world.pass_time(RECOVERY)

    assert seen == [None, None]
    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED


# With an engine that is a real process.


def process_engine(world) -> CommandEngine:
    """An engine that is a process and does what its input says."""
    return CommandEngine(
        name="stand_in",
        capabilities=world.engine.capabilities,
        program=(sys.executable, engine_stand_in.__file__),
        seconds_per_megabyte=1.0,
        memory_bytes=1 << 30,
    )


@pytest.fixture
def staying(world, tmp_path, monkeypatch):
    """Where the engine, which does not end by itself, writes its process group."""
    monkeypatch.setattr(process_group, "BEAT_SECONDS", 0.01)
    group = tmp_path / "group"
    world.submit(data=f"stay {group}\n".encode())
    return group


def run_until(world, group, act) -> None:
    """Annotate in a real process, and act at the first beat after it has settled."""

    def annotate(source, outputs, *, file_name, beat):
        def beat_and_act(reached):
            if group.exists():
                act(int(group.read_text()))
            beat(reached)

        return process_engine(world).annotate(source, outputs, file_name=file_name, beat=beat_and_act)

    world.annotate = annotate


def test_cancelling_ends_every_process_of_the_engine(world, staying):
    """At the next beat, whatever signals they ignore."""
    run_until(world, staying, lambda _group: cancel(world))
    world.settle()

    assert remains(int(staying.read_text())) == []
    assert_cancelled(world)


def test_losing_the_lease_ends_every_process_of_the_engine(world, staying):
    """The other worker's engine has the machine to itself, should it be the same one."""
    lost = []

    def lose(_group):
        lost.append(world.jobs.jobs["j1"])
        world.jobs.jobs["j1"] = replace(lost[-1], lease_owner="another", lease_expires=world.now + 1000)

    run_until(world, staying, lose)
    world.settle()

    assert len(lost) == 1
    assert remains(int(staying.read_text())) == []
    assert world.jobs.jobs["j1"].status is JobStatus.RUNNING
    assert world.results.objects == {}


def test_stopping_ends_every_process_of_the_engine(world, staying):
    """SIGTERM, and the grace is over: the job is another's to begin, and the attempt does not count."""
    told = []

    def stop(_group):
        if not told:
            told.append(os.kill(os.getpid(), signal.SIGTERM))

    run_until(world, staying, stop)
    world.workers["annotator"].run()

    job = world.jobs.jobs["j1"]
    assert remains(int(staying.read_text())) == []
    assert (job.status, job.attempt, job.progress) == (JobStatus.PENDING, 0, None)
    assert list(world.scratch.glob("job-*")) == []


def test_an_engine_that_is_killed_from_outside_is_tried_a_few_times(world):
    """For lack of memory, say: then the user is told."""
    world.annotate = process_engine(world).annotate
    world.submit(data=b"die 9\n")
    world.pass_time(600)

    job = world.jobs.jobs["j1"]
    assert (job.status, job.attempt) == (JobStatus.FAILED, MAX_ATTEMPTS + 1)
    assert world.mails == ["j1 FAILED"]
    world.assert_quiet()


def test_a_refused_beat_is_not_the_fault_of_the_engine(world):
    """It is no attempt that failed."""

    def annotate(source, outputs, *, file_name, beat):
        raise Refused("somebody else has it")

    world.annotate = annotate
    world.submit()
    world.settle()

    assert world.jobs.jobs["j1"].status is JobStatus.RUNNING
