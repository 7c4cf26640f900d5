"""AWS::SNS::Topic."""

from typing import Any

from local.applier.resources.wire import text
from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

ATTRIBUTES = ("DisplayName", "KmsMasterKeyId")
SHAPE = {"TopicName": SCALAR, **dict.fromkeys(ATTRIBUTES, SCALAR)}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """CreateTopic returns the topic that exists."""
    sns, name = target.client("sns"), properties.get("TopicName", target.name(logical_id))
    arn = sns.create_topic(Name=name)["TopicArn"]
    for attribute in ATTRIBUTES:
        if attribute in properties:
            value = text(properties[attribute])
            sns.set_topic_attributes(TopicArn=arn, AttributeName=attribute, AttributeValue=value)
    return Applied(arn, {"TopicArn": arn, "TopicName": name})
