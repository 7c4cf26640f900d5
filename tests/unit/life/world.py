"""The whole system on fakes and on a clock of the test's: the real handlers, workers and messages.

Topics are routed to inboxes as ``ecs/templates`` says, and executions of the state machine are played as
``after_completion.asl.json`` says. Any call that leaves a process can be made the last one of that
process: it dies there, and is started again.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from gas.accounts import DOWNGRADE, UPGRADE, Plan, Profile
from gas.fakes import (
    FakeAccountStore,
    FakeBus,
    FakeColdStorage,
    FakeExecutions,
    FakeInbox,
    FakeJobQueue,
    FakeJobStore,
    FakeObjectListing,
    FakeObjectStore,
    FakePartUploads,
)
from gas.jobs import Job, ResultLocation
from gas.keys import input_key
from gas.messages import (
    TOPIC_OF,
    AccountDowngraded,
    ArchiveDue,
    DeletionRequested,
    JobRestoreRequested,
    JobSubmitted,
    RestoreRequested,
    RetrievalCompleted,
    SweepDue,
    Topic,
    WindowRequested,
)
from gas.transitions import DELETE, Guard
from gas.worker import Timing, Worker
from services.annotator.handlers import Annotating, annotate_job
from services.archiver.deletion import Bucket, Deleting, remove_deleted
from services.archiver.handlers import Archiving, archive_results, open_window, open_windows
from services.archiver.sweep import Sweeping, sweep
from services.restorer.handlers import Restoring, finish_retrieval, restore_account, restore_job
from tests.unit.life.quick_engine import QuickEngine, quick_annotate
from tests.unit.life.reaper import Killed, Reaper

USER = "u1"
RETENTION = 180
VISIBILITY = 60.0
LEASE = 50.0
PATIENCE = 900.0

#: Enough for any crash to be noticed and made good: a message and a lease have to lapse first.
RECOVERY = 4 * (VISIBILITY + LEASE)


class World:
    """Everything outside the processes, and the three workers."""

    def __init__(self, scratch: Path, reaper: Reaper | None = None, *, lease: float = LEASE) -> None:
        self.lease = lease
        self.now = 1_000_000.0
        self.reaper = reaper or Reaper()
        self.jobs = FakeJobStore()
        self.accounts = FakeAccountStore()
        self.inputs = FakeObjectStore()
        self.uploads = FakePartUploads(self.inputs)
        self.results = FakeObjectStore()
        self.cold = FakeColdStorage(self.results)
        self.bus = FakeBus()
        self.executions = FakeExecutions()
        self.mails: list[str] = []
        self.notices: list[str] = []
        self.played: set[str] = set()
        self.routed = 0
        self.annotate = quick_annotate
        self.engine = QuickEngine(self)
        self.scratch = scratch
        names = ("annotator", "archiver", "restorer")
        self.inboxes = {name: FakeInbox(lambda: self.now, visibility=VISIBILITY) for name in names}
        self.workers = {name: self._worker(name) for name in names}
        self.accounts.enter(Profile(user_id=USER, name="Ada", username="ada", email="a@b"), now=self.now)

    # What a user does.

    def submit(self, job_id="j1", data=b"vcf", limit=1000) -> None:
        key = input_key(USER, job_id, "x.vcf")
        job = Job(
            job_id=job_id,
            user_id=USER,
            file_name="x.vcf",
            input_key=key,
            submit_time=self.now,
            max_input_bytes=limit,
            expires_at=int(self.now) + 86400,
        )
        self.jobs.add(job)
        self.inputs.objects[key] = data
        self.inboxes["annotator"].send(JobSubmitted(job_id, key))

    def upgrade(self) -> None:
        self.accounts.change_plan(USER, UPGRADE, now=self.now)
        self.bus.publish(RestoreRequested(USER))

    def downgrade(self) -> None:
        self.accounts.change_plan(USER, DOWNGRADE, now=self.now)
        self.bus.publish(AccountDowngraded(USER))

    def delete(self, job_id="j1") -> None:
        guard = Guard(user_id=USER, now=self.now)
        self.jobs.move(job_id, DELETE, guard, deleted_at=self.now, progress=None)
        self.bus.publish(DeletionRequested(job_id))

    # How time passes.

    def sweep(self) -> None:
        """The schedule says that it is time."""
        self.inboxes["archiver"].send(SweepDue())

    def clock(self) -> float:
        return self.now

    def settle(self) -> None:
        """Let everything happen that can happen now."""
        while self._step():
            pass

    def pass_time(self, seconds: float) -> None:
        """Let time pass in small steps, and everything happen that is then due."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(self.now + 5, end)
            self.settle()

    def thaw(self) -> None:
        """Let every retrieval that was asked for become ready, and S3 say so."""
        for archive_id in list(self.cold.asked):
            if archive_id not in self.cold.ready:
                self.cold.thaw(archive_id)
                job_id = archive_id.split("/")[2]
                self.inboxes["restorer"].send(RetrievalCompleted(job_id, archive_id))

    def _step(self) -> bool:
        self._route()
        moved = self._play_executions()
        turns = [self._turn(name) for name in self.workers]
        return moved or any(turns)

    def _turn(self, name: str) -> bool:
        try:
            return self.workers[name].turn()
        except Killed:
            self.workers[name] = self._worker(name)
            return True

    def _route(self) -> None:
        inbox_of = {
            Topic.JOB_REQUESTS: "annotator",
            Topic.ARCHIVE_REQUESTS: "archiver",
            Topic.RESTORE_REQUESTS: "restorer",
            Topic.RESTORE_COMPLETED: "restorer",
        }
        for message in self.bus.published[self.routed :]:
            self.inboxes[inbox_of[TOPIC_OF[type(message)]]].send(message)
        self.routed = len(self.bus.published)

    def _play_executions(self) -> bool:
        due = [name for name in self.executions.started if name not in self.played]
        played = [self._play(name, self.executions.started[name]) for name in due]
        return any(played)

    def _play(self, name, data) -> bool:
        first_look = f"{name} announced" not in self.played
        if first_look:
            self.played.add(f"{name} announced")
            if data["kind"] == "finished":
                self.mails.append(f"{data['job_id']} {data['status']}")
        if data["kind"] == "restored":
            return self._play_restored(name, data) or first_look
        self._play_warning(name, data)
        if data["status"] != "COMPLETED":
            self.played.add(name)
        elif self.now >= datetime.fromisoformat(data["available_until"]).timestamp():
            self.played.add(name)
            if self.accounts.get(data["user_id"]).plan is Plan.FREE:
                self.bus.publish(ArchiveDue(data["job_id"], data["cycle"]))
        return first_look or name in self.played

    def _play_restored(self, name, data) -> bool:
        if self.now < datetime.fromisoformat(data["mail_at"]).timestamp():
            return False
        self.played.add(name)
        self.notices.append(f"{data['job_id']} is back")
        return True

    def _play_warning(self, name, data) -> None:
        at, warned = data["warn_at"], f"{name} warned"
        if at is None or warned in self.played or self.now < datetime.fromisoformat(at).timestamp():
            return
        self.played.add(warned)
        job, plan = self.jobs.jobs[data["job_id"]], self.accounts.get(data["user_id"]).plan
        if (job.location, job.cycle, plan) == (ResultLocation.HOT, data["cycle"], Plan.FREE):
            self.notices.append(f"{data['job_id']} will be archived")

    # The processes.

    def _worker(self, name: str) -> Worker:
        watch = self.reaper.watch
        jobs, bus = watch(self.jobs, "jobs"), watch(self.bus, "bus")
        accounts, cold = watch(self.accounts, "accounts"), watch(self.cold, "cold")
        results = watch(self.results, "results")
        executions = watch(self.executions, "executions")
        inputs = watch(self.inputs, "inputs")
        if name == "annotator":
            annotating = Annotating(
                jobs,
                watch(FakeJobQueue(self.jobs), "queue"),
                inputs,
                results,
                executions,
                self.engine,
                self.clock,
                self.scratch,
                self.lease,
                RETENTION,
            )
            handlers = {JobSubmitted: partial(annotate_job, annotating=annotating)}
        elif name == "archiver":
            archiving = Archiving(jobs, accounts, results, cold, executions, bus, self.clock, RETENTION)
            in_inputs = Bucket(inputs, FakeObjectListing(self.inputs))
            in_results = Bucket(results, FakeObjectListing(self.results))
            uploads = watch(self.uploads, "uploads")
            deleting = Deleting(jobs, in_inputs, uploads, in_results, cold, self.clock)
            handlers = {
                DeletionRequested: partial(remove_deleted, deleting=deleting),
                ArchiveDue: partial(archive_results, archiving=archiving),
                AccountDowngraded: partial(open_windows, archiving=archiving),
                WindowRequested: partial(open_window, archiving=archiving),
                SweepDue: partial(
                    sweep,
                    sweeping=Sweeping(jobs, jobs, accounts, accounts, bus, self.clock, PATIENCE),
                ),
            }
        else:
            restoring = Restoring(jobs, accounts, results, cold, executions, self.clock, RETENTION)
            handlers = {
                RestoreRequested: partial(restore_account, jobs=jobs, bus=bus),
                JobRestoreRequested: partial(restore_job, restoring=restoring),
                RetrievalCompleted: partial(finish_retrieval, restoring=restoring),
            }
        timing = Timing(visibility=VISIBILITY, stop_grace=1.0, first_pause=5.0)
        inbox = watch(self.inboxes[name], "inbox")
        return Worker(inbox, handlers, timing, health_file=self.scratch / f"{name}.health")

    # What can be seen.

    def hot_bytes(self, job_id="j1") -> dict[str, bytes]:
        """Content of the result files of a job, from wherever its record says that they are."""
        job = self.jobs.jobs[job_id]
        if job.location is ResultLocation.HOT:
            return {file.name: self.results.objects[file.key] for file in job.result_files}
        return {file.name: self.cold.archives[file.archive_id] for file in job.result_files}

    def assert_quiet(self) -> None:
        """No message is left, and none was given up."""
        for name, inbox in self.inboxes.items():
            assert inbox.queued == [], name
            assert inbox.dead_letters == [], name


def restore(world: World) -> None:
    """Upgrade, and let every retrieval become ready."""
    world.upgrade()
    world.pass_time(RECOVERY)
    world.thaw()
    world.pass_time(RECOVERY)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT
