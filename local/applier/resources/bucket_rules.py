"""The rules of AWS::S3::Bucket whose names differ between CloudFormation and S3."""

from typing import Any

from local.applier.shapes import SCALAR

LIFECYCLE_RULE = {
    "Id": SCALAR,
    "Status": SCALAR,
    "Prefix": SCALAR,
    "ExpirationInDays": SCALAR,
    "NoncurrentVersionExpiration": {"NoncurrentDays": SCALAR},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": SCALAR},
}
LIFECYCLE = {"Rules": [LIFECYCLE_RULE]}
CORS_NAMES = {
    "Id": "ID",
    "AllowedOrigins": "AllowedOrigins",
    "AllowedMethods": "AllowedMethods",
    "AllowedHeaders": "AllowedHeaders",
    "ExposedHeaders": "ExposeHeaders",
    "MaxAge": "MaxAgeSeconds",
}
CORS_RULE = {
    **dict.fromkeys(CORS_NAMES, SCALAR),
    **{name: [SCALAR] for name in CORS_NAMES if name not in {"Id", "MaxAge"}},
}
CORS = {"CorsRules": [CORS_RULE]}


def set_lifecycle(name: str, value: dict[str, Any], s3: Any) -> None:
    """Replaces all rules, as the template does."""
    rules = [_lifecycle_rule(rule) for rule in value["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule without a prefix is a rule for every key."""
    made = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    for key in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if key in rule:
            made[key] = {inner: int(days) for inner, days in rule[key].items()}
    return made


def set_cors(name: str, value: dict[str, Any], s3: Any) -> None:
    """Replaces all rules, as the template does."""
    rules = [{CORS_NAMES[key]: inner for key, inner in rule.items()} for rule in value["CorsRules"]]
    for rule in rules:
        if "MaxAgeSeconds" in rule:
            rule["MaxAgeSeconds"] = int(rule["MaxAgeSeconds"])
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
