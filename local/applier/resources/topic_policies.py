"""AWS::SNS::TopicPolicy."""

from typing import Any

from local.applier.resources.wire import text
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

SHAPE = {"Topics": [SCALAR], "PolicyDocument": DOCUMENT}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """One policy for all of its topics."""
    policy = text(properties["PolicyDocument"])
    for arn in properties["Topics"]:
        target.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    target.note_not_enforced("AWS::SNS::TopicPolicy")
    return Applied(target.name(logical_id))
