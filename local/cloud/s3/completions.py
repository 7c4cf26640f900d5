"""What S3 compares before an upload in parts becomes an object: order, size, checksums.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from moto.s3.models import FakeMultipart
from moto.s3.utils import compute_checksum

from local.cloud.accounts import object_store
from local.cloud.s3.bodies import spool
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.uploads import find_upload

COMPOSITE = "COMPOSITE"


class Completions:
    """Refuses what S3 refuses; moto puts the parts together."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        if request.method == "POST" and request.is_s3 and "uploadId" in request.query:
            try:
                _check(request)
            except S3Error as refusal:
                return refusal.respond(start_response)
        return self._app(environ, start_response)


def _check(request: Request) -> None:
    body = spool(request.environ)
    document = body.read()
    body.seek(0)
    if _was_completed(request):
        return
    upload, parts = find_upload(request), _read_parts(document)
    _check_parts(upload, parts)
    _check_size(request, upload, parts)
    _check_checksums(request, upload, parts)


def _was_completed(request: Request) -> bool:
    """The same request again is answered like the first one."""
    made = object_store().get_object(request.bucket, request.key)
    return made is not None and made.multipart is not None and made.multipart.id == request.query["uploadId"]


def _read_parts(document: bytes) -> list[dict[str, Any]]:
    try:
        parsed = xmltodict.parse(document, force_list=("Part",))["CompleteMultipartUpload"]
        return [{**part, "PartNumber": int(part["PartNumber"])} for part in parsed["Part"]]
    except (ExpatError, KeyError, TypeError, ValueError) as error:
        raise bad_request("MalformedXML", "The XML you provided was not well-formed") from error


def _check_parts(upload: FakeMultipart, parts: list[dict[str, Any]]) -> None:
    numbers = [part["PartNumber"] for part in parts]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise bad_request("InvalidPartOrder", "The list of parts was not in ascending order.")
    if any(number not in upload.parts for number in numbers):
        raise _unknown_part()


def _unknown_part() -> S3Error:
    return bad_request("InvalidPart", "One or more of the specified parts could not be found.")


def _check_size(request: Request, upload: FakeMultipart, parts: list[dict[str, Any]]) -> None:
    declared = request.header("x-amz-mp-object-size")
    if declared and int(declared) != sum(upload.parts[part["PartNumber"]].size for part in parts):
        raise bad_request(
            "InvalidRequest", "The provided 'x-amz-mp-object-size' header does not match what was computed."
        )


def _check_checksums(request: Request, upload: FakeMultipart, parts: list[dict[str, Any]]) -> None:
    algorithm = upload.metadata.get("x-amz-checksum-algorithm")
    if not algorithm:
        return
    kind = upload.metadata.get("x-amz-checksum-type") or _usual_type(algorithm)
    if request.header("x-amz-checksum-type") not in {None, kind}:
        raise bad_request("InvalidRequest", f"The upload was created using the {kind} checksum mode.")
    if kind == COMPOSITE:
        _check_each_part(algorithm, upload, parts)
    else:
        _check_whole(request, algorithm, upload, parts)


def _usual_type(algorithm: str) -> str:
    return "FULL_OBJECT" if algorithm == "CRC64NVME" else COMPOSITE


def _check_each_part(algorithm: str, upload: FakeMultipart, parts: list[dict[str, Any]]) -> None:
    for part in parts:
        given = part.get(f"Checksum{algorithm}")
        if given is None:
            raise bad_request(
                "InvalidRequest",
                f"The upload was created using a {algorithm.lower()} checksum. The complete request must"
                f" include the checksum for each part. It was missing for part {part['PartNumber']}.",
            )
        if given != compute_checksum(upload.parts[part["PartNumber"]].value, algorithm).decode():
            raise _unknown_part()


def _check_whole(
    request: Request, algorithm: str, upload: FakeMultipart, parts: list[dict[str, Any]]
) -> None:
    declared = request.header(f"x-amz-checksum-{algorithm.lower()}")
    if declared is None:
        return
    whole = b"".join(upload.parts[part["PartNumber"]].value for part in parts)
    if compute_checksum(whole, algorithm).decode() != declared:
        raise bad_request(
            "BadDigest", f"The {algorithm} you specified did not match the calculated checksum."
        )
