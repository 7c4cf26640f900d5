"""The queue of all jobs as this process has seen it lately: every open page looks at it, and few ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import structlog

from gas.fair_share import RECENT_SECONDS, Place, QueueEntry, fair_order
from gas.ports import JobQueue
from gas.transitions import QUEUE_SECONDS
from services.web.durations import Durations
from services.web.queue_simulation import Plays, play

log = structlog.get_logger()

#: A look is good for this long; so is the knowledge that there is none to be had.
FRESH_SECONDS = 3.0

MOST_WAITING = 5_000
MOST_RUNNING = 1_000
MOST_ENDED = 300

#: How many annotators there are is seen from how many jobs ran at once within this time.
CAPACITY_SECONDS = 3600.0


@dataclass(frozen=True)
class QueueView:
    """The queue at one moment.

    :ivar ended: the latest first.
    """

    waiting: Sequence[QueueEntry]
    running: Sequence[QueueEntry]
    ended: Sequence[QueueEntry]
    at: float

    @cached_property
    def recent(self) -> Sequence[QueueEntry]:
        """Those that ended so lately that they count in the order."""
        return [entry for entry in self.ended if (entry.finished_at or 0.0) >= self.at - RECENT_SECONDS]

    @cached_property
    def order(self) -> Sequence[Place]:
        """The waiting jobs in the order in which they are taken."""
        return fair_order(self.waiting, self.running, self.recent)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in the order each waiting job is, counted from 0."""
        return {place.entry.job_id: at for at, place in enumerate(self.order)}

    @cached_property
    def annotators(self) -> int:
        """At least how many jobs can run at once; at least one."""
        since = self.at - CAPACITY_SECONDS
        recent = [entry for entry in self.ended if (entry.finished_at or 0.0) >= since]
        return max(1, len(self.running), _most_at_once(recent, self.running))

    @cached_property
    def durations(self) -> Durations:
        """What recent jobs took."""
        return Durations(self.ended)

    @cached_property
    def plays(self) -> Plays:
        """When the waiting jobs start and end."""
        order = [place.entry for place in self.order]
        return play(order, self.running, self.durations, annotators=self.annotators, now=self.at)


class QueueWatch:
    """Looks at the queue at most every few seconds, in one thread at a time."""

    def __init__(self, queue: JobQueue, clock: Callable[[], float]) -> None:
        self._queue = queue
        self._clock = clock
        self._looking = threading.Lock()
        self._view: QueueView | None = None
        self._due = 0.0

    def look(self) -> QueueView | None:
        """The queue; None while it cannot be read, for no page has to wait for it."""
        if self._clock() >= self._due and self._looking.acquire(blocking=False):
            try:
                self._view = self._read()
            except Exception as error:  # noqa: BLE001 - a page without it is better than no page.
                log.warning("queue.not_read", error=str(error))
                self._view = None
            finally:
                self._due = self._clock() + FRESH_SECONDS
                self._looking.release()
        return self._view

    def _read(self) -> QueueView:
        now = self._clock()
        running = self._queue.running(MOST_RUNNING)
        ended = self._queue.ended(MOST_ENDED)
        waiting = self._queue.waiting(MOST_WAITING, since=now - QUEUE_SECONDS)
        return QueueView(waiting, running, ended, now)


def _most_at_once(ended: Iterable[QueueEntry], running: Iterable[QueueEntry]) -> int:
    """Of those that end in the very moment in which others start, one has made room for the other."""
    steps = [(entry.started_at, 1) for entry in (*ended, *running) if entry.started_at is not None]
    steps += [(entry.finished_at, -1) for entry in ended if entry.finished_at is not None]
    there = most = 0
    for _, step in sorted(steps):
        there += step
        most = max(most, there)
    return most
