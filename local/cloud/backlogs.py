"""How full the queues of the cloud are, for people and end-to-end tests."""

import time
from typing import Any

from moto.sqs.models import Queue, sqs_backends

from local.cloud.accounts import ACCOUNT

MILLISECONDS = 1000


def backlogs() -> list[dict[str, Any]]:
    """Every queue of every region by name."""
    queues = [queue for backend in list(sqs_backends[ACCOUNT].values()) for queue in backend.queues.values()]
    dead_letters = {id(queue.dead_letter_queue) for queue in queues if queue.dead_letter_queue}
    return sorted((_describe(q, is_dead=id(q) in dead_letters) for q in queues), key=lambda q: str(q["name"]))


def _describe(queue: Queue, *, is_dead: bool) -> dict[str, Any]:
    return {
        "name": queue.name,
        "visible": queue.approximate_number_of_messages,
        "in_flight": queue.approximate_number_of_messages_not_visible,
        "delayed": queue.approximate_number_of_messages_delayed,
        "oldest_age_s": _oldest_age(queue),
        "dead_letter_queue": queue.dead_letter_queue.name if queue.dead_letter_queue else None,
        "is_dead_letter_queue": is_dead,
    }


def _oldest_age(queue: Queue) -> float | None:
    sent: list[Any] = [message.sent_timestamp for message in list(queue._messages)]
    return round(time.time() - min(sent) / MILLISECONDS, 3) if sent else None
