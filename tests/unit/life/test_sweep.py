"""Whatever is lost for good, a sweep finds the job that waits for it; and it leaves the others alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from gas.jobs import JobStatus, ResultLocation
from gas.messages import JobSubmitted, SweepDue, encode
from gas.transitions import CONFIRM_UPLOAD, QUEUED_FOR_LONG_SECONDS, Guard
from services.archiver.sweep import Sweeping, sweep
from tests.unit.life.reaper import Killed, reapers
from tests.unit.life.world import PATIENCE, RETENTION, USER, World

DAY = 24 * 3600.0


class UnforgivingWorld(World):
    """The message that a killed worker had in hand never comes back."""

    def _turn(self, name: str) -> bool:
        try:
            return self.workers[name].turn()
        except Killed:
            self.workers[name] = self._worker(name)
            inbox = self.inboxes[name]
            inbox.queued = [item for item in inbox.queued if item.attempt == 0]
            return True


def sweep_now(world: World) -> None:
    """One sweep by a process that lives on, and everything that follows from it."""
    ports = (world.jobs, world.jobs, world.accounts, world.accounts, world.bus)
    sweep(SweepDue(), sweeping=Sweeping(*ports, world.clock, PATIENCE))
    world.settle()


def sweep_for(world: World, seconds: float) -> None:
    """Let time pass, with a sweep every ten minutes and retrievals that become ready at once."""
    end = world.now + seconds
    while world.now < end:
        world.now += 600
        world.settle()
        world.thaw()
        world.settle()
        sweep_now(world)


def submit(world: World, job_id: str = "j1") -> None:
    """The page has said that its upload is complete, as it does."""
    world.submit(job_id)
    world.jobs.move(job_id, CONFIRM_UPLOAD, Guard(now=world.now), expires_at=None)


def live(world: World) -> None:
    """Submitted, archived, restored, downgraded, archived again, with sweeps all the time."""
    submit(world)
    world.settle()
    if world.jobs.jobs["j1"].status is JobStatus.PENDING:
        world.now += QUEUED_FOR_LONG_SECONDS
    sweep_for(world, DAY)
    world.upgrade()
    sweep_for(world, DAY / 2)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
    world.downgrade()
    sweep_for(world, DAY / 2)


def assert_archived_again(world: World) -> None:
    """The one end of that life, and nobody waits for anything."""
    job = world.jobs.jobs["j1"]
    assert (job.status, job.location, job.cycle) == (JobStatus.COMPLETED, ResultLocation.ARCHIVED, 3)
    assert world.mails == ["j1 COMPLETED"]
    assert set(world.results.objects) == {job.log_key, job.summary_key}
    assert set(world.cold.archives) == {file.archive_id for file in job.result_files}
    assert world.hot_bytes()["x.annot.vcf.gz"] == b"annotated vcf"
    assert_nothing_waits(world)


def assert_nothing_waits(world: World) -> None:
    """A further sweep finds nothing to say."""
    assert [job.attention_at for job in world.jobs.jobs.values()] == [None] * len(world.jobs.jobs)
    assert world.accounts.get(USER).untold_since is None
    world.assert_quiet()


def lose(world: World, number: int) -> list[str]:
    """Lose this message, counted over all queues, for good; the messages of the life, as they are sent."""
    sent: list[str] = []
    for inbox in world.inboxes.values():

        def send(message, deliver=inbox.send):
            sent.append(encode(message))
            if len(sent) != number:
                deliver(message)

        inbox.send = send
    return sent


def test_any_message_may_be_lost(tmp_path):
    """Ours, and the notifications of cold storage: each of them once, and the life ends the same."""
    world = World(tmp_path)
    sent = lose(world, 0)
    live(world)
    assert_archived_again(world)
    assert len(sent) > 12

    for number in range(1, len(sent) + 1):
        world = World(tmp_path)
        sent = lose(world, number)
        live(world)
        try:
            assert_archived_again(world)
        except AssertionError as error:
            raise AssertionError(f"lost {sent[number - 1]}: {error}") from error


def test_a_worker_may_die_at_any_call_and_take_its_message_with_it(tmp_path):
    """A message that has killed too many workers becomes a dead letter, and nobody reads those by himself."""
    world = UnforgivingWorld(tmp_path)
    live(world)
    assert_archived_again(world)
    total = world.reaper.calls

    for reaper in reapers(total):
        world = UnforgivingWorld(tmp_path, reaper)
        live(world)
        with reaper.naming_the_call():
            assert_archived_again(world)


def test_a_restore_of_which_nobody_said_that_it_is_ready_is_finished(world):
    """No notification came, and the change of plan was told for the last time long ago."""
    submit(world)
    world.pass_time(RETENTION + 30)
    world.upgrade()
    world.settle()
    world.accounts.note_told(world.accounts.get(USER))
    for archive_id in list(world.cold.asked):
        world.cold.thaw(archive_id)
    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.RESTORING

    world.now = job.restore_expected_at + PATIENCE + 1
    sweep_now(world)

    assert world.jobs.jobs["j1"].location is ResultLocation.HOT


@pytest.mark.parametrize("name", ["j1-1", "j1-3"])
def test_an_execution_that_ends_without_a_word_archives_nothing_too_late(world, name):
    """Step Functions lost it, or it failed at its last step."""
    world.played.update({name, "j1-1 announced"})
    world.mails.append("j1 COMPLETED")
    live(world)

    assert_archived_again(world)


def test_an_announcement_that_failed_until_its_message_was_dead_is_made_after_all(world):
    """Step Functions was away for longer than a message is tried."""
    works = world.executions.start

    def fail(_name, _data):
        raise OSError("away")

    world.executions.start = fail
    submit(world)
    while not world.inboxes["annotator"].dead_letters:
        world.now += PATIENCE
        world.settle()
    assert world.mails == []

    world.executions.start = works
    world.inboxes["annotator"].dead_letters.clear()
    assert world.jobs.jobs["j1"].status is JobStatus.COMPLETED
    sweep_for(world, DAY / 2)

    assert world.mails == ["j1 COMPLETED"]
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    assert_nothing_waits(world)


@pytest.mark.parametrize("end", ["FAILED", "CANCELLED"])
def test_a_job_without_results_is_looked_at_once_after_its_end(world, end):
    """Its announcement may be missing, or the removal of what was uploaded."""
    submit(world)
    world.jobs.jobs["j1"] = replace(
        world.jobs.jobs["j1"], status=JobStatus(end), cycle=0, attention_at=world.now, failure="It is no VCF."
    )
    world.inboxes["annotator"].queued.clear()
    sweep_for(world, DAY)

    assert world.mails == (["j1 FAILED"] if end == "FAILED" else [])
    assert world.bus.published == [JobSubmitted("j1", world.jobs.jobs["j1"].input_key)]
    assert_nothing_waits(world)


def test_nothing_is_said_of_a_job_that_is_in_time(world):
    """Queued, done, within its window, archived, asked for: none of them for less than the patience."""

    def look() -> None:
        with capture_logs() as logs:
            sweep_now(world)
        assert [entry for entry in logs if entry["event"].startswith("sweep.")] == [
            {"event": "sweep.done", "log_level": "info", "accounts": 0, "jobs": 0}
        ]

    submit(world)
    look()
    world.settle()
    while world.now < 1_000_000 + PATIENCE - 60:
        look()
        world.now += 60
        world.settle()
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    world.jobs.postpone(world.jobs.jobs["j1"], None)
    world.cold.expedited_available = False
    world.upgrade()
    world.accounts.note_told(world.accounts.get(USER))
    world.settle()
    expected_at = world.jobs.jobs["j1"].restore_expected_at
    assert expected_at > world.now + 4 * 3600
    while world.now < expected_at + PATIENCE - 60:
        look()
        world.now += 60
    assert world.jobs.jobs["j1"].location is ResultLocation.RESTORING


def test_a_job_that_began_to_move_by_itself_is_left_alone(world):
    """The index says otherwise for a moment; the record is read again before anything is said."""
    submit(world)
    world.settle()
    world.now += RETENTION + PATIENCE
    world.jobs.overdue = lambda *_args, **_kwargs: ["j1", "gone"]
    world.settle()
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    world.upgrade()
    world.accounts.untold = lambda *_args, **_kwargs: [USER]
    world.settle()
    said = len(world.bus.published)
    with capture_logs() as logs:
        sweep_now(world)

    assert len(world.bus.published) == said
    assert [entry["event"] for entry in logs] == ["sweep.done"]


def test_cold_copies_that_are_left_over_are_removed(world):
    """The restorer died after its record, and its message with it."""
    submit(world)
    sweep_for(world, DAY / 12)
    left = dict(world.cold.archives)
    world.upgrade()
    world.settle()
    world.thaw()
    world.settle()
    world.accounts.note_told(world.accounts.get(USER))
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
    world.cold.archives.update(left)
    sweep_for(world, PATIENCE + 600)

    assert world.cold.archives == {}
    assert_nothing_waits(world)


@pytest.mark.parametrize("archive_id", ["", "archive/u1/j1/1/x"])
def test_a_free_user_without_a_window_gets_one(world, archive_id):
    """Back on the free plan while the results came back: not archived before a full window has passed."""
    submit(world)
    world.settle()
    world.played.add("j1-1")
    job = world.jobs.jobs["j1"]
    files = tuple(replace(file, archive_id=archive_id) for file in job.result_files)
    world.jobs.jobs["j1"] = replace(
        job, available_until=None, result_files=files, restored_at=world.now, attention_at=world.now
    )
    world.now += PATIENCE
    sweep_now(world)

    job = world.jobs.jobs["j1"]
    assert (job.location, job.available_until) == (ResultLocation.HOT, world.now + RETENTION)
