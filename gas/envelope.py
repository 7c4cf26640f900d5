"""What a queue delivers, unwrapped: our own messages, SNS notifications, events of S3 and of a vault.

Subscriptions ask for raw delivery, but a queue may be fed by an older subscription for a while, so
a wrapped notification is read as well. S3 event format:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
What Amazon Glacier says of a retrieval from a vault is what DescribeJob says of it:
https://docs.aws.amazon.com/amazonglacier/latest/dev/api-describe-job-get.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from gas.errors import Unreadable
from gas.keys import job_of
from gas.messages import JobSubmitted, Message, RetrievalCompleted, decode


def unwrap(body: str) -> list[Message]:
    """The messages in one queue message; none for what S3 sends to test a notification.

    :raises Unreadable: if it is nothing that this system, S3 or a vault sends.
    """
    data = _parse(body)
    if data.get("Type") == "Notification" and "TopicArn" in data:
        return unwrap(str(data.get("Message", "")))
    if data.get("Event") == "s3:TestEvent":
        return []
    if isinstance(data.get("Records"), list):
        return [_from_s3(record) for record in data["Records"]]
    if "VaultARN" in data:
        return _from_vault(data)
    return [decode(data)]


def _parse(body: str) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Unreadable("the body is not JSON") from error
    if not isinstance(data, dict):
        raise Unreadable("the body is not a JSON object")
    return data


def _from_s3(record: Mapping[str, Any]) -> Message:
    try:
        event = str(record["eventName"]).removeprefix("s3:")
        # S3 encodes the key as a form value: a space arrives as "+".
        key = unquote_plus(record["s3"]["object"]["key"])
    except (KeyError, TypeError) as error:
        raise Unreadable("a record without event name or object key") from error
    job_id = job_of(key)
    if job_id is None:
        raise Unreadable(f"no job has an object {key!r}")
    if event.startswith("ObjectCreated:"):
        return JobSubmitted(job_id, key)
    if event == "ObjectRestore:Completed":
        return RetrievalCompleted(job_id, key)
    raise Unreadable(f"no service waits for {event}")


def _from_vault(data: Mapping[str, Any]) -> list[Message]:
    """A retrieval that failed is told as well: whoever hears of it looks at it, and asks again.

    An inventory of the vault, which only an operator asks for, is nothing to do for a service.
    """
    if data.get("Action") != "ArchiveRetrieval":
        return []
    job_id, archive_id = data.get("JobDescription"), data.get("ArchiveId")
    if not isinstance(job_id, str) or not isinstance(archive_id, str):
        raise Unreadable("a retrieval without description or archive id")
    return [RetrievalCompleted(job_id, archive_id)]
