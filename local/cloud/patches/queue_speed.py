"""moto reads the clock once per message and counts the whole queue for each send and each delivery.

With a backlog of 5,000 messages one receive then takes seconds. Each count here reads the clock once,
and the retention period is looked up on the queue instead of through all of its attributes.
"""

import time

from moto.sqs.models import Message, Queue, SQSBackend

from local.cloud.patches.replacing import replace

MILLISECONDS = 1000


def _now() -> float:
    return time.time() * MILLISECONDS


def _visible(queue: Queue) -> list[Message]:
    now = _now()
    return [m for m in queue._messages if m.visible_at < now and m.delayed_until <= now]


def _count_in_flight(queue: Queue) -> int:
    now = _now()
    return sum(1 for message in queue._messages if message.visible_at >= now)


def _count_delayed(queue: Queue) -> int:
    now = _now()
    return sum(1 for message in queue._messages if message.delayed_until > now)


def _within_retention(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    kept_for = int(backend.get_queue(queue_name).message_retention_period)  # type: ignore[attr-defined]
    sent_at: int = message.sent_timestamp or 0
    return kept_for * MILLISECONDS + sent_at > _now()


def install() -> None:
    """Replace the counting properties of queues."""
    replace(Queue, "messages", property(_visible))
    replace(Queue, "approximate_number_of_messages_not_visible", property(_count_in_flight))
    replace(Queue, "approximate_number_of_messages_delayed", property(_count_delayed))
    replace(SQSBackend, "is_message_valid_based_on_retention_period", _within_retention)
