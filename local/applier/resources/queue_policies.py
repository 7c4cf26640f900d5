"""AWS::SQS::QueuePolicy."""

from typing import Any

from local.applier.resources.wire import text
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

SHAPE = {"Queues": [SCALAR], "PolicyDocument": DOCUMENT}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """One policy for all of its queues."""
    policy = {"Policy": text(properties["PolicyDocument"])}
    for url in properties["Queues"]:
        target.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=policy)
    target.note_not_enforced("AWS::SQS::QueuePolicy")
    return Applied(target.name(logical_id))
