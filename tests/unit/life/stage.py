"""The world with its messages in the open: each may be handled at any time, late, twice, or by two."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from botocore.exceptions import ClientError

from gas.accounts import DOWNGRADE, UPGRADE, Plan
from gas.errors import GasError, Refused
from gas.fakes import FakeColdStorage, FakeInbox
from gas.messages import AccountDowngraded, RestoreRequested, RetrievalCompleted
from gas.transitions import CANCEL, CONFIRM_UPLOAD, Guard
from services.web.keeping import keep_results
from services.web.refusals import NotAvailable
from tests.unit.life.promises import WatchedJobStore, WatchedObjectStore, watch_discards
from tests.unit.life.runs import Broken, Faults, Port, Run
from tests.unit.life.vault import FakeVault
from tests.unit.life.world import RETENTION, USER, VISIBILITY, World

#: Errors by which a handler leaves its message for later; any other exception is a bug.
OUTAGES = (GasError, ClientError, ConnectionError)

#: How often, and for how long each time, a user may keep results.
KEEPING = SimpleNamespace(extensions=2, extension_seconds=RETENTION)


class OpenInbox(FakeInbox):
    """A queue that hands out whichever visible message is wanted next.

    :ivar sent: every body that was ever sent, to be delivered again.
    """

    def __init__(self, clock) -> None:
        super().__init__(clock, visibility=VISIBILITY)
        self.sent: list[str] = []
        self.wanted = None

    def send(self, message) -> None:
        super().send(message)
        self.sent.append(self.queued[-1].body)

    def visible(self) -> list:
        return [item for item in self.queued if item.visible_at <= self.clock()]

    def receive(self):
        if self.wanted in self.queued:
            self.queued.remove(self.wanted)
            self.queued.insert(0, self.wanted)
        return super().receive()


class StagedWorld(World):
    """Plays queues, clock and cold storage as it is told; the workers are real and may be disturbed.

    :ivar workers: those of each service that are idle.
    :ivar paused: turns that wait for another worker to go first.
    :ivar turns: how many turns were begun.
    :ivar lost: whether anything was lost for good, so that only a sweep can help.
    """

    def __init__(self, scratch: Path, *, vault: bool) -> None:
        self.paused: list[Run] = []
        self.turns = 0
        self.lost = False
        super().__init__(scratch, SimpleNamespace(watch=self._watch))
        self.jobs = WatchedJobStore(self)
        self.results = WatchedObjectStore(self)
        self.cold = FakeVault(self.results) if vault else FakeColdStorage(self.results)
        watch_discards(self.cold, self)
        self.inboxes = {name: OpenInbox(self.clock) for name in self.inboxes}
        self.workers = {name: [] for name in self.inboxes}

    @property
    def plan(self) -> Plan:
        return self.accounts.get(USER).plan

    # What a user does.

    def submit(self, job_id: str, data: bytes) -> None:
        """Its page has said that the upload is complete."""
        super().submit(job_id, data)
        self.jobs.move(job_id, CONFIRM_UPLOAD, Guard(now=self.now), expires_at=None)

    def upgrade(self) -> None:
        with suppress(Refused):
            super().upgrade()
            self._tell_plan()
            return
        self.bus.publish(RestoreRequested(USER))

    def downgrade(self) -> None:
        with suppress(Refused):
            super().downgrade()
            self._tell_plan()
            return
        self.bus.publish(AccountDowngraded(USER))

    def change_plan_untold(self) -> None:
        """The web process dies between the record and the message."""
        change = UPGRADE if self.plan is Plan.FREE else DOWNGRADE
        self.accounts.change_plan(USER, change, now=self.now)
        self._tell_plan()
        self.lost = True

    def keep(self, job_id: str, *, told: bool) -> None:
        """The user keeps results for longer; the web process may die before it tells anybody."""
        bus = self.bus if told else SimpleNamespace(publish=lambda message: None)
        ports = SimpleNamespace(jobs=self.jobs, bus=bus)
        site = SimpleNamespace(settings=KEEPING, ports=ports, clock=self.clock)
        job = self.jobs.get(job_id)
        with suppress(NotAvailable):
            keep_results(site, self.accounts.get(USER), job, seen=job.cycle)
            self.lost |= not told

    def delete_for_good(self, job_id: str, *, told: bool) -> None:
        """Cancelled first if need be; the web process may die before it tells anybody.

        Only a sweep asks for the last look at what is left.
        """
        with suppress(Refused):
            self.jobs.move(job_id, CANCEL, Guard(user_id=USER, now=self.now), finished_at=self.now)
        with suppress(Refused):
            self.delete(job_id)
            if not told:
                self.bus.published.pop()
            self.lost = True

    def _tell_plan(self) -> None:
        for run in self.paused:
            run.plans.add(self.plan)

    # Messages and workers.

    def waiting(self) -> list[tuple[str, object]]:
        """Every message that can be received now, with the worker that would."""
        self._route()
        return [(name, item) for name, inbox in self.inboxes.items() for item in inbox.visible()]

    def begin(self, name: str, item, faults: Faults) -> Run:
        """Let a worker take this message."""
        self.inboxes[name].wanted = item
        run = Run(name, self._idle_worker(name), faults, began=self.now)
        run.plans.add(self.plan)
        self.turns += 1
        self._go(run)
        return run

    def lose(self, item) -> None:
        """It is never received again, by nobody."""
        for inbox in self.inboxes.values():
            inbox.queued = [each for each in inbox.queued if each is not item]
        self.lost = True

    def fail_executions(self) -> None:
        """What waits for the end of a window, or to send a mail, waits no more; what ended was announced."""
        announced = {name for name in self.executions.started if f"{name} announced" in self.played}
        self.lost |= bool(announced - self.played)
        self.played |= announced

    def resume(self, place: int, faults: Faults) -> None:
        """Let a paused worker go on."""
        self._go(self.paused.pop(place), faults)

    def kill(self, place: int) -> None:
        """The process of a paused worker dies; its message comes back."""
        self.paused.pop(place).kill()

    def _go(self, run: Run, faults: Faults | None = None) -> None:
        run.go(faults)
        if not run.dead:
            self.paused.append(run)
        elif not run.killed:
            self.workers[run.name].append(run.worker)

    def _watch(self, port, name):
        """A vault makes several requests in a call, and watches them itself."""
        return port if isinstance(port, FakeVault) else Port(port)

    def _idle_worker(self, name: str):
        if self.workers[name]:
            return self.workers[name].pop()
        worker = self._worker(name)
        worker._handlers = {kind: _strict(handler) for kind, handler in worker._handlers.items()}
        worker._health_file = SimpleNamespace(touch=lambda: None)
        worker._stop.requested.wait = lambda _seconds: False  # A pause after an outage takes no time.
        return worker

    # Time and cold storage.

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._play_executions()

    def tell(self, archive_id: str) -> None:
        """Cold storage says that this copy is readable, or that it could not be made so."""
        for job in self.jobs.jobs.values():
            if archive_id in {file.archive_id for file in job.result_files}:
                self.inboxes["restorer"].send(RetrievalCompleted(job.job_id, archive_id))

    def under_way(self) -> list[str]:
        return [archive_id for archive_id in self.cold.asked if archive_id not in self.cold.ready]


def _strict(handler):
    def handle(message) -> None:
        try:
            handler(message)
        except OUTAGES:
            raise
        except Exception as error:
            raise Broken(f"{type(message).__name__}: {error!r}") from error

    return handle


@contextmanager
def without_heartbeats():
    """The clock is the test's, so no heart beats by the real one; a paused worker's does not beat anyway."""

    @contextmanager
    def still(*_args):
        yield

    with patch("gas.worker.beating", still), patch("services.annotator.handlers.beating", still):
        yield
