"""Copies of objects that are too large for one CopyObject.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from botocore.exceptions import BotoCoreError, ClientError

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PARTS = 10_000
#: Copied well within the time in which S3 has to answer.
PART_BYTES = 256 * 1024**2

PARTS_AT_ONCE = 4
#: A part is asked for this often, after what botocore itself repeats: one failure must not cost hundreds
#: of parts that were copied before it.
PART_ATTEMPTS = 3
SERVER_ERROR = 500

#: Checksums that S3 can compute of a whole object from those of its parts.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
CRCS = ("CRC32", "CRC64NVME", "CRC32C")

#: What a single copy takes along by itself.
CONTENT_HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
)


class PartCopies:
    """Copies in parts inside one bucket.

    Needs ``s3:GetObjectTagging``, ``s3:PutObjectTagging``, ``s3:AbortMultipartUpload`` and
    ``s3:ListBucketMultipartUploads`` besides what every copy needs.

    :param part_bytes: size of a part; more where `MAX_PARTS` parts would not do.
    """

    def __init__(self, client: Any, bucket: str, *, part_bytes: int = PART_BYTES) -> None:
        self._client = client
        self._bucket = bucket
        self._part_bytes = part_bytes

    def copy(self, source: str, target: str, head: Any, storage_class: str) -> None:
        """Copy an object; if that fails, nothing is left of it.

        S3 compares the size, and its CRC of the whole if the source has one, before there is a copy.

        :param head: what S3 said of the source; the source must be the same until the end.
        """
        algorithm, crc = whole_crc(head) or (CRCS[0], None)
        upload = {"Bucket": self._bucket, "Key": target}
        made = self._client.create_multipart_upload(
            **upload,
            **self._described(source, head),
            StorageClass=storage_class,
            ChecksumAlgorithm=algorithm,
            ChecksumType="FULL_OBJECT",
        )
        upload["UploadId"] = made["UploadId"]
        try:
            parts = self._copy_parts(source, head, upload)
            self._complete(upload, parts, head["ContentLength"], {f"Checksum{algorithm}": crc} if crc else {})
        except BaseException:
            self._abort(upload)
            raise

    def abort_unfinished(self, key: str) -> None:
        """Remove what earlier attempts at this key left."""
        listed = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=key)
        for each in listed.get("Uploads", []):
            if each["Key"] == key:
                self._abort({"Bucket": self._bucket, "Key": key, "UploadId": each["UploadId"]})

    def _described(self, source: str, head: Any) -> dict[str, Any]:
        kept = {name: head[name] for name in CONTENT_HEADERS if head.get(name)}
        tags = self._client.get_object_tagging(Bucket=self._bucket, Key=source)["TagSet"]
        if tags:
            kept["Tagging"] = urlencode([(tag["Key"], tag["Value"]) for tag in tags], quote_via=quote)
        return kept

    def _copy_parts(self, source: str, head: Any, upload: dict[str, str]) -> list[dict[str, Any]]:
        """In any order; those that have not begun when one fails are given up."""
        request = {
            **upload,
            "CopySource": {"Bucket": self._bucket, "Key": source},
            "CopySourceIfMatch": head["ETag"],
        }
        ranges = byte_ranges(head["ContentLength"], self._part_bytes)
        with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
            return list(pool.map(partial(self._copy_part, request), range(1, len(ranges) + 1), ranges))

    def _copy_part(self, request: dict[str, Any], number: int, byte_range: str) -> dict[str, Any]:
        for attempt in range(1, PART_ATTEMPTS + 1):
            try:
                return self._copy_part_once(request, number, byte_range)
            except (ClientError, BotoCoreError) as error:
                if attempt == PART_ATTEMPTS or not _may_pass(error):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _copy_part_once(self, request: dict[str, Any], number: int, byte_range: str) -> dict[str, Any]:
        answer = self._client.upload_part_copy(**request, PartNumber=number, CopySourceRange=byte_range)
        made = answer["CopyPartResult"]
        checksums = {name: value for name, value in made.items() if name.startswith("Checksum")}
        return {"PartNumber": number, "ETag": made["ETag"], **checksums}

    def _complete(
        self, upload: dict[str, str], parts: Sequence[dict[str, Any]], size: int, crc: dict[str, str]
    ) -> None:
        self._client.complete_multipart_upload(
            **upload,
            **crc,
            MultipartUpload={"Parts": parts},
            MpuObjectSize=size,
            ChecksumType="FULL_OBJECT",
        )

    def _abort(self, upload: dict[str, str]) -> None:
        """Whatever stops this, `abort_unfinished` or the rule of the bucket removes it later."""
        with suppress(ClientError, BotoCoreError):
            self._client.abort_multipart_upload(**upload)


def byte_ranges(size: int, part_bytes: int) -> list[str]:
    """The parts of an object, as values of the Range header."""
    step = max(part_bytes, -(-size // MAX_PARTS))
    return [f"bytes={start}-{min(start + step, size) - 1}" for start in range(0, size, step)]


def whole_crc(head: Any) -> tuple[str, str] | None:
    """Algorithm and value (base64) of the CRC that S3 has of a whole object; None if it has none."""
    if head.get("ChecksumType") != "FULL_OBJECT":
        return None
    return next(((name, head[f"Checksum{name}"]) for name in CRCS if f"Checksum{name}" in head), None)


def _may_pass(error: ClientError | BotoCoreError) -> bool:
    """Whether the same request may succeed: the other side failed, or did not answer."""
    if not isinstance(error, ClientError):
        return True
    return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] >= SERVER_ERROR)
