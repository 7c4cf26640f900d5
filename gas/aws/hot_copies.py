"""Hot copies read by ranges, and written in parts from what is fetched elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gas.aws.byte_spans import Fetch, read_again
from gas.aws.clients import code_of
from gas.aws.objects import MISSING
from gas.aws.part_sizes import part_size
from gas.aws.sending_parts import Part, send_parts
from gas.errors import NotFound
from gas.jobs import ResultFile


class HotCopies:
    """The hot result files of one bucket.

    Needs ``s3:GetObject`` and ``s3:PutObject`` on the results, and ``s3:AbortMultipartUpload`` for a copy
    that turned out wrong; ``s3:ListBucket``, so that an absent object is a 404.
    """

    def __init__(self, client: Any, bucket: str, block: int) -> None:
        self._client = client
        self._bucket = bucket
        self._block = block

    def reader(self, file: ResultFile) -> Fetch:
        """Reads the hot copy.

        The reader raises `NotFound` if there is none, and ValueError if it is not of the recorded size.
        """

        def fetch(start: int, size: int) -> bytes:
            data = read_again(lambda: self._range(file, start, size))
            if len(data) != size:
                raise not_as_recorded(file)
            return data

        return fetch

    def write(self, file: ResultFile, key: str, fetch: Fetch) -> None:
        """Store what is fetched under a key; nothing is there before all of it has the recorded digest.

        :raises ValueError: it has another digest.
        """
        if file.size <= self._block:
            self._write_at_once(file, key, fetch(0, file.size))
        else:
            self._write_in_parts(file, key, fetch)

    def _range(self, file: ResultFile, start: int, size: int) -> bytes:
        place = {"Bucket": self._bucket, "Key": file.key, "Range": f"bytes={start}-{start + size - 1}"}
        try:
            answer = self._client.get_object(**place)
        except ClientError as error:
            if code_of(error) == "InvalidRange":
                raise not_as_recorded(file) from error
            raise (NotFound(f"no object {file.key}") if code_of(error) in MISSING else error) from error
        if not answer["ContentRange"].endswith(f"/{file.size}"):
            raise not_as_recorded(file)
        data: bytes = answer["Body"].read()
        return data

    def _write_at_once(self, file: ResultFile, key: str, data: bytes) -> None:
        digest = hashlib.sha256(data)
        if digest.hexdigest() != file.sha256:
            raise not_as_recorded(file)
        # S3 refuses what does not have this digest when it arrives.
        checksum = base64.b64encode(digest.digest()).decode()
        self._client.put_object(**self._target(key), Body=data, ChecksumSHA256=checksum)

    def _write_in_parts(self, file: ResultFile, key: str, fetch: Fetch) -> None:
        target = {"Bucket": self._bucket, "Key": key}
        begun = self._client.create_multipart_upload(
            **self._target(key), ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT"
        )
        upload = {**target, "UploadId": begun["UploadId"]}
        try:
            self._send_and_complete(file, upload, fetch)
        except BaseException:
            # What is left after a crash is removed by the bucket's own rule (``ecs/templates``).
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(**upload)
            raise

    def _send_and_complete(self, file: ResultFile, upload: Mapping[str, str], fetch: Fetch) -> None:
        sent: dict[int, dict[str, Any]] = {}

        def send(part: Part) -> None:
            number = part.index + 1
            answer = self._client.upload_part(
                **upload, PartNumber=number, Body=part.body, ChecksumAlgorithm="CRC32"
            )
            sent[number] = {
                "PartNumber": number,
                "ETag": answer["ETag"],
                "ChecksumCRC32": answer["ChecksumCRC32"],
            }

        each = part_size(file.size, self._block)
        if send_parts(fetch, file.size, each, self._block, send).sha256 != file.sha256:
            raise not_as_recorded(file)
        parts = [sent[number] for number in sorted(sent)]
        self._client.complete_multipart_upload(
            **upload, MultipartUpload={"Parts": parts}, MpuObjectSize=file.size, ChecksumType="FULL_OBJECT"
        )

    def _target(self, key: str) -> dict[str, str]:
        kind = "application/gzip" if key.endswith(".gz") else "application/octet-stream"
        return {"Bucket": self._bucket, "Key": key, "ContentType": kind}


def not_as_recorded(file: ResultFile) -> ValueError:
    """For a copy whose bytes are not those that the annotator recorded."""
    return ValueError(f"{file.name} is not what was recorded")
