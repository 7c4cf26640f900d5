"""Hot objects in S3, and addresses that let a browser reach one of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from gas.aws.byte_spans import BROKEN_BODY, READ_ATTEMPTS
from gas.aws.clients import code_of, proving
from gas.aws.versions import remove_for_good
from gas.errors import NotFound
from gas.storage_ports import ListedObject, StoredObject, UploadForm

MISSING = frozenset({"NoSuchKey", "404", "NotFound"})

#: S3 lists no more keys at a time. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
MAX_LISTED = 1000

#: What is read of a stream at a time.
PIECE_BYTES = 1 << 20


class S3ObjectStore:
    """`gas.storage_ports.ObjectStore` on one bucket.

    Needs ``s3:GetObject``, ``s3:PutObject`` (and ``s3:AbortMultipartUpload`` for large files),
    ``s3:DeleteObject`` for what it removes (with ``s3:DeleteObjectVersion`` and ``s3:ListBucketVersions``
    where the bucket keeps versions), and ``s3:ListBucket``, without which S3 answers 403 instead
    of 404 for an object that is not there and `verify` cannot ask for the bucket.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def stat(self, key: str) -> StoredObject:
        """See `gas.storage_ports.ObjectStore`."""
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            raise _found(error, key) from error
        return StoredObject(key, head["ContentLength"])

    def download(self, key: str, target: BinaryIO, *, limit: int | None = None) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        try:
            if limit is None:
                self._client.download_fileobj(self._bucket, key, target)
            else:
                self._download_start(key, target, limit)
        except ClientError as error:
            raise _found(error, key) from error

    def upload(self, key: str, source: BinaryIO, *, content_type: str) -> None:
        """See `gas.storage_ports.ObjectStore`; in parts above 8 MB, with one checksum of the whole.

        A cold copy in parts is compared by that checksum (`gas.aws.s3_copies`).
        """
        extra = {"ContentType": content_type, "ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
        self._client.upload_fileobj(source, self._bucket, key, ExtraArgs=extra)

    def remove(self, key: str) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        remove_for_good(self._client, self._bucket, key)

    def verify(self) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        with proving(f"bucket {self._bucket!r}"):
            self._client.head_bucket(Bucket=self._bucket)

    def _download_start(self, key: str, target: BinaryIO, limit: int) -> None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes=0-{limit - 1}")
        except ClientError as error:
            if code_of(error) == "InvalidRange":
                return  # An empty object has no first byte.
            raise
        shutil.copyfileobj(answer["Body"], target)


class S3ObjectListing:
    """`gas.storage_ports.ObjectListing` of one bucket, a page at a time.

    Needs ``s3:ListBucket``, which is a right on the bucket itself.
    """

    def __init__(self, client: Any, bucket: str, *, page: int = MAX_LISTED) -> None:
        self._client = client
        self._bucket = bucket
        self._page = page

    def under(self, prefix: str) -> Iterator[ListedObject]:
        """See `gas.storage_ports.ObjectListing`; only present versions are listed.

        What S3 calls LastModified is the beginning of an upload in parts:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
        """
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, PaginationConfig={"PageSize": self._page}
        )
        for page in pages:
            for entry in page.get("Contents", []):
                yield ListedObject(entry["Key"], entry["Size"], entry["LastModified"].timestamp())


class S3ObjectStream:
    """`gas.storage_ports.ObjectStream` of one bucket.

    Needs ``s3:GetObject``, and ``s3:ListBucket`` to tell an object that is not there from a right that is.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def stream(self, key: str, *, start: int = 0) -> Iterator[bytes]:
        """See `gas.storage_ports.ObjectStream`; after a break the object has to have the same ETag."""
        answer, at, breaks = self._open(key, start), start, 0
        while answer:
            body = answer["Body"]
            try:
                piece = body.read(PIECE_BYTES)
            except BROKEN_BODY:
                breaks += 1
                if breaks == READ_ATTEMPTS:
                    raise
                answer = self._open(key, at, IfMatch=answer["ETag"])
                continue
            if not piece:
                return
            at, breaks = at + len(piece), 0
            try:
                yield piece
            except GeneratorExit:
                body.close()
                raise

    def _open(self, key: str, start: int, **condition: str) -> Any:
        """The answer from an offset on; None if the object ends there."""
        asked = {"Range": f"bytes={start}-"} if start else {}
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **asked, **condition)
        except ClientError as error:
            if code_of(error) == "InvalidRange":
                return None
            raise _found(error, key) from error


class S3SignedAccess:
    """`gas.storage_ports.SignedAccess` on one bucket.

    Nothing is sent; the signer needs what the address allows.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload_form(self, key: str, *, max_bytes: int, lifetime: int) -> UploadForm:
        """See `gas.storage_ports.SignedAccess`; S3 itself refuses another key or size.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
        """
        post = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": "application/octet-stream"},
            Conditions=[
                {"Content-Type": "application/octet-stream"},
                ["content-length-range", 1, max_bytes],
            ],
            ExpiresIn=lifetime,
        )
        return UploadForm(post["url"], post["fields"])

    def download_link(self, key: str, *, file_name: str, lifetime: int) -> str:
        """See `gas.storage_ports.SignedAccess`."""
        disposition = f'attachment; filename="{file_name}"'
        parameters = {"Bucket": self._bucket, "Key": key, "ResponseContentDisposition": disposition}
        link: str = self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=lifetime)
        return link


def _found(error: ClientError, key: str) -> Exception:
    return NotFound(f"no object {key}") if code_of(error) in MISSING else error
