"""AWS::KMS::Key."""

from typing import Any

from local.applier.resources.wire import flag, text
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

SHAPE = {"Description": SCALAR, "EnableKeyRotation": SCALAR, "KeyPolicy": DOCUMENT}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """A key has no name, so its alias is what it is found by."""
    kms, alias = target.client("kms"), f"alias/{target.name(logical_id)}"
    policy = text(properties["KeyPolicy"])
    arn = _find(alias, kms)
    if arn is None:
        made = kms.create_key(Description=properties.get("Description", ""), Policy=policy)["KeyMetadata"]
        kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
        arn = str(made["Arn"])
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy)
    if flag(properties.get("EnableKeyRotation")):
        kms.enable_key_rotation(KeyId=arn)
    return Applied(arn.rpartition("/")[2], {"Arn": arn, "KeyId": arn.rpartition("/")[2]})


def _find(alias: str, kms: Any) -> str | None:
    try:
        return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])
    except kms.exceptions.NotFoundException:
        return None
