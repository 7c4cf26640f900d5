"""What must hold at every write and every removal, and what must hold at rest."""

from __future__ import annotations

import hashlib
from typing import Any

from greenlet import getcurrent

from gas.accounts import Plan
from gas.fakes import FakeJobStore, FakeObjectStore
from gas.jobs import Job, JobStatus, ResultLocation
from gas.transitions import BEGIN_ARCHIVE, BEGIN_RESTORE, OPEN_WINDOW, Guard, Transition
from services.annotator.fetch import MAX_ATTEMPTS
from tests.unit.life.runs import Broken, Run
from tests.unit.life.world import RETENTION, USER

HOT = frozenset({ResultLocation.HOT, ResultLocation.ARCHIVING})


class WatchedJobStore(FakeJobStore):
    """Sees that no transition is made against the plan or the window, nor before its copy is there.

    :ivar recorded: every archive id that a record has ever named.
    """

    def __init__(self, world: Any) -> None:
        super().__init__()
        self._world = world
        self.recorded: set[str] = set()

    def move(self, job_id: str, transition: Transition, guard: Guard, **changes: Any) -> Job:
        before = self.jobs.get(job_id)
        job = super().move(job_id, transition, guard, **changes)
        _check_transition(before, job, transition, self._world)
        self.recorded.update(file.archive_id for file in job.result_files)
        check_nothing_lost(self._world)
        return job


class WatchedObjectStore(FakeObjectStore):
    """Sees that nothing is removed before its other copy is on record."""

    def __init__(self, world: Any) -> None:
        super().__init__()
        self._world = world

    def remove(self, key: str) -> None:
        super().remove(key)
        check_nothing_lost(self._world)


def watch_discards(cold: Any, world: Any) -> None:
    """The same for cold copies."""
    discard = cold.discard

    def checked(file: Any) -> None:
        discard(file)
        check_nothing_lost(world)

    cold.discard = checked


def check_nothing_lost(world: Any) -> None:
    """The bytes of every completed result are where its record says, with the recorded digest."""
    for job in world.jobs.jobs.values():
        hot = job.location in HOT
        for file in job.result_files:
            copies = world.results.objects if hot else world.cold.archives
            data = copies.get(file.key if hot else file.archive_id)
            if data is None:
                raise Broken(f"{file.name} of {job.job_id} is lost while {job.location}")
            if hashlib.sha256(data).hexdigest() != file.sha256:
                raise Broken(f"{file.name} of {job.job_id} is not what was recorded")


def _check_transition(before: Job, job: Job, transition: Transition, world: Any) -> None:
    run = getcurrent()
    if not isinstance(run, Run):
        return
    if transition is BEGIN_ARCHIVE:
        if before.available_until is None or before.available_until > world.now:
            raise Broken(f"{job.job_id} is archived before the end that its owner was shown")
        if Plan.FREE not in run.plans:
            raise Broken(f"{job.job_id} of a premium user is archived")
        since = world.accounts.get(USER).plan_since
        if run.plans == {Plan.FREE} and before.available_until < since + RETENTION:
            raise Broken(f"{job.job_id} had no full window since the downgrade")
    if transition is BEGIN_RESTORE and Plan.PREMIUM not in run.plans:
        raise Broken(f"{job.job_id} of a free user is restored")
    if transition is OPEN_WINDOW:
        _check_window(job, run)


def _check_window(job: Job, run: Run) -> None:
    """A new window is a full one, counted from when its worker began."""
    if Plan.FREE not in run.plans:
        raise Broken(f"{job.job_id} of a premium user has a window")
    if job.available_until < run.began + RETENTION:
        raise Broken(f"{job.job_id} has a short window")


def check_rest(world: Any) -> None:
    """One live copy of each file, where the plan wants it; one mail a job; no message left."""
    world.assert_quiet()
    premium = world.plan is Plan.PREMIUM
    for job in world.jobs.jobs.values():
        _check_end(job, ResultLocation.HOT if premium else ResultLocation.ARCHIVED)
    completed = [job for job in world.jobs.jobs.values() if job.status is JobStatus.COMPLETED]
    files = {file for job in completed for file in job.result_files}
    _check_hot({file.key for file in files} if premium else set(), world)
    _check_cold(set() if premium else {file.archive_id for file in files}, world)
    jobs = world.jobs.jobs.values()
    ends = [mail for mail in world.mails if mail.endswith((JobStatus.COMPLETED, JobStatus.FAILED))]
    assert sorted(ends) == sorted(f"{job.job_id} {job.status}" for job in jobs)


def _check_end(job: Job, wanted: ResultLocation) -> None:
    if job.status is JobStatus.FAILED:
        assert job.attempt > MAX_ATTEMPTS, f"{job.job_id} failed: {job.failure}"
    else:
        assert (job.status, job.location) == (JobStatus.COMPLETED, wanted)


def _check_hot(wanted: set[str], world: Any) -> None:
    jobs = world.jobs.jobs.values()
    pages = {key for job in jobs for key in (job.log_key, job.summary_key) if key}
    failed = tuple(f"results/{USER}/{job.job_id}/" for job in jobs if job.status is JobStatus.FAILED)
    hot = {key for key in world.results.objects if not failed or not key.startswith(failed)}
    assert hot - pages == wanted, "hot copies"


def _check_cold(wanted: set[str], world: Any) -> None:
    cold = set(world.cold.archives)
    assert cold >= wanted
    leaked = cold - wanted
    assert not leaked & world.jobs.recorded, "a cold copy that was on record is left over"
    assert leaked == orphans(world), "a cold copy is left over without a crash or a lost race"


def orphans(world: Any) -> set[str]:
    """Archives that a disturbed worker of a vault made in one piece, and that never came on record."""
    made_by = getattr(world.cold, "made_by", {})
    return {
        archive_id
        for archive_id in world.cold.archives
        if archive_id not in world.jobs.recorded
        and archive_id not in getattr(world.cold, "in_parts", ())
        and getattr(made_by.get(archive_id), "disturbed", False)
    }
