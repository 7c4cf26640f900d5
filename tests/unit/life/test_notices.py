"""What users are told besides the end of a job: results that are back, and results that will be archived."""

from __future__ import annotations

from dataclasses import replace

from gas.after_completion import MAIL_GATHER_SECONDS
from gas.jobs import ResultLocation
from gas.messages import JobRestoreRequested, WindowRequested
from gas.transitions import OPEN_WINDOW, Guard
from tests.unit.life.world import RECOVERY, RETENTION, USER, restore


def archive(world, *job_ids: str) -> None:
    for job_id in job_ids:
        world.submit(job_id)
    world.pass_time(RECOVERY + RETENTION)
    assert {world.jobs.jobs[job_id].location for job_id in job_ids} == {ResultLocation.ARCHIVED}


def test_an_upgrade_is_followed_by_one_mail_about_all_that_came_back(world):
    """Though each job is restored by a message of its own."""
    archive(world, "j1", "j2", "j3")
    world.now = (world.now // MAIL_GATHER_SECONDS + 1) * MAIL_GATHER_SECONDS
    world.upgrade()
    world.settle()
    world.thaw()
    world.settle()
    assert world.notices == [], "others may still come back"

    world.pass_time(MAIL_GATHER_SECONDS)

    assert len(world.notices) == 1
    assert world.notices[0].endswith("is back")


def test_a_late_repetition_of_a_restore_is_told_of_no_more(world):
    """Neither soon nor when Step Functions has long forgotten the name."""
    archive(world, "j1")
    restore(world)
    world.pass_time(MAIL_GATHER_SECONDS)
    for pause in (MAIL_GATHER_SECONDS, 90 * 86_400):
        world.now += pause
        world.inboxes["restorer"].send(JobRestoreRequested("j1"))
        world.settle()
        world.pass_time(MAIL_GATHER_SECONDS)

    assert world.notices == ["j1 is back"]
    assert len([name for name in world.executions.started if name.startswith("restored-")]) == 1


def keep(world, seconds: int) -> None:
    """What the web application does when a user keeps results for longer."""
    job = world.jobs.jobs["j1"]
    guard = Guard(cycle=job.cycle, user_id=USER, now=world.now)
    until = job.available_until + seconds
    world.jobs.move("j1", OPEN_WINDOW, guard, cycle=job.cycle + 1, available_until=until, extensions=1)
    world.bus.publish(WindowRequested("j1"))
    world.settle()


def test_results_that_are_kept_for_longer_are_archived_at_the_new_time(world):
    """And not at the old one."""
    world.submit()
    world.settle()
    keep(world, 1000)

    world.pass_time(RETENTION + 500)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
    world.pass_time(600)

    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    assert list(world.executions.started) == ["j1-1", "j1-2"]
    world.assert_quiet()


def test_the_window_of_a_downgrade_can_be_prolonged_anew(world):
    """What was used up before counts no more."""
    world.submit()
    world.settle()
    world.jobs.jobs["j1"] = replace(world.jobs.jobs["j1"], extensions=3)
    world.upgrade()
    world.pass_time(RETENTION)
    world.downgrade()
    world.settle()

    job = world.jobs.jobs["j1"]
    assert job.available_until >= world.now + RETENTION
    assert job.extensions == 0
