"""Uploads to S3 in parts, each of which S3 compares with the digest that was signed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from gas.aws.clients import code_of
from gas.errors import NotFound, Refused
from gas.part_uploads import Part, PartAddress

#: S3 lists no more parts at a time. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
MAX_LISTED = 1000

NO_UPLOAD = "NoSuchUpload"
#: What a completion is refused with when the parts are not as they were listed, or are none.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
OTHER_PARTS = frozenset(
    {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest", "MalformedXML"}
)


class S3PartUploads:
    """`gas.part_uploads.PartUploads` on one bucket.

    Needs ``s3:PutObject`` to begin, to sign and to complete, ``s3:ListMultipartUploadParts`` and
    ``s3:AbortMultipartUpload``.

    :param page: parts that are listed at a time.
    """

    def __init__(self, client: Any, bucket: str, *, page: int = MAX_LISTED) -> None:
        self._client = client
        self._bucket = bucket
        self._page = page

    def begin(self, key: str) -> str:
        """See `gas.part_uploads.PartUploads`; S3 then refuses every part that comes without its digest."""
        made = self._client.create_multipart_upload(
            Bucket=self._bucket,
            Key=key,
            ContentType="application/octet-stream",
            ChecksumAlgorithm="SHA256",
            ChecksumType="COMPOSITE",
        )
        upload_id: str = made["UploadId"]
        return upload_id

    def sign(self, key: str, upload_id: str, part: Part, *, lifetime: int) -> PartAddress:
        """See `gas.part_uploads.PartUploads`.

        Every client sends the length by itself, so a signed one bounds what the address can store.
        """
        digest = _base64(part.sha256)
        parameters = {
            **self._upload(key, upload_id),
            "PartNumber": part.number,
            "ContentLength": part.size,
            "ChecksumSHA256": digest,
        }
        url = self._client.generate_presigned_url("upload_part", Params=parameters, ExpiresIn=lifetime)
        return PartAddress(url, {"x-amz-checksum-sha256": digest})

    def stored(self, key: str, upload_id: str) -> Sequence[Part]:
        """See `gas.part_uploads.PartUploads`."""
        return [_part(each) for each in self._listed(key, upload_id)]

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """See `gas.part_uploads.PartUploads`.

        S3 can take minutes for a large object, and keeps the connection alive meanwhile. A caller that gives
        up sooner finds the object later, or asks again.
        """
        listed = self._listed(key, upload_id)
        if [_part(each) for each in listed] != list(parts):
            raise Refused(f"the parts of {key} are not those that were seen")
        try:
            self._client.complete_multipart_upload(
                **self._upload(key, upload_id),
                MultipartUpload={"Parts": [_named(each) for each in listed]},
                MpuObjectSize=sum(part.size for part in parts),
            )
        except ClientError as error:
            raise _meant(error, key) from error

    def abort(self, key: str, upload_id: str) -> None:
        """See `gas.part_uploads.PartUploads`.

        A part that is on its way may still be stored after this; the bucket's lifecycle rule removes it.
        """
        try:
            self._client.abort_multipart_upload(**self._upload(key, upload_id))
        except ClientError as error:
            if code_of(error) != NO_UPLOAD:
                raise

    def _upload(self, key: str, upload_id: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}

    def _listed(self, key: str, upload_id: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(
            **self._upload(key, upload_id), PaginationConfig={"PageSize": self._page}
        )
        try:
            return [each for page in pages for each in page.get("Parts", [])]
        except ClientError as error:
            raise _meant(error, key) from error


def _part(listed: dict[str, Any]) -> Part:
    return Part(listed["PartNumber"], listed["Size"], base64.b64decode(listed["ChecksumSHA256"]).hex())


def _named(listed: dict[str, Any]) -> dict[str, Any]:
    return {name: listed[name] for name in ("PartNumber", "ETag", "ChecksumSHA256")}


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _meant(error: ClientError, key: str) -> Exception:
    if code_of(error) == NO_UPLOAD:
        return NotFound(f"no such upload of {key}")
    return Refused(f"the upload of {key} is refused: {error}") if code_of(error) in OTHER_PARTS else error
