"""AWS::S3::Bucket."""

from typing import Any

from botocore.exceptions import ClientError

from local.applier.resources.bucket_notifications import NOTIFICATIONS, set_notifications
from local.applier.resources.bucket_rules import CORS, LIFECYCLE, set_cors, set_lifecycle
from local.applier.resources.wire import flag
from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

PUBLIC_ACCESS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
ENCRYPTION = {
    "ServerSideEncryptionByDefault": {"SSEAlgorithm": SCALAR, "KMSMasterKeyID": SCALAR},
    "BucketKeyEnabled": SCALAR,
}
SHAPE = {
    "BucketName": SCALAR,
    "PublicAccessBlockConfiguration": dict.fromkeys(PUBLIC_ACCESS, SCALAR),
    "OwnershipControls": {"Rules": [{"ObjectOwnership": SCALAR}]},
    "BucketEncryption": {"ServerSideEncryptionConfiguration": [ENCRYPTION]},
    "VersioningConfiguration": {"Status": SCALAR},
    "LoggingConfiguration": {"DestinationBucketName": SCALAR, "LogFilePrefix": SCALAR},
    "LifecycleConfiguration": LIFECYCLE,
    "CorsConfiguration": CORS,
    "NotificationConfiguration": NOTIFICATIONS,
}
DEFAULT_REGION = "us-east-1"
NOT_FOUND = "404"


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """The objects of an existing bucket are not touched."""
    s3, name = target.client("s3"), properties.get("BucketName", target.bucket_name(logical_id))
    if not _exists(name, s3):
        _create(name, target.region, s3)
    for key, setting in SETTINGS.items():
        if key in properties:
            setting(name, properties[key], s3)
    for key in ("LifecycleConfiguration", "LoggingConfiguration"):
        if key in properties:
            target.note_not_enforced(f"AWS::S3::Bucket.{key}")
    return Applied(
        name,
        {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{target.region}.amazonaws.com",
        },
    )


def _exists(name: str, s3: Any) -> bool:
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as e:
        if e.response["Error"]["Code"] == NOT_FOUND:
            return False
        raise
    return True


def _create(name: str, region: str, s3: Any) -> None:
    """us-east-1 is the one region that must not be named."""
    if region == DEFAULT_REGION:
        s3.create_bucket(Bucket=name)
    else:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})


def _set_public_access(name: str, value: dict[str, Any], s3: Any) -> None:
    blocked = {key: flag(inner) for key, inner in value.items()}
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocked)


def _set_ownership(name: str, value: dict[str, Any], s3: Any) -> None:
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=value)


def _set_encryption(name: str, value: dict[str, Any], s3: Any) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": flag(rule.get("BucketKeyEnabled")),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def _set_versioning(name: str, value: dict[str, Any], s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=value)


SETTINGS = {
    "PublicAccessBlockConfiguration": _set_public_access,
    "OwnershipControls": _set_ownership,
    "BucketEncryption": _set_encryption,
    "VersioningConfiguration": _set_versioning,
    "LifecycleConfiguration": set_lifecycle,
    "CorsConfiguration": set_cors,
    "NotificationConfiguration": set_notifications,
}
