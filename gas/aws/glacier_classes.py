"""Cold storage in the S3 Glacier storage classes.

The cold copy is an object of its own beside the hot one, so that there is always a moment at which
both exist and are verified before one is removed, exactly as with a vault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from gas.aws.clients import code_of, proving
from gas.aws.object_copies import HOT_CLASS, MAX_SINGLE_COPY_BYTES
from gas.aws.part_copies import PART_BYTES
from gas.aws.s3_copies import S3Copies, class_of
from gas.aws.versions import remove_for_good
from gas.cold_stores import COLD_STORES, EXPEDITED, tiers_to_try
from gas.errors import Misconfigured, NotYet
from gas.jobs import ResultFile
from gas.storage_ports import Retrieval

#: For how many days a retrieved object stays readable. It is copied back within minutes; the rest is
#: room for an outage of ours.
READABLE_DAYS = 2

STORAGE_CLASSES = ("GLACIER", "DEEP_ARCHIVE")

_NOT_READABLE = frozenset({"InvalidObjectState", "ObjectNotInActiveTierError"})
_NO_CAPACITY = "GlacierExpeditedRetrievalNotAvailable"
_IN_PROGRESS = "RestoreAlreadyInProgress"


class GlacierClassStorage:
    """`gas.storage_ports.ColdStorage` in the bucket that holds the hot results.

    The bucket may keep versions: what is removed leaves none. Throttling and failures of S3 are repeated by
    botocore a few times; after that they leave the message in its queue.

    Needs ``s3:GetObject``, ``s3:PutObject``, ``s3:GetObjectTagging`` and ``s3:PutObjectTagging`` on both
    prefixes to copy, ``s3:RestoreObject``, ``s3:DeleteObject`` and ``s3:DeleteObjectVersion`` on the cold
    one, ``s3:AbortMultipartUpload`` on both and ``s3:ListBucketMultipartUploads`` for copies in parts,
    ``s3:ListBucketVersions``, and ``s3:ListBucket`` so that an absent object is a 404.

    :param storage_class: where new copies go: GLACIER or DEEP_ARCHIVE. Copies in either are restored.
    :param min_bytes: the cold copy of a smaller file stays in the class STANDARD, which costs less than what
        Glacier keeps beside each object; it is ready at once.
    :param max_single_copy_bytes: larger files are copied in parts.
    :param part_bytes: size of a part.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        *,
        storage_class: str = "GLACIER",
        min_bytes: int = 0,
        max_single_copy_bytes: int = MAX_SINGLE_COPY_BYTES,
        part_bytes: int = PART_BYTES,
    ) -> None:
        if storage_class not in STORAGE_CLASSES:
            raise Misconfigured(f"GAS_COLD_STORE: {storage_class!r} is none of {', '.join(STORAGE_CLASSES)}")
        self._client = client
        self._bucket = bucket
        self._min_bytes = min_bytes
        self._copies = S3Copies(client, bucket, single_bytes=max_single_copy_bytes, part_bytes=part_bytes)
        self.name = storage_class

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:  # noqa: ARG002
        """See `gas.storage_ports.ColdStorage`; what is proven of the copy is said in `gas.aws.s3_copies`.

        A copy in parts is not gone on with after a crash but made anew: S3 copies a part in seconds.
        """
        storage_class = self.name if file.size >= self._min_bytes else HOT_CLASS
        self._copies.ensure(file.key, archive_key, file, storage_class)
        return archive_key

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:  # noqa: ARG002
        """See `gas.storage_ports.ColdStorage`.

        A restore that is in progress goes on at the tier that it was asked for at. S3 forgets a restored copy
        that expired, so that it is asked for like one that never was restored.
        """
        head = self._copies.head(file.archive_id)
        storage_class, state = class_of(head), head.get("Restore")
        if storage_class not in STORAGE_CLASSES:
            return Retrieval("", ready=True)
        if state is None:
            return self._ask(file.archive_id, storage_class, tier)
        return Retrieval("", ready='ongoing-request="false"' in state)

    def bring_back(self, file: ResultFile, key: str) -> None:
        """See `gas.storage_ports.ColdStorage`; a whole copy of an earlier attempt is not made again."""
        try:
            self._copies.ensure(file.archive_id, key, file, HOT_CLASS)
        except ClientError as error:
            if code_of(error) in _NOT_READABLE:
                raise NotYet(f"{file.archive_id} is not readable yet, or no more") from error
            raise

    def discard(self, file: ResultFile) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        remove_for_good(self._client, self._bucket, file.archive_id)

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
