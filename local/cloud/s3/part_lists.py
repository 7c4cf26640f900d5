"""The parts of an unfinished upload: moto takes the marker for a position, and tells no checksum.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
"""

from collections.abc import Iterable
from typing import Any

import xmltodict
from moto.s3.models import FakeKey, FakeMultipart
from moto.s3.utils import compute_checksum

from local.cloud.s3.errors import S3Error
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.uploads import find_upload

#: S3 lists no more at a time, whatever is asked for.
MAX_LISTED = 1000
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class PartLists:
    """Answers ListParts; all else is passed on."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        request = Request(environ)
        if request.method != "GET" or not request.is_s3 or "uploadId" not in request.query:
            return self._app(environ, start_response)
        try:
            document = xmltodict.unparse({"ListPartsResult": _list(request)}).encode()
        except S3Error as refusal:
            return refusal.respond(start_response)
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(document)))]
        start_response("200 OK", headers)
        return [document]


def _list(request: Request) -> dict[str, Any]:
    upload, query = find_upload(request), request.query
    after = int(query.get("part-number-marker") or 0)
    most = min(int(query.get("max-parts") or MAX_LISTED), MAX_LISTED)
    numbers = sorted(number for number in upload.parts if number > after)
    algorithm = upload.metadata.get("x-amz-checksum-algorithm")
    page = numbers[:most]
    return {
        "@xmlns": NAMESPACE,
        "Bucket": request.bucket,
        "Key": request.key,
        "UploadId": upload.id,
        "StorageClass": "STANDARD",
        "PartNumberMarker": after,
        "NextPartNumberMarker": page[-1] if page else after,
        "MaxParts": most,
        "IsTruncated": "true" if len(numbers) > len(page) else "false",
        **_checksum_of(upload, algorithm),
        "Part": [_part(number, upload.parts[number], algorithm) for number in page],
    }


def _checksum_of(upload: FakeMultipart, algorithm: str | None) -> dict[str, str]:
    if not algorithm:
        return {}
    kind = upload.metadata.get("x-amz-checksum-type")
    return {"ChecksumAlgorithm": algorithm, **({"ChecksumType": kind} if kind else {})}


def _part(number: int, part: FakeKey, algorithm: str | None) -> dict[str, Any]:
    checksum = {f"Checksum{algorithm}": _computed(part, algorithm)} if algorithm else {}
    modified = part.last_modified_ISO8601
    return {"PartNumber": number, "LastModified": modified, "ETag": part.etag, "Size": part.size, **checksum}


def _computed(part: FakeKey, algorithm: str) -> str:
    return str(compute_checksum(part.value, algorithm).decode())
