"""What a sweep does not do: flood, starve, loop, or write over a job that went on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from gas.errors import NotFound
from gas.jobs import JobStatus, ResultLocation
from gas.messages import ArchiveDue, JobSubmitted
from gas.transitions import QUEUED_FOR_LONG_SECONDS
from services.archiver.sweep import JOBS_PER_SWEEP, OUTAGE_FAILURES
from tests.unit.life.reaper import Reaper, reapers
from tests.unit.life.test_sweep import DAY, submit, sweep_for, sweep_now
from tests.unit.life.world import LEASE, PATIENCE, RETENTION, USER, World


def running(world: World, job_id: str = "j1", late: float = 0.0) -> None:
    """A job whose worker died, and whose message is lost; its lease lapsed so long before the patience."""
    submit(world, job_id)
    world.inboxes["annotator"].queued.clear()
    lapsed = world.now - PATIENCE - late
    world.jobs.jobs[job_id] = replace(
        world.jobs.jobs[job_id], status=JobStatus.RUNNING, lease_expires=lapsed, attention_at=lapsed
    )


def sweeps(world: World) -> list[dict]:
    """What one sweep says for operators."""
    with capture_logs() as logs:
        sweep_now(world)
    return [entry for entry in logs if entry["event"].startswith("sweep.")]


def after_the_next_message(world: World, happen: Callable[[], None]) -> None:
    """Let this happen once, right after the next message was published."""
    publish = world.bus.publish

    def publish_once(message):
        publish(message)
        world.bus.publish = publish
        happen()

    world.bus.publish = publish_once


def test_one_sweep_helps_so_many_jobs_and_the_oldest_first(world):
    """The next one helps the rest."""
    for number in range(JOBS_PER_SWEEP + 2):
        running(world, f"j{number}", late=float(number))
    first = sweeps(world)
    left = {job_id for job_id, job in world.jobs.jobs.items() if job.status is not JobStatus.COMPLETED}

    assert first[-1]["jobs"] == JOBS_PER_SWEEP
    assert left == {"j0", "j1"}
    assert sweeps(world)[-1]["jobs"] == 2


def test_a_message_that_cannot_be_published_is_tried_by_the_next_sweep(world):
    """Nothing is noted as said that was not."""
    running(world)
    world.upgrade()
    world.settle()
    world.accounts.accounts[USER] = replace(world.accounts.get(USER), untold_since=world.now - PATIENCE)
    works = world.bus.publish

    def fail(_message):
        raise OSError("away")

    world.bus.publish = fail
    attention = world.jobs.jobs["j1"].attention_at
    assert [entry["event"] for entry in sweeps(world)] == ["sweep.failed", "sweep.failed", "sweep.done"]
    assert world.jobs.jobs["j1"].attention_at == attention
    assert world.accounts.get(USER).untold_since is not None

    world.bus.publish = works
    sweep_now(world)
    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
    assert world.accounts.get(USER).untold_since is None


def test_a_record_that_cannot_be_read_keeps_no_other_waiting(world):
    """One of a later version, say."""
    for job_id, late in (("bad", 2.0), ("good", 1.0)):
        running(world, job_id, late)
    read = world.jobs.get

    def get(job_id, *, owner=None):
        if job_id == "bad":
            raise ValueError("no such status")
        return read(job_id, owner=owner)

    world.jobs.get = get
    sweep_now(world)

    assert world.jobs.jobs["good"].status is JobStatus.COMPLETED


def test_an_outage_ends_the_sweep(world):
    """Its message comes back after a pause, like that of any other handler."""
    for number in range(OUTAGE_FAILURES + 5):
        running(world, f"j{number}")
    tried = []

    def fail(message):
        tried.append(message)
        raise OSError("away")

    world.bus.publish = fail
    with pytest.raises(OSError, match="away"):
        sweep_now(world)

    assert len(tried) == OUTAGE_FAILURES


def test_a_job_that_cannot_be_helped_is_asked_for_ever_less_often(world):
    """After as long as it has been late, and at last once an hour; after a day an operator hears of it."""
    world.submit()
    world.settle()
    world.now += RETENTION
    world.inboxes["archiver"].send = lambda _message: None
    helped = []
    for _ in range(int(3 * DAY) // 600):
        world.now += 600
        helped += [(world.now, entry) for entry in sweeps(world) if entry["event"] != "sweep.done"]
    pauses = [later - earlier for (earlier, _), (later, _) in pairwise(helped)]
    stuck = [at for at, entry in helped if entry["event"] == "sweep.stuck"]

    assert len(helped) < 75
    assert pauses == sorted(pauses)
    assert 3600 < max(pauses) <= 3600 + PATIENCE + 600
    assert {message for message in world.bus.published if isinstance(message, ArchiveDue)} == {
        ArchiveDue("j1", 1)
    }
    until = world.jobs.jobs["j1"].available_until
    assert until + DAY <= stuck[0] <= until + DAY + 3 * 3600
    assert "dead letters of the archiver" in helped[-1][1]["todo"]


def test_a_queue_that_nobody_empties_is_not_filled(world):
    """One message a day for each job that waits in it."""
    submit(world)
    world.inboxes["annotator"].queued.clear()
    world.inboxes["annotator"].send = lambda _message: None
    world.now += QUEUED_FOR_LONG_SECONDS
    sweep_for(world, 3 * DAY)

    assert 2 <= len(world.bus.published) <= 3
    assert set(world.bus.published) == {JobSubmitted("j1", world.jobs.jobs["j1"].input_key)}


def test_the_results_of_a_premium_user_are_left_where_they_are(world):
    """Once their window has ended there is nothing more to wait for; a downgrade opens a new one."""
    world.upgrade()
    submit(world)
    sweep_for(world, DAY / 2)
    job = world.jobs.jobs["j1"]
    assert (job.location, job.attention_at) == (ResultLocation.HOT, None)
    assert ArchiveDue("j1", 1) not in world.bus.published

    world.downgrade()
    world.settle()
    assert world.jobs.jobs["j1"].attention_at == world.now + RETENTION


def test_a_change_of_plan_is_told_once_more_and_the_last_one_counts(world):
    """An upgrade that was taken back before the sweep is not told."""
    world.upgrade()
    world.now += 60
    world.downgrade()
    world.settle()
    said = len(world.bus.published)
    for _ in range(3):
        world.now += PATIENCE
        sweep_now(world)

    assert [type(message).__name__ for message in world.bus.published[said:]] == ["AccountDowngraded"]


def test_a_change_of_plan_during_the_telling_is_told_as_well(world):
    """What was told then was another plan."""
    world.upgrade()
    world.now += PATIENCE
    after_the_next_message(world, world.downgrade)
    sweep_now(world)

    assert world.accounts.get(USER).untold_since == world.now


def test_a_job_that_goes_on_during_the_sweep_keeps_what_it_wrote(world):
    """The worker was only slow, and its write comes between the reading and the noting of the sweep."""
    running(world)
    after_the_next_message(world, world.settle)
    sweep_now(world)

    job = world.jobs.jobs["j1"]
    assert job.status is JobStatus.COMPLETED
    assert job.attention_at == job.finished_at


def test_a_sweep_may_be_killed_at_any_call(tmp_path):
    """Its message comes back, and what it had said is said twice."""

    def swept(reaper: Reaper) -> World:
        world = World(tmp_path, reaper)
        world.upgrade()
        running(world)
        world.now += PATIENCE
        world.sweep()
        world.pass_time(2 * LEASE)
        return world

    total = swept(Reaper()).reaper.calls
    assert total > 10
    for reaper in reapers(total):
        world = swept(reaper)
        world.pass_time(DAY / 200)
        with reaper.naming_the_call():
            assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
            assert world.accounts.get(USER).untold_since is None


def test_a_job_without_an_account_is_told_to_the_operator_at_each_sweep(world):
    """Nobody can say where its results belong."""
    running(world)

    def get(user_id):
        raise NotFound(f"no account {user_id}")

    world.accounts.get = get

    assert [entry["event"] for entry in sweeps(world)] == ["sweep.failed", "sweep.done"]
