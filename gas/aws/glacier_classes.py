"""Cold storage in the S3 Glacier storage classes.

The cold copy is an object of its own beside the hot one, so that there is always a moment at which
both exist and are verified before one is removed, exactly as with a vault.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from gas.aws.clients import code_of, proving
from gas.aws.objects import MISSING
from gas.cold_stores import COLD_STORES, EXPEDITED, tiers_to_try
from gas.errors import Misconfigured, NotFound, NotYet
from gas.jobs import ResultFile
from gas.storage_ports import Retrieval

#: The largest object that one CopyObject copies; above it the copy is made in parts.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
MAX_SINGLE_COPY_BYTES = 5 * 1024**3

#: For how many days a retrieved object stays readable. It is copied back within minutes; the rest is
#: room for an outage of ours.
READABLE_DAYS = 2

STORAGE_CLASSES = ("GLACIER", "DEEP_ARCHIVE")

_NOT_READABLE = frozenset({"InvalidObjectState", "ObjectNotInActiveTierError"})
_NO_CAPACITY = "GlacierExpeditedRetrievalNotAvailable"
_IN_PROGRESS = "RestoreAlreadyInProgress"


class GlacierClassStorage:
    """`gas.storage_ports.ColdStorage` in the bucket that holds the hot results.

    Needs ``s3:GetObject`` and ``s3:PutObject`` on both prefixes to copy, ``s3:RestoreObject`` and
    ``s3:DeleteObject`` on the cold one, ``s3:AbortMultipartUpload`` for copies in parts, and
    ``s3:ListBucket`` so that an absent object is a 404.
    """

    def __init__(self, client: Any, bucket: str, *, storage_class: str = "GLACIER") -> None:
        if storage_class not in STORAGE_CLASSES:
            raise Misconfigured(f"GAS_COLD_STORE: {storage_class!r} is none of {', '.join(STORAGE_CLASSES)}")
        self._client = client
        self._bucket = bucket
        self.name = storage_class

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:  # noqa: ARG002
        """See `gas.storage_ports.ColdStorage`; a whole cold copy of an earlier attempt is not made again."""
        if not self._holds(archive_key, file):
            self._copy(file.key, archive_key, file, self.name)
        return archive_key

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:  # noqa: ARG002
        """See `gas.storage_ports.ColdStorage`."""
        head = self._head(file.archive_id)
        state = head.get("Restore")
        if state is None:
            return self._ask(file.archive_id, head["StorageClass"], tier)
        return Retrieval("", ready='ongoing-request="false"' in state)

    def bring_back(self, file: ResultFile, key: str) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        try:
            self._copy(file.archive_id, key, file, "STANDARD")
        except ClientError as error:
            if code_of(error) in _NOT_READABLE:
                raise NotYet(f"{file.archive_id} is not readable yet") from error
            raise

    def discard(self, file: ResultFile) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        self._client.delete_object(Bucket=self._bucket, Key=file.archive_id)

    def verify(self) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        with proving(f"bucket {self._bucket!r}"):
            self._client.head_bucket(Bucket=self._bucket)

    def _ask(self, archive_id: str, storage_class: str, wanted: str) -> Retrieval:
        for tier in tiers_to_try(storage_class, wanted):
            expected_seconds = COLD_STORES[storage_class].tiers[tier].usual_seconds
            request = {"Days": READABLE_DAYS, "GlacierJobParameters": {"Tier": tier}}
            try:
                self._client.restore_object(Bucket=self._bucket, Key=archive_id, RestoreRequest=request)
            except ClientError as error:
                if code_of(error) == _IN_PROGRESS:
                    return Retrieval("", ready=False)
                if code_of(error) != _NO_CAPACITY or tier != EXPEDITED:
                    raise
            else:
                return Retrieval(tier, ready=False, expected_seconds=expected_seconds)
        raise AssertionError("only the expedited tier is refused for want of capacity")

    def _holds(self, archive_key: str, file: ResultFile) -> bool:
        try:
            head = self._head(archive_key)
        except NotFound:
            return False
        cold = head.get("StorageClass") == self.name
        return cold and head["ContentLength"] == file.size and _digest_agrees(head, file)

    def _head(self, key: str) -> Any:
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            if code_of(error) in MISSING:
                raise NotFound(f"no object {key}") from error
            raise

    def _copy(self, source: str, target: str, file: ResultFile, storage_class: str) -> None:
        """Copy inside S3; no byte passes through this process.

        S3 computes the digest of the copy. It is the digest of the whole content only for a copy made in
        one piece; of a copy in parts S3 checks each part itself, and the size is compared here.
        """
        place = {"Bucket": self._bucket, "Key": source}
        extra = {"StorageClass": storage_class, "ChecksumAlgorithm": "SHA256"}
        try:
            if file.size <= MAX_SINGLE_COPY_BYTES:
                self._client.copy_object(Bucket=self._bucket, Key=target, CopySource=place, **extra)
            else:
                self._client.copy(place, self._bucket, target, ExtraArgs=extra)
        except ClientError as error:
            raise (NotFound(f"no object {source}") if code_of(error) in MISSING else error) from error
        head = self._head(target)
        if head["ContentLength"] != file.size or not _digest_agrees(head, file):
            raise ValueError(f"the copy {target} is not what was recorded for {file.name}")


def _digest_agrees(head: Any, file: ResultFile) -> bool:
    if head.get("ChecksumType", "FULL_OBJECT") != "FULL_OBJECT" or file.size > MAX_SINGLE_COPY_BYTES:
        return True
    expected = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    return bool(head.get("ChecksumSHA256") == expected)
