"""AWS::DynamoDB::Table."""

from typing import Any

from local.applier.errors import TemplateError
from local.applier.resources.wire import flag
from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

KEYS = [{"AttributeName": SCALAR, "KeyType": SCALAR}]
INDEX = {
    "IndexName": SCALAR,
    "KeySchema": KEYS,
    "Projection": {"ProjectionType": SCALAR, "NonKeyAttributes": [SCALAR]},
}
SHAPE = {
    "TableName": SCALAR,
    "BillingMode": SCALAR,
    "AttributeDefinitions": [{"AttributeName": SCALAR, "AttributeType": SCALAR}],
    "KeySchema": KEYS,
    "GlobalSecondaryIndexes": [INDEX],
    "TimeToLiveSpecification": {"AttributeName": SCALAR, "Enabled": SCALAR},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": SCALAR},
    "SSESpecification": {"SSEEnabled": SCALAR, "SSEType": SCALAR, "KMSMasterKeyId": SCALAR},
    "DeletionProtectionEnabled": SCALAR,
}
FIXED = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """An existing table keeps its items: what cannot be changed in place is refused, never replaced."""
    dynamodb, name = target.client("dynamodb"), properties.get("TableName", target.name(logical_id))
    table = _find(name, dynamodb)
    if table is None:
        table = _create(name, properties, dynamodb)
    else:
        _check_unchanged(logical_id, properties, table)
    _protect(name, properties, table, dynamodb)
    _expire(name, properties, dynamodb)
    _back_up(name, properties, dynamodb)
    return Applied(name, {"Arn": table["TableArn"]})


def _find(name: str, dynamodb: Any) -> dict[str, Any] | None:
    try:
        return dict(dynamodb.describe_table(TableName=name)["Table"])
    except dynamodb.exceptions.ResourceNotFoundException:
        return None


def _create(name: str, properties: dict[str, Any], dynamodb: Any) -> dict[str, Any]:
    options = {key: properties[key] for key in FIXED if key in properties}
    if "SSESpecification" in properties:
        asked = dict(properties["SSESpecification"])
        options["SSESpecification"] = {"Enabled": flag(asked.pop("SSEEnabled")), **asked}
    dynamodb.create_table(TableName=name, **options)
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    return dict(dynamodb.describe_table(TableName=name)["Table"])


def _check_unchanged(logical_id: str, properties: dict[str, Any], table: dict[str, Any]) -> None:
    wanted, there = _design(properties), _design(table)
    if changed := sorted(key for key in wanted if wanted[key] != there[key]):
        raise TemplateError(f"{logical_id}.{changed[0]} cannot be changed while the table keeps its items")


def _design(table: dict[str, Any]) -> dict[str, Any]:
    """What makes a table another table, in one order whoever describes it."""
    keys = [(k["AttributeName"], k["KeyType"]) for k in table["KeySchema"]]
    indexes = {
        index["IndexName"]: (
            [(k["AttributeName"], k["KeyType"]) for k in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
            sorted(index["Projection"].get("NonKeyAttributes", [])),
        )
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    types = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
    encrypted = "SSEDescription" in table or flag(table.get("SSESpecification", {}).get("SSEEnabled"))
    billing = table.get("BillingModeSummary", table).get("BillingMode", "PROVISIONED")
    return {
        "KeySchema": keys,
        "GlobalSecondaryIndexes": indexes,
        "AttributeDefinitions": types,
        "SSESpecification": encrypted,
        "BillingMode": billing,
    }


def _protect(name: str, properties: dict[str, Any], table: dict[str, Any], dynamodb: Any) -> None:
    wanted = flag(properties.get("DeletionProtectionEnabled"))
    if wanted != table.get("DeletionProtectionEnabled", False):
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=wanted)


def _expire(name: str, properties: dict[str, Any], dynamodb: Any) -> None:
    """DynamoDB refuses to enable what is enabled."""
    specification = properties.get("TimeToLiveSpecification")
    if specification is None:
        return
    wanted = {**specification, "Enabled": flag(specification["Enabled"])}
    there = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    enabled = there["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
    if enabled != wanted["Enabled"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)
    elif enabled and there["AttributeName"] != wanted["AttributeName"]:
        raise TemplateError(f"{name}: TimeToLiveSpecification.AttributeName cannot be changed in one step")


def _back_up(name: str, properties: dict[str, Any], dynamodb: Any) -> None:
    specification = properties.get("PointInTimeRecoverySpecification")
    if specification is None:
        return
    wanted = flag(specification["PointInTimeRecoveryEnabled"])
    there = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    status = there["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    if wanted != (status == "ENABLED"):
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": wanted}
        )
