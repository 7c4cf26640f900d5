"""Changes of plan, at every moment at which they can meet archiving and restoring."""

from __future__ import annotations

from gas.accounts import UPGRADE
from gas.jobs import ResultLocation
from gas.messages import (
    AccountDowngraded,
    ArchiveDue,
    JobRestoreRequested,
)
from gas.transitions import BEGIN_ARCHIVE, FINISH_ARCHIVE, OPEN_WINDOW, Guard
from tests.unit.life.world import RECOVERY, RETENTION, USER, restore


def test_free_results_leave_hot_storage_when_their_window_ends(world):
    """Not before; log and summary stay."""
    world.submit()
    world.settle()
    world.pass_time(RETENTION - 5)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT

    world.pass_time(30)

    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.ARCHIVED
    assert set(world.results.objects) == {job.log_key, job.summary_key}
    assert world.hot_bytes()["x.annot.vcf.gz"] == b"annotated vcf"


def test_an_early_archive_message_waits_for_the_window(world):
    """The time that the user was shown holds, even if the request comes too soon."""
    world.submit()
    world.settle()
    world.inboxes["archiver"].send(ArchiveDue("j1", 1))
    world.settle()

    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
    assert len(world.inboxes["archiver"].queued) == 1


def test_an_upgrade_within_the_window_keeps_the_results(world):
    """The plan is read after the wait."""
    world.submit()
    world.settle()
    world.upgrade()
    world.pass_time(2 * RETENTION)

    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
    world.assert_quiet()


def test_an_upgrade_just_before_the_archiver_keeps_the_results(world):
    """The archiver reads the plan again: a request that is on its way is not obeyed blindly."""
    world.submit()
    world.settle()
    world.now += RETENTION + 1
    world.inboxes["archiver"].send(ArchiveDue("j1", 1))
    world.upgrade()
    world.settle()

    assert world.jobs.jobs["j1"].location is ResultLocation.HOT


def test_an_upgrade_while_archiving_brings_the_results_back(world):
    """The restorer leaves the job to the archiver, which reads the plan after its commit."""
    world.submit()
    world.settle()
    world.now += RETENTION + 1
    world.jobs.move("j1", BEGIN_ARCHIVE, Guard(cycle=1))
    world.upgrade()
    world.settle()
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVING

    world.inboxes["archiver"].send(ArchiveDue("j1", 1))
    world.settle()
    world.thaw()
    world.pass_time(RECOVERY)

    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
    assert world.cold.archives == {}


def test_an_upgrade_just_before_the_commit_brings_the_results_back(world, monkeypatch):
    """Its own message has met the job ARCHIVING, and nobody else asks: the plan is read after the commit."""
    move = world.jobs.move

    def upgrade_and_move(job_id, transition, guard, **changes):
        if transition is FINISH_ARCHIVE:
            world.accounts.change_plan(USER, UPGRADE, now=world.now)
        return move(job_id, transition, guard, **changes)

    monkeypatch.setattr(world.jobs, "move", upgrade_and_move)
    world.submit()
    world.pass_time(RETENTION + 30)

    assert world.jobs.jobs["j1"].location is ResultLocation.RESTORING


def test_a_downgrade_opens_a_full_window_and_archives_after_it(world):
    """Results of a premium user were hot for long; they get a window of their own."""
    world.submit()
    world.settle()
    world.upgrade()
    world.pass_time(5 * RETENTION)
    world.downgrade()
    world.settle()

    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.HOT
    assert job.available_until == world.now + RETENTION
    assert world.mails == ["j1 COMPLETED"]

    world.pass_time(RETENTION + 30)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED


def test_a_late_archive_message_does_not_beat_the_downgrade(world):
    """It is of the present cycle, and its window ended long ago, while the owner was premium."""
    world.submit()
    world.settle()
    world.upgrade()
    world.pass_time(3 * RETENTION)
    world.inboxes["archiver"].send(ArchiveDue("j1", 1))
    world.downgrade()
    world.settle()

    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.HOT
    assert job.available_until == world.now + RETENTION


def test_a_downgrade_told_twice_opens_one_window(world):
    """The second telling finds the window long enough."""
    world.submit()
    world.settle()
    world.upgrade()
    world.pass_time(RETENTION * 2)
    world.downgrade()
    world.bus.publish(world.bus.published[-1])
    world.settle()

    assert world.jobs.jobs["j1"].cycle == 2
    assert list(world.executions.started) == ["j1-1", "j1-2"]


def test_a_window_is_announced_also_if_the_answer_to_its_opening_was_lost(world, monkeypatch):
    """A client repeats a write of which it heard nothing, and the second one is refused."""
    world.submit()
    world.settle()
    world.upgrade()
    world.settle()
    move = world.jobs.move

    def move_twice(job_id, transition, guard, **changes):
        if transition is OPEN_WINDOW:
            move(job_id, transition, guard, **changes)
        return move(job_id, transition, guard, **changes)

    monkeypatch.setattr(world.jobs, "move", move_twice)
    world.pass_time(RETENTION)
    world.downgrade()
    world.pass_time(RECOVERY + 2 * RETENTION)

    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    world.assert_quiet()


def test_a_free_account_cannot_renew_its_windows(world):
    """To say that one is on the free plan, again and again, moves no date."""
    world.submit()
    world.settle()
    until = world.jobs.jobs["j1"].available_until
    world.pass_time(RETENTION / 2)
    world.bus.publish(AccountDowngraded(USER))
    world.settle()
    assert world.jobs.jobs["j1"].available_until == until

    world.pass_time(RETENTION)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED


def test_a_downgrade_within_the_first_window_gives_a_new_one(world):
    """The end of the first window is then of a past cycle and archives nothing."""
    world.submit()
    world.settle()
    world.upgrade()
    world.pass_time(RETENTION - 20)
    world.downgrade()
    world.pass_time(60)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT

    world.pass_time(RETENTION)

    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    world.assert_quiet()


def test_a_downgrade_while_restoring_ends_in_a_new_window(world):
    """The restorer reads the plan again after its commit."""
    world.submit()
    world.pass_time(RETENTION + 30)
    world.upgrade()
    world.settle()
    world.downgrade()
    world.settle()
    world.thaw()
    world.pass_time(10)

    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.HOT
    assert job.available_until is not None

    world.pass_time(RETENTION + 30)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    assert world.hot_bytes()["x.annot.vcf.gz"] == b"annotated vcf"


def test_a_free_users_results_are_not_restored(world):
    """A request that is on its way when the plan changes back is not obeyed blindly."""
    world.submit()
    world.pass_time(RETENTION + 30)
    world.inboxes["restorer"].send(JobRestoreRequested("j1"))
    world.settle()

    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    assert world.cold.asked == {}
    world.assert_quiet()


def test_a_list_that_lags_behind_hides_no_job_from_an_upgrade(world):
    """The index still shows the results hot when they are archived already."""
    world.submit()
    world.settle()
    world.jobs.freeze_list()
    world.pass_time(RETENTION + 30)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    world.upgrade()
    world.settle()

    assert world.jobs.jobs["j1"].location is ResultLocation.RESTORING


def test_a_list_that_lags_behind_hides_no_job_from_a_downgrade(world):
    """The index still shows the results in the archive when they are hot again."""
    world.submit()
    world.pass_time(RETENTION + 30)
    world.jobs.freeze_list()
    restore(world)
    world.downgrade()
    world.settle()

    assert world.jobs.jobs["j1"].available_until == world.now + RETENTION


def test_a_completion_that_was_not_announced_is_announced_after_a_new_window(world):
    """The announcing failed, and a downgrade opened another cycle before it was tried again."""
    world.upgrade()
    works, failing = world.executions.start, [True]

    def start(name, data):
        if name == "j1-1" and failing:
            raise OSError("Step Functions is away")
        return works(name, data)

    world.executions.start = start
    world.submit()
    world.pass_time(20)
    world.downgrade()
    world.settle()
    assert world.jobs.jobs["j1"].cycle == 2
    failing.clear()
    world.pass_time(RETENTION + 60)

    assert world.mails == ["j1 COMPLETED"]
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    world.assert_quiet()


def test_an_upgrade_restores_every_job_over_all_pages(world):
    """More jobs than fit one page of the list."""
    for number in range(230):
        world.submit(f"j{number}")
    world.pass_time(RETENTION + 60)
    world.upgrade()
    world.settle()
    world.thaw()
    world.pass_time(60)

    assert {job.location for job in world.jobs.jobs.values()} == {ResultLocation.HOT}
    assert world.cold.archives == {}
