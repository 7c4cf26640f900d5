"""Task scale-in protection: ECS does not take a task away in the middle of a message to have one less.

A worker asks the agent of its host for protection before it receives, has it renewed while it works, and
gives it up between messages now and then, so that a deployment or a scale-in finds its moment.
docs/decisions/0011-task-protection.md says why each number and each answer is taken as it is.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from math import inf
from typing import Protocol

import structlog

from gas.ecs_agent import Denied, EcsAgent, NoAnswer, NotWanted
from gas.errors import Misconfigured
from gas.heartbeat import beating

log = structlog.get_logger()

#: ECS takes 1 to 2,880. Short, since a deployment waits for a worker that hangs for as long as this.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
EXPIRES_MINUTES = 10

#: Share of that time after which protection is renewed, as AWS's own example for queue workers does.
#: https://github.com/aws-containers/ecs-task-protection-examples
REFRESH_SHARE = 0.8

#: How often a worker looks whether it is time for that: four times before the protection would end.
BEAT_SECONDS = 30.0

#: Between messages, protection that is younger is kept: two calls in two minutes, however short the
#: messages are or how often the queue is found empty.
HOLD_SECONDS = 120.0

#: For so long a worker that gave its protection up has neither protection nor message, so that ECS may
#: stop it; 4 % of the time of a worker of short messages.
OPEN_SECONDS = 5.0

FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 30.0

#: An agent that has said nothing of use for so long does not keep a worker from its queue any longer.
PATIENCE_SECONDS = 60.0


class Protection(Protocol):
    """What the worker loop asks for."""

    def acquire(self) -> float:
        """0: a message may be received now; else none, and this is asked again so many seconds later."""

    def keeping(self, stopping: threading.Event) -> AbstractContextManager[None]:
        """Keep the protection up during a message; once a stop is requested, there is nothing to keep."""

    def verify(self) -> None:
        """Prove that protection can be had, or raise `Misconfigured`."""


class NoProtection:
    """Outside ECS nobody takes a task away."""

    def acquire(self) -> float:
        """See `Protection`."""
        return 0.0

    def keeping(self, stopping: threading.Event) -> AbstractContextManager[None]:  # noqa: ARG002
        """See `Protection`."""
        return nullcontext()

    def verify(self) -> None:
        """See `Protection`."""


NO_PROTECTION = NoProtection()


def open_protection(agent_uri: str) -> Protection:
    """That of the task; ``agent_uri`` is what ECS puts into ``ECS_AGENT_URI``, or empty outside ECS."""
    return TaskProtection(EcsAgent(agent_uri)) if agent_uri else NO_PROTECTION


class TaskProtection:
    """`Protection` by the ECS agent of the host."""

    def __init__(
        self, agent: EcsAgent, *, clock: Callable[[], float] = time.monotonic, beat: float = BEAT_SECONDS
    ) -> None:
        self._agent, self._clock, self._beat = agent, clock, beat
        # A beat that hangs may outlast its message.
        self._lock = threading.Lock()
        self._held_until = self._renew_at = self._give_up_at = self._ask_at = -inf
        self._failures = 0
        self._silent_since: float | None = None

    def acquire(self) -> float:
        """See `Protection`."""
        with self._lock:
            now = self._clock()
            if now < self._held_until:
                return 0.0 if now < self._give_up_at else self._give_up()
            if now >= self._ask_at:
                self._ask()
                now = self._clock()
            if now < self._held_until or self._silent_for(now) >= PATIENCE_SECONDS:
                return 0.0
            return max(self._ask_at - now, FIRST_PAUSE_SECONDS)

    def keeping(self, stopping: threading.Event) -> AbstractContextManager[None]:
        """See `Protection`; a thread of its own, so that a slow agent delays no other heartbeat."""
        return beating(self._beat, lambda: self._renew(stopping))

    def verify(self) -> None:
        """See `Protection`; what a role may not do is found at start, a slow agent is no reason to fail."""
        try:
            self._agent.release()
        except Denied as error:
            raise Misconfigured(f"ECS_AGENT_URI: the task's role may not protect it: {error}") from error
        except (NotWanted, NoAnswer) as error:
            log.warning("protection.not_proved", error=str(error))

    def _renew(self, stopping: threading.Event) -> None:
        with self._lock:
            if not stopping.is_set() and self._clock() >= max(self._renew_at, self._ask_at):
                self._ask()

    def _ask(self) -> None:
        asked = self._clock()
        try:
            self._agent.protect(EXPIRES_MINUTES)
        except NotWanted as reason:
            self._silent_since = None
            self._back_off("protection.refused", reason)
        except NoAnswer as error:
            self._silent_since = asked if self._silent_since is None else self._silent_since
            self._back_off("protection.unanswered", error)
        else:
            if asked >= self._held_until:
                self._give_up_at = asked + HOLD_SECONDS
            self._held_until = asked + EXPIRES_MINUTES * 60
            self._renew_at = asked + EXPIRES_MINUTES * 60 * REFRESH_SHARE
            self._failures, self._silent_since = 0, None

    def _back_off(self, event: str, reason: Exception) -> None:
        now = self._clock()
        # The exponent is bounded before the power is taken.
        pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures, 10), MAX_PAUSE_SECONDS)
        self._failures += 1
        self._ask_at = now + pause
        unprotected = now >= self._held_until and self._silent_for(now) >= PATIENCE_SECONDS
        log.warning(event, reason=str(reason), ask_again_in=pause, works_unprotected=unprotected)

    def _give_up(self) -> float:
        try:
            self._agent.release()
        except (NotWanted, NoAnswer) as error:
            log.warning("protection.not_given_up", reason=str(error))  # It ends by itself.
        self._held_until = self._renew_at = -inf
        return OPEN_SECONDS

    def _silent_for(self, now: float) -> float:
        return 0.0 if self._silent_since is None else now - self._silent_since
