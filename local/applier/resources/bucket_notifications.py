"""NotificationConfiguration of AWS::S3::Bucket: events to topics."""

from typing import Any

from local.applier.shapes import SCALAR

FILTER = {"S3Key": {"Rules": [{"Name": SCALAR, "Value": SCALAR}]}}
NOTIFICATIONS = {"TopicConfigurations": [{"Topic": SCALAR, "Event": SCALAR, "Filter": FILTER}]}


def set_notifications(name: str, value: dict[str, Any], s3: Any) -> None:
    """Setting a configuration sends a test event to its topics, so an equal one is left alone."""
    wanted = [_to_s3(one) for one in value["TopicConfigurations"]]
    there = s3.get_bucket_notification_configuration(Bucket=name).get("TopicConfigurations", [])
    if [_comparable(one) for one in wanted] != [_comparable(one) for one in there]:
        configuration = {"TopicConfigurations": wanted}
        s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=configuration)


def _to_s3(one: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"TopicArn": one["Topic"], "Events": [one["Event"]]}
    if "Filter" in one:
        made["Filter"] = {"Key": {"FilterRules": one["Filter"]["S3Key"]["Rules"]}}
    return made


def _comparable(one: dict[str, Any]) -> tuple[Any, ...]:
    rules = one.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return one["TopicArn"], one["Events"], [(rule["Name"].lower(), rule["Value"]) for rule in rules]
