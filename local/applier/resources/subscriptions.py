"""AWS::SNS::Subscription."""

from typing import Any

from local.applier.resources.wire import text
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

ATTRIBUTES = {
    "RawMessageDelivery": SCALAR,
    "FilterPolicyScope": SCALAR,
    "FilterPolicy": DOCUMENT,
    "RedrivePolicy": {"deadLetterTargetArn": SCALAR},
}
SHAPE = {"TopicArn": SCALAR, "Protocol": SCALAR, "Endpoint": SCALAR, **ATTRIBUTES}


def apply(_logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """A new subscription has its attributes from its first message on; an old one gets them set."""
    attributes = {name: text(properties[name]) for name in ATTRIBUTES if name in properties}
    if "RedrivePolicy" in attributes:
        target.note_not_enforced("AWS::SNS::Subscription.RedrivePolicy")
    arn = _existing(properties, target)
    if arn is None:
        return Applied(_subscribe(properties, attributes, target))
    for name, value in attributes.items():
        target.client("sns").set_subscription_attributes(
            SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )
    return Applied(arn)


def _existing(properties: dict[str, Any], target: Target) -> str | None:
    pages = target.client("sns").get_paginator("list_subscriptions_by_topic")
    for page in pages.paginate(TopicArn=properties["TopicArn"]):
        for found in page["Subscriptions"]:
            wanted = (properties["Protocol"], properties["Endpoint"])
            if (found["Protocol"], found["Endpoint"]) == wanted:
                return str(found["SubscriptionArn"])
    return None


def _subscribe(properties: dict[str, Any], attributes: dict[str, str], target: Target) -> str:
    answer = target.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return str(answer["SubscriptionArn"])
