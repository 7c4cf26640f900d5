"""The loop of every worker: receive one message, handle it under a heartbeat, delete it.

Two outcomes only. The handler returned: the message is deleted. It raised: the message stays and
comes back later, `gas.errors.NotYet` when the handler said, anything else after a growing pause.
After ``maxReceiveCount`` receipts (``ecs/templates``) SQS moves it to the dead-letter queue, which
therefore holds only what could not be read or recorded.

SIGTERM (ECS stops a task, Compose a container): nothing more is received; the message in hand is
finished if that fits the stop timeout, else the handler is interrupted by `GivenBack` and the message
is visible again at once. A second worker may meet the half-finished work: every handler allows that.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import structlog

from gas.envelope import unwrap
from gas.errors import NotYet, Unreadable
from gas.heartbeat import beating
from gas.ports import Delivery, Inbox

log = structlog.get_logger()

#: Longest time that a message may stay invisible, counted from its receipt.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
MAX_VISIBILITY_SECONDS = 43_200

#: Longest pause before a failed message is tried again: an outage of hours costs tens of receipts only.
MAX_PAUSE_SECONDS = 900.0

Handlers = Mapping[type, Callable[[Any], None]]


class GivenBack(BaseException):
    """The time to stop is over: leave the work as it is. Not an Exception, so that no handler eats it."""


@dataclass(frozen=True)
class Timing:
    """How long things may take, in seconds.

    :ivar visibility: a message is invisible for this long, and extended at half of it.
    :ivar stop_grace: what SIGTERM leaves for the work in hand; less than the task's stop timeout.
    :ivar first_pause: pause after the first failure of a message; doubled with every further one.
    """

    visibility: float = 120.0
    stop_grace: float = 20.0
    first_pause: float = 5.0


class Worker:
    """Takes messages from one inbox and gives each to the handler of its type."""

    def __init__(self, inbox: Inbox, handlers: Handlers, timing: Timing, *, health_file: Path) -> None:
        self._inbox = inbox
        self._handlers = handlers
        self._timing = timing
        self._health_file = health_file
        self._stopping = threading.Event()
        self._idle = False
        self._outages = 0

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        log.info("worker.started")
        self._report_alive()  # The first long poll may last as long as a health check waits.
        with self._signals():
            while not self._stopping.is_set():
                try:
                    self.turn()
                except GivenBack:
                    break
        log.info("worker.stopped")

    def turn(self) -> bool:
        """Receive at most one message and handle it; whether there was one."""
        delivery = self._receive()
        if delivery is None:
            return False
        with structlog.contextvars.bound_contextvars(
            message_id=delivery.message_id, attempt=delivery.attempt
        ):
            self._settle(delivery)
        return True

    def stop(self) -> None:
        """Receive nothing more."""
        self._stopping.set()

    def _receive(self) -> Delivery | None:
        self._idle = True
        try:
            delivery = self._inbox.receive()
        except Exception as error:  # noqa: BLE001 - the worker outlives an outage of its queue.
            self._outages += 1
            pause = min(self._timing.first_pause * self._outages, MAX_PAUSE_SECONDS)
            log.warning("worker.queue_unreachable", error=str(error), retry_in=pause)
            self._stopping.wait(pause)
            return None
        finally:
            self._idle = False
        self._outages = 0
        self._report_alive()
        return delivery

    def _settle(self, delivery: Delivery) -> None:
        started = time.monotonic()
        try:
            self._handle(delivery)
        except NotYet as reason:
            self._leave(delivery, max(reason.retry_after, self._pause(delivery.attempt)))
            log.info("message.left", reason=str(reason))
        except Unreadable as reason:
            # Coming back changes nothing, so it goes quickly to where an operator sees it.
            self._leave(delivery, 0)
            log.warning("message.unreadable", reason=str(reason))
        except GivenBack:
            self._leave(delivery, 0)
            log.info("message.given_back")
            raise
        except Exception:
            log.exception("message.failed")
            self._leave(delivery, self._pause(delivery.attempt))
        else:
            self._delete(delivery)
            log.info("message.handled", seconds=round(time.monotonic() - started, 3))

    def _handle(self, delivery: Delivery) -> None:
        visibility = self._timing.visibility
        extend = lambda: self._inbox.extend(delivery, visibility)  # noqa: E731 - two words, used once.
        with beating(visibility / 2, extend, self._report_alive):
            for message in unwrap(delivery.body):
                job_id = getattr(message, "job_id", None)
                with structlog.contextvars.bound_contextvars(job_id=job_id, message=type(message).__name__):
                    self._handler_of(message)(message)

    def _handler_of(self, message: Any) -> Callable[[Any], None]:
        try:
            return self._handlers[type(message)]
        except KeyError:
            raise Unreadable(f"this service does not handle {type(message).__name__}") from None

    def _delete(self, delivery: Delivery) -> None:
        try:
            self._inbox.delete(delivery)
        except Exception as error:  # noqa: BLE001 - it comes back, and every handler may run twice.
            log.warning("message.not_deleted", error=str(error))

    def _leave(self, delivery: Delivery, seconds: float) -> None:
        try:
            self._inbox.extend(delivery, min(seconds, MAX_VISIBILITY_SECONDS))
        except Exception as error:  # noqa: BLE001 - it comes back by itself when its visibility ends.
            log.warning("message.not_extended", error=str(error))

    def _pause(self, attempt: int) -> float:
        # The exponent is bounded before the power is taken: receipts can run into the hundreds.
        return min(self._timing.first_pause * 2.0 ** min(attempt - 1, 20), MAX_PAUSE_SECONDS)

    def _report_alive(self) -> None:
        self._health_file.touch()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        names = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
        before = [signal.signal(name, self._on_signal) for name in names]
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for name, handler in zip(names, before, strict=True):
                signal.signal(name, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGALRM:
            raise GivenBack
        self._stopping.set()
        if self._idle:
            # A long poll need not be waited for; should it deliver just now, the message comes back.
            raise GivenBack
        signal.setitimer(signal.ITIMER_REAL, max(self._timing.stop_grace, 0.001))
