"""moto takes suspended versioning for none at all: a delete loses every version.

S3 keeps the versions. What is written or deleted while versioning is suspended has the version id "null",
and takes the place only of what has that id.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersionSuspendedBehavior.html
"""

import functools
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend

from local.cloud.patches.replacing import replace

NULL = "null"


def _is_suspended(bucket: Any) -> bool:
    return isinstance(bucket, FakeBucket) and bucket.versioning_status == "Suspended"


def _kept(bucket: FakeBucket, key_name: str, gone: str) -> list[Any]:
    return [each for each in bucket.keys.getlist(key_name, []) if each.version_id != gone]


def _delete(bucket: FakeBucket, key_name: str, version_id: str | None) -> tuple[bool, dict[str, Any]]:
    versions = bucket.keys.getlist(key_name, [])
    if not versions:
        return False, {}
    gone = version_id or NULL
    left, said = _kept(bucket, key_name, gone), {"version-id": gone}
    if version_id is None:
        marker = FakeDeleteMarker(versions[-1])
        marker._version_id = NULL
        left.append(marker)
        said["delete-marker"] = "true"
    if left:
        bucket.keys.setlist(key_name, left)
    else:
        dict.pop(bucket.keys, key_name)
    return True, said


def install() -> None:
    """Correct the two operations that lose versions."""
    put, delete = S3Backend.put_object, S3Backend.delete_object

    @functools.wraps(put)
    def put_object(backend: S3Backend, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> FakeKey:
        bucket = backend.get_bucket(bucket_name)
        if not _is_suspended(bucket):
            return put(backend, bucket_name, key_name, *args, **kwargs)
        kept = _kept(bucket, key_name, NULL)
        dict.pop(bucket.keys, key_name, None)
        made = put(backend, bucket_name, key_name, *args, **kwargs)
        bucket.keys.setlist(key_name, [*kept, made])
        return made

    @functools.wraps(delete)
    def delete_object(
        backend: S3Backend,
        bucket_name: str,
        key_name: str,
        version_id: str | None = None,
        bypass: bool = False,
    ) -> tuple[bool, dict[str, Any]]:
        bucket = backend.get_bucket(bucket_name)
        if _is_suspended(bucket):
            return _delete(bucket, key_name, version_id)
        return delete(backend, bucket_name, key_name, version_id, bypass)

    replace(S3Backend, "put_object", put_object)
    replace(S3Backend, "delete_object", delete_object)
