"""moto's S3 events quote the slashes of a key and lack the sequencer.

AWS: the key is URL-encoded like a form value but keeps its slashes, and the sequencer orders the events
of one key. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import itertools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from moto.s3 import notifications

SEQUENCE = itertools.count(int(time.time() * 1000) << 16)


def _as_aws_sends_it(original: Callable[..., Any]) -> Callable[..., Any]:
    def event(event_name: str, bucket: Any, key: Any, notification_id: str) -> Any:
        body = original(event_name, bucket, key, notification_id)
        about = body["Records"][0]["s3"]["object"]
        about["key"] = quote_plus(key.name, safe="/")
        about["sequencer"] = f"{next(SEQUENCE):018X}"
        return body

    return event


def install() -> None:
    """Correct the body of every S3 event sent to a topic or a queue."""
    notifications._get_s3_event = _as_aws_sends_it(notifications._get_s3_event)
