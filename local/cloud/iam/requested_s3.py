"""What a request to S3 asks to be allowed; its actions are not named after its operations.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

import re
from urllib.parse import unquote

from local.cloud.iam.permissions import Permission
from local.cloud.iam.signers import form_fields
from local.cloud.s3.bodies import spool
from local.cloud.s3.requests import Request

#: By method, and the part of the address that tells operations apart; "" is the plain one.
BUCKET_ACTIONS = {
    ("HEAD", ""): "ListBucket",
    ("GET", ""): "ListBucket",
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "uploads"): "ListBucketMultipartUploads",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "lifecycle"): "GetLifecycleConfiguration",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
}
OBJECT_ACTIONS = {
    ("GET", ""): "GetObject",
    ("GET", "versionId"): "GetObjectVersion",
    ("GET", "tagging"): "GetObjectTagging",
    ("GET", "uploadId"): "ListMultipartUploadParts",
    ("GET", "attributes"): "GetObjectAttributes",
    ("PUT", ""): "PutObject",
    ("PUT", "uploadId"): "PutObject",
    ("PUT", "tagging"): "PutObjectTagging",
    ("POST", "uploads"): "PutObject",
    ("POST", "uploadId"): "PutObject",
    ("POST", "restore"): "RestoreObject",
    ("DELETE", ""): "DeleteObject",
    ("DELETE", "versionId"): "DeleteObjectVersion",
    ("DELETE", "tagging"): "DeleteObjectTagging",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}


def of_s3(request: Request) -> list[Permission]:
    """On the bucket, the object, and the object that is copied from."""
    if not request.bucket:
        return [Permission("s3:ListAllMyBuckets", "*")]
    if request.is_form_upload:
        return [Permission("s3:PutObject", _arn(request.bucket, form_fields(request).get("key", "")))]
    if not request.key:
        return _of_bucket(request)
    return [*_of_object(request), *_of_source(request)]


def listing_of(request: Request) -> Permission:
    """Without it S3 does not say that an object is not there.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return Permission("s3:ListBucket", _arn(request.bucket), {"s3:prefix": request.key})


def is_read_of_object(request: Request) -> bool:
    """Whether the answer may be that the object is not there."""
    return request.method in {"GET", "HEAD"} and bool(request.key)


def _of_bucket(request: Request) -> list[Permission]:
    if request.method == "POST" and "delete" in request.query:
        return _of_deletions(request)
    action = BUCKET_ACTIONS.get((request.method, _kind(request, BUCKET_ACTIONS)), "Unknown")
    return [Permission(f"s3:{action}", _arn(request.bucket), {"s3:prefix": request.query.get("prefix", "")})]


def _of_object(request: Request) -> list[Permission]:
    method = "GET" if request.method == "HEAD" else request.method
    action = OBJECT_ACTIONS.get((method, _kind(request, OBJECT_ACTIONS)), "Unknown")
    actions = [action]
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    if request.header("x-amz-tagging"):
        actions.append("PutObjectTagging")
    return [Permission(f"s3:{name}", _arn(request.bucket, request.key)) for name in actions]


def _of_source(request: Request) -> list[Permission]:
    source = request.header("x-amz-copy-source")
    if source is None:
        return []
    bucket, _, key = unquote(source).lstrip("/").partition("?")[0].partition("/")
    action = "GetObjectVersion" if "versionId=" in source else "GetObject"
    return [Permission(f"s3:{action}", _arn(bucket, key))]


def _of_deletions(request: Request) -> list[Permission]:
    spooled = spool(request.environ)
    body = spooled.read().decode()
    spooled.seek(0)
    found = []
    for each in re.findall(r"<Object>(.*?)</Object>", body, re.DOTALL):
        key = re.search(r"<Key>(.*?)</Key>", each, re.DOTALL)
        action = "DeleteObjectVersion" if "<VersionId>" in each else "DeleteObject"
        found.append(Permission(f"s3:{action}", _arn(request.bucket, key[1] if key else "")))
    return found


def _kind(request: Request, actions: dict[tuple[str, str], str]) -> str:
    names = {name for _, name in actions if name}
    return next((name for name in request.query if name in names), "")


def _arn(bucket: str, key: str = "") -> str:
    return f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")
