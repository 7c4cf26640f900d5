"""AWS::Logs::LogGroup."""

from contextlib import suppress
from typing import Any

from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

SHAPE = {"LogGroupName": SCALAR, "KmsKeyId": SCALAR, "RetentionInDays": SCALAR}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """An existing group keeps its logs."""
    logs, name = target.client("logs"), properties.get("LogGroupName", target.name(logical_id))
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
        logs.create_log_group(logGroupName=name, **key)
    if "RetentionInDays" in properties:
        days = int(properties["RetentionInDays"])
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return Applied(name, {"Arn": f"arn:aws:logs:{target.region}:{target.account}:log-group:{name}:*"})
