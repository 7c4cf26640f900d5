"""AWS::S3::BucketPolicy."""

from typing import Any

from local.applier.errors import UnappliedProperty
from local.applier.resources.wire import text
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

SHAPE = {"Bucket": SCALAR, "PolicyDocument": DOCUMENT}
LOG_DELIVERY = {"Service": "logging.s3.amazonaws.com"}
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """The denial of plain http does not apply to a cloud that speaks nothing else; see KNOWN_NOT_ENFORCED.

    Nor is there a service that would write the logs of requests.
    """
    document = properties["PolicyDocument"]
    statements = [each for each in document["Statement"] if each["Principal"] != LOG_DELIVERY]
    kept = [statement for statement in statements if not _is_tls_only(statement)]
    if len(kept) < len(statements):
        target.note_not_enforced("AWS::S3::BucketPolicy")
    if any("Condition" in statement for statement in kept):
        raise UnappliedProperty(f"{logical_id}.PolicyDocument.Statement.Condition")
    if kept:
        policy = text({**document, "Statement": kept})
        target.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
    return Applied(properties["Bucket"])


def _is_tls_only(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition", {})
    secure = condition.get("Bool", {}).get("aws:SecureTransport")
    return (
        statement["Effect"] == "Deny"
        and {key: list(inner) for key, inner in condition.items()} == {"Bool": ["aws:SecureTransport"]}
        and str(secure).lower() == TLS_ONLY["Bool"]["aws:SecureTransport"]
    )
