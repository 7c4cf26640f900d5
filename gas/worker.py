"""The loop of every worker: receive one message, handle it under a heartbeat, delete it.

The handler returned: the message is deleted. It raised: the message comes back, when `gas.errors.NotYet`
says or else after a growing pause; `gas.errors.PutOff` has it sent anew. After ``maxReceiveCount`` receipts
SQS moves it to the dead-letter queue (``ecs/templates``): what could not be read or recorded.

SIGTERM (ECS stops a task, Compose a container): nothing more is received; the message in hand is
finished if that fits the stop timeout, else the handler is interrupted by `GivenBack` and the message
is visible again at once. A second worker may meet the half-finished work: every handler allows that.

On ECS nothing is received before the task is protected from being taken away (`gas.task_protection`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from gas.envelope import unwrap
from gas.errors import NotYet, PutOff, Unreadable
from gas.heartbeat import beating
from gas.ports import Delivery, Inbox
from gas.stopping import GivenBack, Stop
from gas.task_protection import NO_PROTECTION, Protection

log = structlog.get_logger()

#: Longest time that a message may stay invisible, counted from its receipt.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
MAX_VISIBILITY_SECONDS = 43_200

#: Longest pause before a failed message is tried again: an outage of hours costs tens of receipts only.
MAX_PAUSE_SECONDS = 900.0

#: Longest pause between two looks at a queue that cannot be reached: work goes on soon after it can.
MAX_OUTAGE_PAUSE_SECONDS = 30.0

Handlers = Mapping[type, Callable[[Any], None]]


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

    def __init__(
        self,
        inbox: Inbox,
        handlers: Handlers,
        timing: Timing,
        *,
        health_file: Path,
        protection: Protection = NO_PROTECTION,
    ) -> None:
        self._inbox = inbox
        self._handlers = handlers
        self._timing = timing
        self._health_file = health_file
        self._protection = protection
        self._stop = Stop(timing.stop_grace)
        self._received_at = 0.0
        self._outages = 0

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        log.info("worker.started")
        self._report_alive()  # The first long poll may last as long as a health check waits.
        with self._stop.on_signals(), suppress(GivenBack):
            while not self._stop.requested.is_set():
                self.turn()
        log.info("worker.stopped")

    def turn(self) -> bool:
        """Receive at most one message and handle it; whether there was one."""
        delivery = self._receive()
        if delivery is None:
            return False
        context = {"message_id": delivery.message_id, "attempt": delivery.attempt}
        with (
            structlog.contextvars.bound_contextvars(**context),
            self._protection.keeping(self._stop.requested),
        ):
            self._settle(delivery)
        return True

    def _is_clear(self) -> bool:
        """Whether a message may be received; where ECS protects the task in a while only, after a pause."""
        if self._stop.requested.is_set():
            return False
        pause = self._protection.acquire()
        if pause:
            self._report_alive()
            self._stop.requested.wait(pause)
        return not pause

    def _receive(self) -> Delivery | None:
        self._stop.idle = True
        try:
            if not self._is_clear():
                return None
            delivery = self._inbox.receive()
        except Exception as error:  # noqa: BLE001 - the worker outlives an outage of its queue.
            self._outages += 1
            pause = min(self._timing.first_pause * self._outages, MAX_OUTAGE_PAUSE_SECONDS)
            log.warning("worker.queue_unreachable", error=str(error), retry_in=pause)
            self._report_alive()  # A restart would not bring the queue back.
            self._stop.requested.wait(pause)
            return None
        finally:
            self._stop.idle = False
        self._outages = 0
        self._received_at = time.monotonic()
        self._report_alive()
        return delivery

    def _settle(self, delivery: Delivery) -> None:
        started = time.monotonic()
        try:
            self._handle(delivery)
        except PutOff as others:
            log.info("message.put_off", reason=str(others))
            self._defer(delivery, others)
            if others.instead:
                self._handle_instead(others.instead)
        except NotYet as reason:
            self._leave(delivery, max(reason.retry_after, self._pause(delivery.attempt)))
            log.info("message.left", reason=str(reason))
        except Unreadable as reason:
            # During a deployment it may be for the newer worker beside this one; else it is a dead letter.
            self._leave(delivery, self._pause(delivery.attempt))
            log.warning("message.unreadable", reason=str(reason))
        except GivenBack:
            self._stop.accept()
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
            self._give(delivery.body)

    def _handle_instead(self, body: str) -> None:
        """Whatever comes of it, a message of its own is in the queue."""
        try:
            with beating(self._timing.visibility / 2, self._report_alive):
                self._give(body)
        except GivenBack:
            self._stop.accept()
            raise
        except Exception as error:  # noqa: BLE001 - its own message brings it back.
            log.warning("message.not_handled_instead", error=str(error))

    def _give(self, body: str) -> None:
        for message in unwrap(body):
            job_id = getattr(message, "job_id", None)
            with structlog.contextvars.bound_contextvars(job_id=job_id, message=type(message).__name__):
                self._handler_of(message)(message)

    def _handler_of(self, message: Any) -> Callable[[Any], None]:
        try:
            return self._handlers[type(message)]
        except KeyError:
            raise Unreadable(f"this service does not handle {type(message).__name__}") from None

    def _delete(self, delivery: Delivery) -> None:
        """Where this fails it comes back, and every handler may run twice."""
        self._try("message.not_deleted", self._inbox.delete, delivery)

    def _defer(self, delivery: Delivery, others: PutOff) -> None:
        """S3 may tell of several files in one message, which is left then."""
        if len(unwrap(delivery.body)) > 1:
            self._leave(delivery, others.seconds)
        else:
            self._try("message.not_deferred", self._inbox.defer, delivery, others.seconds, others.later)

    def _leave(self, delivery: Delivery, seconds: float) -> None:
        """Where this fails it comes back by itself when its visibility ends."""
        pause = min(seconds, self._longest_extension())
        self._try("message.not_extended", self._inbox.extend, delivery, pause)

    def _try(self, failure: str, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever the queue has, the message is not lost.
            log.warning(failure, error=str(error))

    def _longest_extension(self) -> float:
        """The limit counts from the receipt; a second is left for the call itself."""
        return MAX_VISIBILITY_SECONDS - (time.monotonic() - self._received_at) - 1

    def _pause(self, attempt: int) -> float:
        # The exponent is bounded before the power is taken: receipts can run into the hundreds.
        return min(self._timing.first_pause * 2.0 ** min(attempt - 1, 20), MAX_PAUSE_SECONDS)

    def _report_alive(self) -> None:
        try:
            self._health_file.touch()
        except OSError as error:
            log.warning("worker.health_file", error=str(error))
