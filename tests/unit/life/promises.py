"""What must hold at every write and every removal, and what must hold at rest."""

from __future__ import annotations

import hashlib
from typing import Any

from greenlet import getcurrent

from gas.accounts import Plan
from gas.after_completion import FIRST_CYCLE
from gas.fakes import FakeJobStore, FakeObjectListing, FakeObjectStore
from gas.jobs import Job, JobStatus, ResultLocation
from gas.keys import cycle_of, job_of
from gas.transitions import BEGIN_ARCHIVE, BEGIN_RESTORE, OPEN_WINDOW, Guard, Transition
from services.annotator.fetch import MAX_ATTEMPTS
from services.archiver.audit_results import Bucket, audit
from services.archiver.auditing import LEAST_AGE_SECONDS
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
    """Sees that nothing is removed before its other copy is on record.

    :ivar late_by: the run that stored an object at last, if it was paused until the job went on without it.
    """

    def __init__(self, world: Any) -> None:
        super().__init__(world.clock)
        self._world = world
        self.late_by: dict[str, Run] = {}

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        self.late_by.pop(key, None)
        run = getcurrent()
        if isinstance(run, Run) and run.paused and _is_late(key, self._world.jobs.jobs[job_of(key)]):
            self.late_by[key] = run

    def remove(self, key: str) -> None:
        super().remove(key)
        check_nothing_lost(self._world)


def _is_late(key: str, job: Job) -> bool:
    """Whether another worker has ended the job, or begun the stay that this copy is for, and ended it.

    A worker stores a file before it records the end or the stay itself.
    """
    if not job.finished or cycle_of(key) > max(job.cycle, FIRST_CYCLE):
        return False
    files = {file.key for file in job.result_files} if job.location in HOT else set()
    return key not in files | {job.log_key, job.summary_key}


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
        for file in () if job.status is JobStatus.DELETED else job.result_files:
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
    """One live copy of each file, where the plan wants it; one mail a job; no message left.

    Of a job that was deleted nothing at all.
    """
    world.assert_quiet()
    premium = world.plan is Plan.PREMIUM
    jobs = [job for job in world.jobs.jobs.values() if job.status is not JobStatus.DELETED]
    _check_deleted(world)
    for job in jobs:
        _check_end(job, ResultLocation.HOT if premium else ResultLocation.ARCHIVED)
    completed = [job for job in jobs if job.status is JobStatus.COMPLETED]
    files = {file for job in completed for file in job.result_files}
    wanted = {file.key for file in files} if premium else set()
    _check_hot(wanted, world)
    _check_audit(wanted, world)
    _check_cold(set() if premium else {file.archive_id for file in files}, world)
    ends = [mail for mail in world.mails if mail.endswith((JobStatus.COMPLETED, JobStatus.FAILED))]
    assert sorted(set(ends)) == sorted(ends)
    assert set(ends) - _mails_of_deleted(world) == {f"{job.job_id} {job.status}" for job in jobs}


def _check_deleted(world: Any) -> None:
    deleted = [job for job in world.jobs.jobs.values() if job.status is JobStatus.DELETED]
    folders = tuple(
        f"{top}/{USER}/{job.job_id}/" for job in deleted for top in ("inputs", "results", "archive")
    )
    stored = [*world.inputs.objects, *world.results.objects, *world.cold.archives]
    assert [key for key in stored if key.startswith(folders)] == []
    for job in deleted:
        assert (job.result_files, job.log_key, job.attention_at) == ((), "", None)


def _mails_of_deleted(world: Any) -> set[str]:
    """Those that may have been sent before."""
    deleted = [job.job_id for job in world.jobs.jobs.values() if job.status is JobStatus.DELETED]
    return {f"{job_id} {end}" for job_id in deleted for end in (JobStatus.COMPLETED, JobStatus.FAILED)}


def _check_end(job: Job, wanted: ResultLocation) -> None:
    if job.status is JobStatus.FAILED:
        assert job.attempt > MAX_ATTEMPTS, f"{job.job_id} failed: {job.failure}"
    else:
        assert (job.status, job.location) == (JobStatus.COMPLETED, wanted)


def _check_hot(wanted: set[str], world: Any) -> None:
    jobs = world.jobs.jobs.values()
    failed = tuple(f"results/{USER}/{job.job_id}/" for job in jobs if job.status is JobStatus.FAILED)
    hot = {key for key in world.results.objects if not failed or not key.startswith(failed)}
    assert hot >= wanted
    left = hot - wanted - _pages(world)
    assert left == late_copies(world) & hot, "a hot copy is left over without a late worker that was cut off"


def _pages(world: Any) -> set[str]:
    return {key for job in world.jobs.jobs.values() for key in (job.log_key, job.summary_key) if key}


def late_copies(world: Any) -> set[str]:
    """What a run stored that had been paused until others had done without it, and that was cut off then.

    Its own clean-up, which comes right after, would have removed it.
    """
    late = {key: run for key, run in world.results.late_by.items() if key in world.results.objects}
    return {key for key, run in late.items() if run.killed or run.cut_off}


def _check_audit(wanted: set[str], world: Any) -> None:
    """A day later the audit removes what is left over, and nothing else."""
    bucket = Bucket(FakeObjectListing(world.results), world.results)
    audit(bucket, world.jobs, now=world.now + LEAST_AGE_SECONDS, remove=True)
    assert set(world.results.objects) == wanted | _pages(world), "the audit leaves the wanted hot copies"


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
