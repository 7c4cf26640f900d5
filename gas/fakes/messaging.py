"""Fakes of topics, queues and state machine executions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gas.messages import Message, encode
from gas.ports import Delivery


class FakeBus:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.published: list[Message] = []

    def publish(self, message: Message) -> None:
        """See `gas.ports.Bus`."""
        encode(message)  # A message that cannot go over the wire is refused here as well.
        self.published.append(message)

    def verify(self) -> None:
        """Nothing to reach."""


@dataclass
class _Queued:
    message_id: str
    body: str
    attempt: int = 0
    visible_at: float = 0.0


class FakeInbox:
    """A queue on a clock of the test's, with the dead letters to look at.

    A message that was received ``max_receives`` times moves to ``dead_letters`` at the next receive.
    """

    def __init__(
        self, clock: Callable[[], float], *, visibility: float = 30.0, max_receives: int = 20
    ) -> None:
        self.clock = clock
        self.visibility = visibility
        self.max_receives = max_receives
        self.queued: list[_Queued] = []
        self.dead_letters: list[str] = []

    def send(self, message: Message | str) -> None:
        """Put a message, or any text, into the queue."""
        body = message if isinstance(message, str) else encode(message)
        self.queued.append(_Queued(str(uuid.uuid4()), body))

    def receive(self) -> Delivery | None:
        """See `gas.ports.Inbox`; does not wait."""
        self._bury()
        visible = next((item for item in self.queued if item.visible_at <= self.clock()), None)
        if visible is None:
            return None
        visible.attempt += 1
        visible.visible_at = self.clock() + self.visibility
        return Delivery(visible.message_id, visible.body, visible.attempt, visible.message_id)

    def extend(self, delivery: Delivery, seconds: float) -> None:
        """See `gas.ports.Inbox`."""
        for item in self.queued:
            if item.message_id == delivery.receipt:
                item.visible_at = self.clock() + seconds

    def defer(self, delivery: Delivery, seconds: float, body: str) -> None:
        """See `gas.ports.Inbox`."""
        self.send(body)
        self.queued[-1].visible_at = self.clock() + seconds
        self.delete(delivery)

    def delete(self, delivery: Delivery) -> None:
        """See `gas.ports.Inbox`."""
        self.queued = [item for item in self.queued if item.message_id != delivery.receipt]

    def verify(self) -> None:
        """Nothing to reach."""

    def _bury(self) -> None:
        spent = [
            item
            for item in self.queued
            if item.attempt >= self.max_receives and item.visible_at <= self.clock()
        ]
        self.dead_letters += [item.body for item in spent]
        self.queued = [item for item in self.queued if item not in spent]


class FakeExecutions:
    """Keeps the executions that were started, by name."""

    def __init__(self) -> None:
        self.started: dict[str, dict[str, Any]] = {}

    def start(self, name: str, data: Mapping[str, Any]) -> bool:
        """See `gas.ports.Executions`."""
        if name in self.started:
            return False
        self.started[name] = json.loads(json.dumps(data))
        return True

    def verify(self) -> None:
        """Nothing to reach."""
