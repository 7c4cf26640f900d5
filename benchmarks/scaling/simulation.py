"""One day, event by event: arrivals, tasks, the policy's minutes, hosts, Spot and the loss of a zone."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.scaling.fleet import Fleet, Host, Task
from benchmarks.scaling.load import Load
from benchmarks.scaling.policy import Hosts, Scaling, TargetTracking

MINUTE = 60.0

#: Tasks that ECS starts for one service in a minute:
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
LAUNCHES_A_MINUTE = 500

#: Assumed: from the request for a host to its registration, and from a placement to the first receipt.
BOOT_SECONDS, START_SECONDS = 100.0, 20.0

#: A Spot host ends so long after its notice; a job that ends within the first of these is finished
#: (GAS_STOP_GRACE_SECONDS), another is given back then.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
NOTICE_SECONDS, GRACE_SECONDS = 120.0, 100.0

#: The message of a worker that is gone without a word comes back after so long (VisibilityTimeout).
LOST_SECONDS = 120.0


@dataclass(frozen=True)
class Trouble:
    """What goes wrong.

    :ivar spot_reclaims: of one Spot host, how often an hour.
    :ivar zone_lost_at: when a zone is gone, for the rest of the day.
    """

    spot_reclaims: float = 0.0
    zone_lost_at: float | None = None
    seed: int = 1


@dataclass
class Outcome:
    """What happened to each job, by its number, and what it took."""

    first_begun: list[float]
    finished: list[float]
    completions: list[int]
    task_seconds: float = 0.0
    busy_seconds: float = 0.0
    wasted_seconds: float = 0.0
    in_system_seconds: float = 0.0
    peak_tasks: int = 0
    peak_waiting: int = 0
    wanted_most: bool = False
    peak_hosts: int = 0
    host_seconds: dict[str, float] = field(default_factory=dict)
    ended: float = 0.0


class Simulation:
    """To be run once."""

    def __init__(self, load: Load, scaling: Scaling, hosts: Hosts, trouble: Trouble | None = None) -> None:
        self._load, self._scaling, self._trouble = load, scaling, trouble or Trouble()
        self._chance = random.Random(self._trouble.seed)
        self._policy, self._fleet = TargetTracking(scaling), Fleet(hosts)
        self._desired, self._launches = scaling.least, LAUNCHES_A_MINUTE
        self._queue: deque[int] = deque()
        self._idle: list[Task] = []
        self._tasks: set[Task] = set()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number, self._now, self._in_system, self._left = 0, 0.0, 0, len(load.arrivals)
        count = len(load.arrivals)
        self.outcome = Outcome([-1.0] * count, [-1.0] * count, [0] * count)

    def run(self) -> Outcome:
        """The day, and as long afterwards as jobs are left."""
        self._begin_with_least()
        if self._trouble.zone_lost_at is not None:
            self._at(self._trouble.zone_lost_at, self._lose_zone)
        self._minute()
        arrivals, coming = self._load.arrivals, 0
        while self._left:
            due = arrivals[coming] if coming < len(arrivals) else float("inf")
            if due <= self._events[0][0]:
                self._advance(due)
                self._in_system += 1
                self._queue.append(coming)
                coming += 1
                self._dispatch()
            else:
                at, _, event = heapq.heappop(self._events)
                self._advance(at)
                event()
        return self._close()

    def _close(self) -> Outcome:
        for host in list(self._fleet.hosts):
            self._fleet.end(host, self._now)
        out = self.outcome
        out.peak_hosts, out.host_seconds, out.ended = self._fleet.peak, self._fleet.host_seconds, self._now
        return out

    def _at(self, when: float, event: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, event))

    def _advance(self, now: float) -> None:
        passed = now - self._now
        self.outcome.in_system_seconds += passed * self._in_system
        self.outcome.task_seconds += passed * len(self._tasks)
        self._now = now

    # What the workers do.

    def _dispatch(self) -> None:
        while self._queue and self._idle:
            task = self._idle.pop()
            if not task.gone:
                self._begin(task, self._queue.popleft())
        self.outcome.peak_waiting = max(self.outcome.peak_waiting, len(self._queue))

    def _begin(self, task: Task, job: int) -> None:
        task.job, task.began, task.turn = job, self._now, task.turn + 1
        if self.outcome.first_begun[job] < 0:
            self.outcome.first_begun[job] = self._now
        turn = task.turn
        self._at(self._now + self._load.seconds[job], lambda: self._finish(task, turn))

    def _finish(self, task: Task, turn: int) -> None:
        if task.turn != turn:
            return
        self.outcome.busy_seconds += self._now - task.began
        self.outcome.finished[task.job] = self._now
        self.outcome.completions[task.job] += 1
        self._left -= 1
        self._in_system -= 1
        task.job = -1
        # Between two jobs a task is open to ECS for a moment (docs/decisions/0011-task-protection.md).
        if task.host.draining or len(self._tasks) > self._desired:
            self._stop(task)
        else:
            self._idle.append(task)
            self._dispatch()

    def _break_off(self, task: Task, *, back_after: float) -> None:
        """The job goes back, and what was done of it is wasted."""
        job, spent = task.job, self._now - task.began
        self.outcome.busy_seconds += spent
        self.outcome.wasted_seconds += spent
        task.job, task.turn = -1, task.turn + 1
        self._at(self._now + back_after, lambda: self._return(job))

    def _return(self, job: int) -> None:
        self._queue.appendleft(job)
        self._dispatch()

    # What ECS does.

    def _minute(self) -> None:
        running = sum(task.ready for task in self._tasks)
        self._desired = self._policy.decide(
            self._now, visible=len(self._queue), running=running, desired=self._desired
        )
        self.outcome.wanted_most |= self._desired >= self._scaling.most and bool(self._queue)
        self._launches = LAUNCHES_A_MINUTE
        self._scale_in()
        for _ in range(self._fleet.missing(self._desired)):
            host = self._fleet.start(self._now)
            self._at(self._now + BOOT_SECONDS, lambda host=host: self._host_ready(host))  # type: ignore[misc]
        for host in self._fleet.surplus(self._now, self._desired, 15 * MINUTE):
            self._fleet.end(host, self._now)
        self._place()
        self._at(self._now + MINUTE, self._minute)

    def _begin_with_least(self) -> None:
        """The day before left the fewest hosts and tasks."""
        for _ in range(self._fleet.missing(self._desired)):
            self._host_ready(self._fleet.start(0.0))
        for task in self._tasks:
            self._task_ready(task)

    def _scale_in(self) -> None:
        for task in [task for task in self._idle if not task.gone][
            : max(0, len(self._tasks) - self._desired)
        ]:
            self._stop(task)
        self._idle = [task for task in self._idle if not task.gone]

    def _place(self) -> None:
        wanted = min(self._desired - len(self._tasks), self._launches)
        for task in self._fleet.place(wanted):
            self._launches -= 1
            self._tasks.add(task)
            self._at(self._now + START_SECONDS, lambda task=task: self._task_ready(task))  # type: ignore[misc]
        self.outcome.peak_tasks = max(self.outcome.peak_tasks, len(self._tasks))

    def _task_ready(self, task: Task) -> None:
        if not task.gone and not task.ready:
            task.ready = True
            self._idle.append(task)
            self._dispatch()

    def _stop(self, task: Task) -> None:
        task.gone = True
        self._tasks.discard(task)
        task.host.tasks.discard(task)
        task.host.idle_since = self._now

    # What EC2 does.

    def _host_ready(self, host: Host) -> None:
        if host.gone:
            return
        host.ready, host.idle_since = True, self._now
        if host.spot and self._trouble.spot_reclaims:
            after = self._chance.expovariate(self._trouble.spot_reclaims / 3600)
            self._at(self._now + after, lambda: self._reclaim(host))
        self._place()

    def _reclaim(self, host: Host) -> None:
        """The notice: nothing new is placed there, and what is there has two minutes."""
        if host.gone:
            return
        host.draining = True
        for task in [task for task in host.tasks if task.job < 0]:
            self._stop(task)
        self._at(self._now + GRACE_SECONDS, lambda: self._empty(host, back_after=0.0))
        self._at(self._now + NOTICE_SECONDS, lambda: self._end(host))

    def _empty(self, host: Host, *, back_after: float) -> None:
        for task in list(host.tasks):
            if task.job >= 0:
                self._break_off(task, back_after=back_after)
            self._stop(task)

    def _end(self, host: Host) -> None:
        if not host.gone:
            self._fleet.end(host, self._now)

    def _lose_zone(self) -> None:
        """Everything in it is gone at once; new hosts are started in the other."""
        self._fleet.zones.discard(0)
        for host in [host for host in self._fleet.hosts if host.zone == 0]:
            host.draining = True
            self._empty(host, back_after=LOST_SECONDS)
            self._end(host)
