"""moto's DynamoDB checks a condition and writes in two steps that another thread may come between.

On AWS a conditional write is atomic per item, and the services' claims are built on that.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

from local.cloud.patches.replacing import replace

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")


def _one_at_a_time(write: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @functools.wraps(write)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return write(*args, **kwargs)

    return locked


def install() -> None:
    """Serialize the writes; the lock is reentrant because a transaction calls the single writes."""
    lock = threading.RLock()
    for name in WRITES:
        replace(DynamoDBBackend, name, _one_at_a_time(getattr(DynamoDBBackend, name), lock))
