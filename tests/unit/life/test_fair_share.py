"""One user's thousand jobs do not hold back another's first: real handlers, on a clock of the test's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gas.envelope import unwrap
from gas.errors import NotYet
from gas.jobs import Job, JobStatus
from gas.keys import input_key
from gas.messages import JobSubmitted
from gas.transitions import CANCEL, CONFIRM_UPLOAD, Guard
from services.annotator import turns
from services.annotator.turns import MAX_YIELDS
from tests.unit.life.world import RECOVERY, Killed, Reaper, World

ADA, BEN = "ada", "ben"
JOB_SECONDS = 10.0


class Hall:
    """Some annotators before one queue. Every job takes ten seconds of the clock of each annotator."""

    def __init__(self, tmp_path, *, annotators: int = 1, reaper: Reaper | None = None) -> None:
        self.world = World(tmp_path, reaper)
        self.order: list[str] = []
        self.world.annotate = self._noting(self.world.annotate)
        self.annotators = [self.world._worker("annotator") for _ in range(annotators)]

    def queue(self, user: str, *names: str, told: bool = True) -> None:
        """Jobs that have arrived; their page has said so, or has not yet."""
        for name in names:
            key = input_key(user, name, "x.vcf")
            self.world.now += 0.001
            self.world.jobs.add(
                Job(
                    job_id=name,
                    user_id=user,
                    file_name="x.vcf",
                    input_key=key,
                    submit_time=self.world.now,
                    max_input_bytes=1000,
                )
            )
            self.world.inputs.objects[key] = name.encode()
            if told:
                guard = Guard(now=self.world.now)
                self.world.jobs.move(name, CONFIRM_UPLOAD, guard, queued_at=self.world.now)
            self.world.inboxes["annotator"].send(JobSubmitted(name, key))

    def work(self, turns: int) -> None:
        """So many turns of each annotator; time passes only when all of them have had theirs."""
        for _ in range(turns):
            for annotator in self.annotators:
                annotator.turn()
            self.world.now += JOB_SECONDS

    def statuses(self) -> set[JobStatus]:
        return {job.status for job in self.world.jobs.jobs.values()}

    def _noting(self, annotate):
        def noting(source, outputs, *, file_name, beat):
            self.order.append(source.read_bytes().decode())
            return annotate(source, outputs, file_name=file_name, beat=beat)

        return noting


def names(user: str, count: int) -> list[str]:
    return [f"{user}-{number}" for number in range(count)]


@pytest.mark.parametrize("annotators", [1, 3])
def test_a_thousand_jobs_do_not_hold_back_the_first_of_another_user(tmp_path, annotators):
    """It is the next that is taken, though its message is the last in the queue."""
    hall = Hall(tmp_path, annotators=annotators)
    hall.queue(ADA, *names(ADA, 1000))
    hall.work(1)
    hall.queue(BEN, "ben-0")

    hall.work(1)

    assert len(hall.order) == 2 * annotators
    assert "ben-0" in hall.order[annotators:]


def test_two_users_take_turns(tmp_path):
    """However many each of them has queued, and whoever came first."""
    hall = Hall(tmp_path)
    hall.queue(ADA, *names(ADA, 20))
    hall.queue(BEN, *names(BEN, 3))

    hall.work(7)

    assert [name.partition("-")[0] for name in hall.order] == [ADA, BEN, ADA, BEN, ADA, BEN, ADA]


def test_every_job_is_done_once_and_no_message_is_left(tmp_path):
    """Messages that were put off come back, those of jobs that were taken early find them done."""
    hall = Hall(tmp_path, annotators=3)
    hall.queue(ADA, *names(ADA, 30))
    hall.work(2)
    hall.queue(BEN, *names(BEN, 5))
    hall.queue("cy", "cy-0")

    hall.work(60)

    assert sorted(hall.order) == sorted([*names(ADA, 30), *names(BEN, 5), "cy-0"])
    assert hall.statuses() == {JobStatus.COMPLETED}
    hall.world.assert_quiet()


def test_a_file_whose_page_has_not_told_waits_like_any_other_once_it_is_heard_of(tmp_path):
    """The store alone has said that it is there; from then on its user sees it queued."""
    hall = Hall(tmp_path)
    hall.queue(ADA, *names(ADA, 3), told=False)
    hall.work(1)
    hall.queue(BEN, "ben-0")

    hall.work(1)

    assert hall.order == ["ada-0", "ben-0"]
    assert hall.world.jobs.jobs["ada-1"].status is JobStatus.PENDING
    assert hall.world.jobs.jobs["ada-1"].queued_at is not None


def test_a_job_whose_message_was_lost_holds_nobody_back(tmp_path):
    """It is taken when its turn comes, by whoever hears of another job."""
    hall = Hall(tmp_path)
    hall.queue(BEN, "ben-0")
    hall.world.inboxes["annotator"].queued.clear()
    hall.queue(ADA, *names(ADA, 3))

    hall.work(5)

    assert hall.order[:2] == ["ada-0", "ben-0"]
    assert hall.statuses() == {JobStatus.COMPLETED}
    hall.world.assert_quiet()


def test_a_job_that_can_never_be_taken_holds_nobody_back_for_ever(tmp_path, monkeypatch):
    """A job gives way so often and not more."""
    hall = Hall(tmp_path)
    hall.queue(ADA, *names(ADA, 2))
    hall.work(1)
    hall.queue(BEN, "ben-0")
    hall.world.inboxes["annotator"].queued.pop()
    monkeypatch.setattr(hall.world.inputs, "stat", _refusing(hall.world.inputs.stat, "ben-0"))

    hall.work(MAX_YIELDS + 2)

    assert hall.order == ["ada-0", "ada-1"]


def _refusing(stat, name):
    def refuse(key):
        if name in key:
            raise NotYet("the store has an outage for this file alone")
        return stat(key)

    return refuse


def test_an_index_that_is_behind_sends_nobody_to_a_job_that_is_done(tmp_path, monkeypatch):
    """Its record says that it waits no more; the next in the order is taken, or the own one."""
    hall = Hall(tmp_path)
    hall.queue(BEN, "ben-0")
    stale = turns.QueueEntry(job_id="ben-0", user_id=BEN, queued_at=0.0)
    hall.work(1)
    hall.queue(ADA, *names(ADA, 2))
    queue = hall.annotators[0]._handlers[JobSubmitted].keywords["annotating"].queue
    monkeypatch.setattr(queue._port, "waiting", lambda *_, **__: [stale])

    hall.work(2)

    assert hall.order == ["ben-0", "ada-0", "ada-1"]


def test_an_outage_of_the_index_stops_nobody(tmp_path):
    """Jobs are taken as they come."""
    hall = Hall(tmp_path)
    hall.queue(ADA, *names(ADA, 3))
    hall.queue(BEN, "ben-0")
    queue = hall.annotators[0]._handlers[JobSubmitted].keywords["annotating"].queue
    queue._port.outage = ConnectionError("no answer")

    hall.work(4)

    assert hall.order == [*names(ADA, 3), "ben-0"]
    hall.world.assert_quiet()


def test_to_be_put_off_costs_no_receipt(tmp_path):
    """However often: a message that gives way never becomes a dead letter."""
    hall = Hall(tmp_path)
    hall.queue(ADA, *names(ADA, 2))
    hall.work(1)
    for number in range(25):
        hall.queue(BEN if number % 2 else "cy", f"other-{number}")
    hall.world.inboxes["annotator"].max_receives = 2

    hall.work(80)

    assert hall.statuses() == {JobStatus.COMPLETED}
    hall.world.assert_quiet()


def test_a_job_that_was_given_back_has_the_place_that_it_had(tmp_path):
    """An outage in the middle of it is not its fault."""
    hall = Hall(tmp_path)
    hall.queue(ADA, "ada-0")
    hall.queue(BEN, "ben-0")
    queued_at = hall.world.jobs.jobs["ada-0"].queued_at
    stat = hall.world.inputs.stat
    hall.world.inputs.stat = _refusing(stat, "ada-0")

    hall.work(1)

    job = hall.world.jobs.jobs["ada-0"]
    assert (job.status, job.queued_at) == (JobStatus.PENDING, queued_at)
    hall.world.inputs.stat = stat
    hall.work(5)
    assert hall.world.jobs.jobs["ada-0"].queued_at == queued_at
    assert hall.statuses() == {JobStatus.COMPLETED}


def test_a_job_that_runs_for_hours_without_its_own_message_is_not_given_up(tmp_path):
    """That message comes meanwhile, finds the lease held, and comes again, as often as it takes."""
    hall = Hall(tmp_path)
    hall.queue(BEN, "ben-0")
    hall.world.inboxes["annotator"].max_receives = 2
    job = hall.world.jobs.jobs["ben-0"]
    for _ in range(100):
        until = hall.world.now + 15
        hall.world.jobs.jobs["ben-0"] = replace(
            job, status=JobStatus.RUNNING, lease_owner="another", lease_expires=until
        )
        hall.work(2)

    hall.work(3)

    assert hall.order == ["ben-0"]
    assert hall.statuses() == {JobStatus.COMPLETED}
    hall.world.assert_quiet()


def test_a_job_that_was_cancelled_while_it_waited_is_not_taken_instead(tmp_path):
    hall = Hall(tmp_path)
    hall.queue(ADA, *names(ADA, 2))
    hall.work(1)
    hall.queue(BEN, "ben-0")
    hall.world.jobs.move("ben-0", CANCEL, Guard(now=hall.world.now), finished_at=hall.world.now)

    hall.work(3)

    assert hall.order == names(ADA, 2)
    hall.world.assert_quiet()


def test_a_worker_that_is_killed_anywhere_loses_no_job(tmp_path):
    """Between the copy of a message and the end of the old one there are two, which is harmless."""
    rehearsal = Hall(tmp_path, reaper=Reaper())
    play(rehearsal)
    calls = rehearsal.world.reaper.calls
    assert "inbox.defer" in rehearsal.world.reaper.log

    for fatal in range(1, calls + 1):
        for after in (False, True):
            hall = Hall(tmp_path, reaper=Reaper(fatal=fatal, after=after))
            play(hall)
            assert hall.statuses() == {JobStatus.COMPLETED}, (fatal, after)
            assert unwrap_all(hall) == [], (fatal, after)


def play(hall: Hall) -> None:
    hall.queue(ADA, *names(ADA, 2))
    rounds(hall, 1)
    hall.queue(BEN, "ben-0")
    rounds(hall, int(2 * RECOVERY / JOB_SECONDS))


def rounds(hall: Hall, count: int) -> None:
    for _ in range(count):
        try:
            hall.work(1)
        except Killed:
            hall.annotators = [hall.world._worker("annotator")]
            hall.world.now += JOB_SECONDS


def unwrap_all(hall: Hall) -> list:
    return [unwrap(item.body) for item in hall.world.inboxes["annotator"].queued]
