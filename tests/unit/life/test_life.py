"""The life of a job on fakes, with a kill at every step, doubled and stale messages."""

from __future__ import annotations

from gas.jobs import JobStatus, ResultLocation
from gas.keys import input_key
from gas.messages import (
    ArchiveDue,
    JobRestoreRequested,
    JobSubmitted,
    RestoreRequested,
    RetrievalCompleted,
)
from tests.unit.life.reaper import reapers
from tests.unit.life.world import RECOVERY, RETENTION, USER, World, restore


def live(world: World) -> None:
    """The whole life: submitted, archived, restored; downgraded, archived again, restored again."""
    world.submit()
    world.pass_time(RECOVERY + RETENTION + RECOVERY)
    restore(world)
    world.downgrade()
    world.pass_time(RECOVERY + RETENTION + RECOVERY)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    restore(world)


def assert_restored(world: World) -> None:
    """The one final state of that life, whatever happened on the way."""
    job = world.jobs.jobs["j1"]
    assert (job.status, job.location, job.cycle) == (JobStatus.COMPLETED, ResultLocation.HOT, 4)
    assert job.available_until is None
    assert world.hot_bytes()["x.annot.vcf.gz"] == b"annotated vcf"
    assert world.mails == ["j1 COMPLETED"]
    told = [name for name in world.executions.started if name.startswith("restored-")]
    assert len(told) == 2, "each restore is told of once"
    assert [name for name in world.executions.started if name not in told] == ["j1-1", "j1-3"]
    assert world.cold.archives == {}
    hot = {file.key for file in job.result_files} | {job.log_key, job.summary_key}
    assert set(world.results.objects) == hot
    world.assert_quiet()


def calls_of_a_life(tmp_path) -> int:
    world = World(tmp_path)
    live(world)
    assert_restored(world)
    return world.reaper.calls


def test_a_job_lives_through_archive_and_restore(world):
    """Submitted, completed, mailed once, archived, restored; bytes unchanged, nothing left over."""
    live(world)

    assert_restored(world)


def test_a_kill_at_any_call_ends_in_the_same_state(tmp_path):
    """Before or after every call that leaves a process: one result, one mail, one execution."""
    total = calls_of_a_life(tmp_path)
    assert total > 100

    for reaper in reapers(total):
        world = World(tmp_path, reaper)
        live(world)
        with reaper.naming_the_call():
            assert_restored(world)


def test_results_go_round_many_times_without_a_leak(world):
    """Archive and restore three times: one copy each time, always the same bytes."""
    world.submit()
    for _ in range(3):
        world.pass_time(RETENTION + 60)
        assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
        assert len(world.cold.archives) == 2
        world.upgrade()
        world.settle()
        world.thaw()
        world.pass_time(30)
        assert world.jobs.jobs["j1"].location is ResultLocation.HOT
        assert world.cold.archives == {}
        world.downgrade()
        world.settle()

    assert world.hot_bytes()["x.annot.vcf.gz"] == b"annotated vcf"


def test_a_request_of_a_past_cycle_is_done_with_at_once(world):
    """It is not left to come back until the present window ends."""
    world.submit()
    world.settle()
    world.upgrade()
    world.pass_time(20)
    world.downgrade()
    world.settle()
    assert world.jobs.jobs["j1"].cycle == 2

    world.inboxes["archiver"].send(ArchiveDue("j1", 1))
    world.settle()

    world.assert_quiet()


def test_a_restore_waits_for_the_last_of_its_files(world):
    """One readable file of two is not brought back alone, and nothing is tried in vain."""
    world.submit()
    world.pass_time(RETENTION + 30)
    world.upgrade()
    world.settle()
    first, second = world.cold.asked
    world.cold.thaw(first)
    world.inboxes["restorer"].send(RetrievalCompleted("j1", first))
    world.settle()
    assert world.jobs.jobs["j1"].location is ResultLocation.RESTORING
    world.assert_quiet()

    world.cold.thaw(second)
    world.inboxes["restorer"].send(RetrievalCompleted("j1", second))
    world.settle()
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT


def test_hot_copies_that_an_archiver_left_are_removed_by_the_restore(world):
    """It died after its record, and the upgrade was quicker than its successor."""
    world.submit()
    world.settle()
    before = dict(world.results.objects)
    world.pass_time(RETENTION + 30)
    world.results.objects.update(before)

    restore(world)

    job = world.jobs.jobs["j1"]
    expected = {file.key for file in job.result_files} | {job.log_key, job.summary_key}
    assert set(world.results.objects) == expected


def test_cold_copies_that_a_restorer_left_are_removed_by_the_next_archive(world):
    """It died after its record, and the downgrade was quicker than its successor."""
    world.submit()
    world.pass_time(RETENTION + 30)
    left = dict(world.cold.archives)
    restore(world)
    world.cold.archives.update(left)

    world.downgrade()
    world.pass_time(RETENTION + 30)

    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.ARCHIVED
    assert set(world.cold.archives) == {file.archive_id for file in job.result_files}


def test_every_message_delivered_twice_changes_nothing(world):
    """SQS delivers at least once."""
    for inbox in world.inboxes.values():
        send = inbox.send
        inbox.send = lambda message, send=send: (send(message), send(message))

    live(world)

    assert_restored(world)


def test_stale_messages_after_the_end_change_nothing(world):
    """Whatever was already said may come again, days later."""
    live(world)
    before = dict(world.results.objects)
    for message in (
        ArchiveDue("j1", 1),
        RestoreRequested(USER),
        JobRestoreRequested("j1"),
        RetrievalCompleted("j1", f"archive/{USER}/j1/1/x.annot.vcf.gz"),
        RetrievalCompleted("j1", f"archive/{USER}/j1/3/x.annot.vcf.gz"),
    ):
        name = "archiver" if isinstance(message, ArchiveDue) else "restorer"
        world.inboxes[name].send(message)
    world.inboxes["annotator"].send(JobSubmitted("j1", input_key(USER, "j1", "x.vcf")))
    world.pass_time(RECOVERY)

    assert_restored(world)
    assert world.results.objects == before


def test_a_restore_that_expired_before_it_was_fetched_is_asked_for_again(world):
    """An outage longer than the readable days costs time, not data."""
    world.submit()
    world.pass_time(RETENTION + 30)
    world.upgrade()
    world.settle()
    first = next(iter(world.cold.asked))
    world.thaw()
    world.cold.expire(first)
    world.settle()
    assert world.jobs.jobs["j1"].location is ResultLocation.RESTORING
    assert first in world.cold.asked

    world.thaw()
    world.pass_time(RECOVERY)

    assert world.jobs.jobs["j1"].location is ResultLocation.HOT


def test_a_refused_expedited_retrieval_is_asked_for_at_the_standard_tier(world):
    """The user sees the tier and the time that hold."""
    world.cold.expedited_available = False
    world.submit()
    world.pass_time(RETENTION + 30)
    world.upgrade()
    world.settle()

    job = world.jobs.jobs["j1"]
    assert job.restore_tier == "Standard"
    assert job.restore_expected_at == world.now + 18000
