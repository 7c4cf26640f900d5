"""What S3 refuses of a copy and moto makes: a source that changed, is archived, or lacks the range.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, unquote

from moto.s3.models import FakeKey

from local.cloud.accounts import object_store
from local.cloud.s3.archived import is_readable
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.uploads import check_part_number, find_upload

RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class CopyRequests:
    """Refuses what S3 refuses; moto makes the rest."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        place = request.header("x-amz-copy-source")
        if request.method == "PUT" and request.is_s3 and place:
            try:
                _check(request, _find(place))
            except S3Error as refusal:
                return refusal.respond(start_response)
        return self._app(environ, start_response)


def _check(request: Request, source: FakeKey) -> None:
    expected = request.header("x-amz-copy-source-if-match")
    if expected and expected.strip('"') != source.etag.strip('"'):
        raise _changed()
    if "uploadId" in request.query:
        _check_part(request, source)


def _check_part(request: Request, source: FakeKey) -> None:
    find_upload(request)
    check_part_number(request)
    if not is_readable(source):
        raise _archived(source)
    wanted = request.header("x-amz-copy-source-range")
    if wanted and not _is_inside(wanted, source.size):
        raise bad_request(
            "InvalidArgument", f"Range specified is not valid for source object of size: {source.size}"
        )


def _is_inside(wanted: str, size: int) -> bool:
    match = RANGE.fullmatch(wanted)
    return match is not None and int(match[1]) <= int(match[2]) < size


def _find(place: str) -> FakeKey:
    path, _, query = place.partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    version = parse_qs(query).get("versionId", [None])[0]
    stored = object_store().get_object(bucket, key, version_id=version)
    if not isinstance(stored, FakeKey):
        raise S3Error("404 Not Found", "NoSuchKey", "The specified key does not exist.", Key=key)
    return stored


def _changed() -> S3Error:
    return S3Error(
        "412 Precondition Failed",
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        Condition="x-amz-copy-source-If-Match",
    )


def _archived(source: FakeKey) -> S3Error:
    return S3Error(
        "403 Forbidden",
        "InvalidObjectState",
        "The operation is not valid for the object's storage class",
        StorageClass=source.storage_class,
    )
