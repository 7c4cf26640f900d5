"""The key that something is encrypted with, and what its users have to be allowed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from typing import Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local.cloud.accounts import ACCOUNT, object_store
from local.cloud.iam.permissions import Permission

_READ, _WRITE = ("kms:Decrypt",), ("kms:GenerateDataKey", "kms:Decrypt")

#: What has to be allowed on the key besides. The parts of an upload are decrypted when they are put together,
#: and the data key of a message when it is used again: writing needs both.
USES = {
    "s3:GetObject": _READ,
    "s3:GetObjectVersion": _READ,
    "s3:PutObject": _WRITE,
    "sqs:ReceiveMessage": _READ,
    "sqs:SendMessage": _WRITE,
    "sns:Publish": _WRITE,
}


def on_key(permission: Permission) -> list[Permission]:
    """What the permission needs on the key of its resource; nothing if that has none of the account's own."""
    key = _key_of(permission.resource) if permission.action in USES else None
    return [Permission(action, key) for action in USES[permission.action]] if key else []


def _key_of(resource: str) -> str | None:
    _, _, service, region, _, name = resource.split(":", 5)
    if service == "s3":
        return _default_key(object_store().buckets.get(name.partition("/")[0]))
    if service == "sqs":
        owner: Any = sqs_backends[ACCOUNT][region].queues.get(name)
    else:
        owner = sns_backends[ACCOUNT][region].topics.get(resource)
    return getattr(owner, "kms_master_key_id", None) or None


def _default_key(bucket: Any) -> str | None:
    rule = (getattr(bucket, "encryption", None) or {}).get("Rule", {})
    rule = rule[0] if isinstance(rule, list) else rule
    key: str | None = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    return key
