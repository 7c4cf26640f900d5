"""The life of a job on fakes: every turn of it, every race, and a kill at every step."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from gas.errors import InvalidInput
from gas.jobs import BEGIN_ARCHIVE, CANCEL, Guard, JobStatus, ResultLocation
from gas.keys import input_key
from gas.messages import (
    AccountDowngraded,
    ArchiveDue,
    JobRestoreRequested,
    JobSubmitted,
    RestoreRequested,
    RetrievalCompleted,
)
from gas.stopping import GivenBack
from services.annotator.fetch import MAX_ATTEMPTS
from tests.unit.life.world import LEASE, RETENTION, USER, VISIBILITY, Reaper, World

#: Enough for any crash to be noticed and made good: a message and a lease have to lapse first.
RECOVERY = 4 * (VISIBILITY + LEASE)


@pytest.fixture
def world(tmp_path) -> World:
    return World(tmp_path)


def live(world: World) -> None:
    """The whole life: submitted, archived, restored; downgraded, archived again, restored again."""
    world.submit()
    world.pass_time(RECOVERY + RETENTION + RECOVERY)
    restore(world)
    world.downgrade()
    world.pass_time(RECOVERY + RETENTION + RECOVERY)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    restore(world)


def restore(world: World) -> None:
    world.upgrade()
    world.pass_time(RECOVERY)
    world.thaw()
    world.pass_time(RECOVERY)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT


def assert_restored(world: World) -> None:
    """The one final state of that life, whatever happened on the way."""
    job = world.jobs.jobs["j1"]
    assert (job.status, job.location, job.cycle) == (JobStatus.COMPLETED, ResultLocation.HOT, 4)
    assert job.available_until is None
    assert world.hot_bytes()["x.annot.vcf.gz"] == b"annotated vcf"
    assert world.mails == ["j1 COMPLETED"]
    assert list(world.executions.started) == ["j1-1", "j1-3"]
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

    for fatal in range(1, total + 1):
        for after in (False, True):
            world = World(tmp_path, Reaper(fatal, after))
            live(world)
            try:
                assert_restored(world)
            except AssertionError as error:
                point = f"{'after' if after else 'before'} call {fatal}, {world.reaper.log[fatal - 1]}"
                raise AssertionError(f"killed {point}: {error}") from error


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


def test_a_free_users_results_are_not_restored(world):
    """A request that is on its way when the plan changes back is not obeyed blindly."""
    world.submit()
    world.pass_time(RETENTION + 30)
    world.inboxes["restorer"].send(JobRestoreRequested("j1"))
    world.settle()

    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    assert world.cold.asked == {}
    world.assert_quiet()


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
        from tests.unit.life.world import Killed  # noqa: PLC0415 - only this engine kills.

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
