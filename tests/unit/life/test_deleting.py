"""A job that is deleted, wherever its results are and whatever is under way: nothing of it is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gas.errors import Refused
from gas.jobs import JobStatus, ResultLocation
from gas.messages import DeletionRequested, JobSubmitted
from gas.transitions import CANCEL, Guard
from services.archiver.deletion import LAST_LOOK_SECONDS
from tests.unit.life.reaper import Reaper
from tests.unit.life.world import PATIENCE, RECOVERY, RETENTION, USER, World


def submit(world: World) -> None:
    world.submit()


def complete(world: World) -> None:
    world.submit()
    world.settle()


def fail(world: World) -> None:
    world.submit(limit=1)
    world.settle()


def archive(world: World) -> None:
    complete(world)
    world.pass_time(RETENTION + 30)


def ask_for_restore(world: World) -> None:
    archive(world)
    world.upgrade()
    world.settle()


def restore(world: World) -> None:
    ask_for_restore(world)
    world.thaw()
    world.pass_time(30)


STAGES = [submit, complete, fail, archive, ask_for_restore, restore]


def delete(world: World) -> None:
    """Deleted by its user; if it has not ended, cancelled first."""
    try:
        world.delete()
    except Refused:
        world.jobs.move("j1", CANCEL, Guard(user_id=USER, now=world.now), finished_at=world.now)
        world.delete()


def let_a_day_pass(world: World) -> None:
    """To the last look at what is left, for which the sweep asks."""
    world.pass_time(RECOVERY)
    world.now += LAST_LOOK_SECONDS + PATIENCE
    world.sweep()
    world.pass_time(RECOVERY)


def assert_nothing_stored(world: World) -> None:
    assert world.results.objects == {}
    assert world.inputs.objects == {}
    assert world.cold.archives == {}
    assert world.cold.asked == {}


def assert_nothing_left(world: World) -> None:
    job = world.jobs.jobs["j1"]
    assert (job.status, job.location) == (JobStatus.DELETED, ResultLocation.NONE)
    assert (job.result_files, job.log_key, job.summary_key, job.failure) == ((), "", "", "")
    assert job.attention_at is None
    assert_nothing_stored(world)
    world.assert_quiet()


@pytest.mark.parametrize("stage", STAGES)
def test_everything_goes_at_once_wherever_it_is(world, stage):
    """Input, results, log, summary, cold copies and retrievals; nobody waits for the sweep."""
    stage(world)

    delete(world)
    world.settle()

    assert_nothing_stored(world)
    let_a_day_pass(world)
    assert_nothing_left(world)


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_at_any_call_leaves_nothing(tmp_path, stage):
    """Before or after every call that leaves a process, from the first one on."""

    def live(reaper: Reaper) -> World:
        world = World(tmp_path, reaper)
        stage(world)
        delete(world)
        let_a_day_pass(world)
        return world

    total = live(Reaper()).reaper.calls
    assert total > 10
    for fatal in range(1, total + 1):
        for after in (False, True):
            world = live(Reaper(fatal, after))
            try:
                assert_nothing_left(world)
            except AssertionError as error:
                point = f"{'after' if after else 'before'} call {fatal}, {world.reaper.log[fatal - 1]}"
                raise AssertionError(f"killed {point}: {error}") from error


class Deleter(Reaper):
    """The user deletes the job at one call of a worker, counted over the whole run, instead of a kill."""

    world: World | None = None

    def strike(self, label) -> None:
        delete(self.world)


def live_to_the_end(world: World) -> None:
    """Archived and restored, as far as the job is there for that."""
    world.submit()
    world.pass_time(RECOVERY + RETENTION + RECOVERY)
    world.upgrade()
    world.pass_time(RECOVERY)
    world.thaw()
    world.pass_time(RECOVERY)


def test_a_worker_that_is_in_the_middle_of_it_leaves_nothing(tmp_path):
    """Whichever call it is about to make, or has just made, when the user deletes the job."""

    def live(deleter: Deleter) -> World:
        world = World(tmp_path, deleter)
        deleter.world = world
        live_to_the_end(world)
        return world

    total = live(Deleter()).reaper.calls
    assert total > 50
    for moment in range(1, total + 1):
        for after in (False, True):
            world = live(Deleter(moment, after))
            try:
                assert_nothing_stored(world)
                let_a_day_pass(world)
                assert_nothing_left(world)
            except AssertionError as error:
                point = f"{'after' if after else 'before'} call {moment}, {world.reaper.log[moment - 1]}"
                raise AssertionError(f"deleted {point}: {error}") from error


def test_nothing_is_removed_of_a_job_that_is_not_deleted(world):
    """Whoever says that it was."""
    complete(world)
    before = dict(world.results.objects)

    world.bus.publish(DeletionRequested("j1"))
    world.bus.publish(DeletionRequested("j2"))
    world.settle()

    assert world.results.objects == before
    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
    world.assert_quiet()


def test_nothing_is_removed_of_another_job(world):
    """Of the same user, with the same file; not even of one whose id begins alike."""
    complete(world)
    world.submit("j10")
    world.settle()

    world.delete()
    let_a_day_pass(world)

    left = {
        key.split("/")[2] for key in (*world.results.objects, *world.inputs.objects, *world.cold.archives)
    }
    assert left == {"j10"}
    assert world.jobs.jobs["j10"].result_files


def test_a_deletion_that_nobody_heard_of_is_found_by_the_sweep(world):
    """The web process died between the record and the message."""
    complete(world)
    world.delete()
    world.bus.published.pop()

    world.now += PATIENCE + 1
    world.sweep()
    world.settle()

    assert world.results.objects == {}
    let_a_day_pass(world)
    assert_nothing_left(world)


def test_an_upload_that_comes_late_is_removed_at_the_last_look(world):
    """Its form was signed before the deletion; the annotator does not take it."""
    world.submit()
    world.inboxes["annotator"].queued.clear()
    key = world.jobs.jobs["j1"].input_key
    delete(world)
    world.settle()
    world.inputs.put(key, b"late")
    world.inboxes["annotator"].send(JobSubmitted("j1", key))

    let_a_day_pass(world)

    assert_nothing_left(world)
    assert world.mails == []


def test_an_upload_in_parts_that_is_under_way_is_given_up(world):
    """Its parts are paid for, and nobody will complete it."""
    world.submit()
    world.inboxes["annotator"].queued.clear()
    job = world.jobs.jobs["j1"]
    upload_id = world.uploads.begin(job.input_key)
    world.jobs.jobs["j1"] = replace(job, upload_id=upload_id)

    delete(world)
    world.settle()

    assert world.uploads.uploads == {}


def test_a_deleted_job_is_told_of_to_nobody(world):
    """No mail about the end of a window that is none any more."""
    complete(world)
    delete(world)
    world.pass_time(RETENTION + RECOVERY)

    assert world.mails == ["j1 COMPLETED"]
    assert world.notices == []
