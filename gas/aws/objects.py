"""Hot objects in S3, and addresses that let a browser reach one of them."""

from __future__ import annotations

import shutil
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from gas.aws.clients import code_of, proving
from gas.aws.versions import remove_for_good
from gas.errors import NotFound
from gas.storage_ports import StoredObject, UploadForm

MISSING = frozenset({"NoSuchKey", "404", "NotFound"})


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
