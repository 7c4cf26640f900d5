"""Verified copies from one key of a bucket to another, made by S3 itself.

What is proven of a copy:

- its size is the recorded one;
- made in one piece: S3 computed SHA-256 of the whole copy, and it is the recorded digest;
- made in parts: each part is of the source as it was at the beginning (S3 refuses it if the ETag is
  another), S3 computed a CRC of the whole copy, and it is the CRC that S3 has of the whole source. S3 has
  no SHA-256 of the whole for an object made in parts, so the recorded digest is not compared. A source
  that has no CRC of the whole, because it was uploaded in parts with a checksum of each part only, leaves
  size and ETag.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

import base64
from typing import Any

from botocore.exceptions import ClientError

from gas.aws.object_copies import HOT_CLASS, MAX_SINGLE_COPY_BYTES, absent
from gas.aws.part_copies import PART_BYTES, PartCopies, whole_crc
from gas.errors import NotFound
from gas.jobs import ResultFile


class S3Copies:
    """Copies inside one bucket; no byte passes through this process.

    Content type, other headers of the content, metadata and tags go with the copy.

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

    def ensure(self, source: str, target: str, file: ResultFile, storage_class: str) -> None:
        """Make the copy unless a whole one is there, which an earlier attempt may have left.

        What other attempts left unfinished is removed.

        :raises NotFound: there is no source.
        :raises ValueError: the source, and so the copy, is not what was recorded of the file.
        """
        if not self._is_whole(source, target, file, storage_class):
            self._make(source, target, file, storage_class)
        if not self._is_single(file):
            self._in_parts.abort_unfinished(target)

    def head(self, key: str) -> Any:
        """What S3 says of an object, with its checksum; `NotFound` if it is not there."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            raise absent(error, key) from error

    def _is_single(self, file: ResultFile) -> bool:
        return file.size <= self._single_bytes

    def _is_whole(self, source: str, target: str, file: ResultFile, storage_class: str) -> bool:
        try:
            made = self.head(target)
        except NotFound:
            return False
        return class_of(made) == storage_class and self._agrees(made, source, file)

    def _make(self, source: str, target: str, file: ResultFile, storage_class: str) -> None:
        try:
            if self._is_single(file):
                self._copy_whole(source, target, storage_class)
            else:
                self._copy_parts(source, target, file, storage_class)
        except ClientError as error:
            raise absent(error, source) from error
        if not self._agrees(self.head(target), source, file):
            raise ValueError(f"the copy {target} is not what was recorded for {file.name}")

    def _copy_whole(self, source: str, target: str, storage_class: str) -> None:
        """Metadata and tags are copied unless others are given."""
        self._client.copy_object(
            Bucket=self._bucket,
            Key=target,
            CopySource={"Bucket": self._bucket, "Key": source},
            StorageClass=storage_class,
            ChecksumAlgorithm="SHA256",
        )

    def _copy_parts(self, source: str, target: str, file: ResultFile, storage_class: str) -> None:
        head = self.head(source)
        if head["ContentLength"] != file.size:
            raise ValueError(f"{source} is not what was recorded for {file.name}")
        self._in_parts.copy(source, target, head, storage_class)

    def _agrees(self, made: Any, source: str, file: ResultFile) -> bool:
        if made["ContentLength"] != file.size:
            return False
        if self._is_single(file):
            digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
            return bool(made.get("ChecksumSHA256") == digest)
        return whole_crc(self.head(source)) in (None, whole_crc(made))


def class_of(head: Any) -> str:
    """The storage class of an object; S3 does not name the usual one."""
    return str(head.get("StorageClass", HOT_CLASS))
