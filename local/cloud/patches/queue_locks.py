"""moto looks for a visible message and hides it in two steps, so two receivers may get the same one.

A delete also rebuilds the list of messages, and one sent meanwhile would be lost. All of these hold the
queue's own lock, which is a condition: a long poll gives it back while it waits.
"""

import functools
from collections.abc import Callable
from typing import Any

from moto.sqs.models import SQSBackend

from local.cloud.patches.replacing import replace

GUARDED = ("receive_message", "delete_message", "change_message_visibility", "purge_queue")


def _holding_the_queue(operation: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(operation)
    def guarded(backend: SQSBackend, queue_name: str, *args: Any, **kwargs: Any) -> Any:
        with backend.get_queue(queue_name)._messages_lock:
            return operation(backend, queue_name, *args, **kwargs)

    return guarded


def install() -> None:
    """Serialize what changes one queue."""
    for name in GUARDED:
        replace(SQSBackend, name, _holding_the_queue(getattr(SQSBackend, name)))
