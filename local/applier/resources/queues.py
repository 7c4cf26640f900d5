"""AWS::SQS::Queue."""

from typing import Any

from local.applier.resources.wire import text
from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

ATTRIBUTES = {
    "DelaySeconds": SCALAR,
    "KmsMasterKeyId": SCALAR,
    "MaximumMessageSize": SCALAR,
    "MessageRetentionPeriod": SCALAR,
    "ReceiveMessageWaitTimeSeconds": SCALAR,
    "RedrivePolicy": {"deadLetterTargetArn": SCALAR, "maxReceiveCount": SCALAR},
    "RedriveAllowPolicy": {"redrivePermission": SCALAR, "sourceQueueArns": [SCALAR]},
    "SqsManagedSseEnabled": SCALAR,
    "VisibilityTimeout": SCALAR,
}
SHAPE = {"QueueName": SCALAR, **ATTRIBUTES}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """CreateQueue refuses an existing queue with other attributes, so those are set instead."""
    name = properties.get("QueueName", target.name(logical_id))
    attributes = {key: text(properties[key]) for key in ATTRIBUTES if key in properties}
    url = _create_or_update(name, attributes, target.client("sqs"))
    arn = f"arn:aws:sqs:{target.region}:{target.account}:{name}"
    return Applied(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})


def _create_or_update(name: str, attributes: dict[str, str], sqs: Any) -> str:
    try:
        url = str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist:
        return str(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])
    if attributes:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return url
