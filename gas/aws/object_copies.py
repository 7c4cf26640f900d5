"""Copies of one key of a bucket to another, made by S3 itself: no byte passes through this process."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from gas.aws.clients import code_of
from gas.aws.objects import MISSING
from gas.aws.part_copies import PART_BYTES, PartCopies
from gas.errors import NotFound

#: The largest object that one CopyObject copies; above it the copy is made in parts.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
MAX_SINGLE_COPY_BYTES = 5 * 1024**3

HOT_CLASS = "STANDARD"


class S3ObjectCopies:
    """`gas.storage_ports.ObjectCopies` in one bucket.

    The copy is of the source as it was at the beginning: S3 refuses it if the ETag is another. Content type,
    other headers of the content, metadata and tags go with it.

    Needs ``s3:GetObject``, ``s3:GetObjectTagging``, ``s3:PutObject`` and ``s3:PutObjectTagging``;
    ``s3:AbortMultipartUpload`` for a copy in parts that fails; ``s3:ListBucket``, so that an absent object is
    a 404.

    :param single_bytes: up to this size a copy is made in one piece.
    :param part_bytes: size of a part of a larger one; more where 10,000 parts would not do.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        *,
        single_bytes: int = MAX_SINGLE_COPY_BYTES,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._single_bytes = single_bytes
        self._in_parts = PartCopies(client, bucket, part_bytes=part_bytes)

    def copy(self, source: str, target: str) -> None:
        """See `gas.storage_ports.ObjectCopies`."""
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=source, ChecksumMode="ENABLED")
            if head["ContentLength"] <= self._single_bytes:
                self._copy_whole(source, target, head)
            else:
                self._in_parts.copy(source, target, head, HOT_CLASS)
        except ClientError as error:
            raise absent(error, source) from error

    def _copy_whole(self, source: str, target: str, head: Any) -> None:
        self._client.copy_object(
            Bucket=self._bucket,
            Key=target,
            CopySource={"Bucket": self._bucket, "Key": source},
            CopySourceIfMatch=head["ETag"],
            StorageClass=HOT_CLASS,
        )


def absent(error: ClientError, key: str) -> Exception:
    """`NotFound` if this error says that there is no such object, else the error itself."""
    return NotFound(f"no object {key}") if code_of(error) in MISSING else error
