"""What the tests of the Glacier storage classes share: buckets, files, and what is left in a bucket."""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from dataclasses import dataclass, replace
from typing import Any

from gas.aws.glacier_classes import GlacierClassStorage
from gas.jobs import ResultFile
from tests.waiting import wait_for

MIB = 1024**2
#: The least part that S3 takes, so that a file of 6 MiB has two.
PART_BYTES = 5 * MIB
SMALL = b"##fileformat=VCFv4.2\n" * 50
LARGE = bytes(range(256)) * (6 * MIB // 256)
DESCRIPTION = {
    "ContentType": "application/gzip",
    "ContentDisposition": "attachment",
    "Metadata": {"job": "j 1"},
    "Tagging": "plan=free&note=a%20b",
}


@dataclass
class Bench:
    """One bucket and the client that it is reached by."""

    s3: Any
    bucket: str

    def cold(self, client: Any = None, **options: Any) -> GlacierClassStorage:
        """An adapter that copies what is larger than a part in parts."""
        limits = {"max_single_copy_bytes": PART_BYTES, "part_bytes": PART_BYTES}
        return GlacierClassStorage(client or self.s3, self.bucket, **{**limits, **options})

    def put(self, data: bytes, key: str, name: str = "x.vcf.gz", **options: Any) -> ResultFile:
        """A file in the bucket, as the record describes it."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=data, **{**DESCRIPTION, **options})
        return ResultFile(name=name, key=key, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    def put_restored(self, data: bytes) -> ResultFile:
        """A file in cold storage that can be brought back."""
        file = self.put(data, f"archive/{uuid.uuid4()}", StorageClass="GLACIER")
        kept = replace(file, archive_id=file.key)
        wait_for(lambda: self.cold().retrieve(kept, "j1", tier="Expedited").ready, "the retrieval")
        return kept

    def head(self, key: str) -> Any:
        return self.s3.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")

    def read(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def tags(self, key: str) -> dict[str, str]:
        tags = self.s3.get_object_tagging(Bucket=self.bucket, Key=key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in tags}

    def has_checksum_of(self, key: str, data: bytes) -> bool:
        """Whether the checksum of this object is that of the whole data; an archived one cannot be read."""
        head = self.head(key)
        sha256 = base64.b64encode(hashlib.sha256(data).digest()).decode()
        crc32 = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        found = (head.get("ChecksumSHA256"), head.get("ChecksumCRC32"))
        return found in {(sha256, None), (None, crc32)}

    def set_versioning(self, status: str) -> None:
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": status})

    def versions(self, key: str) -> int:
        """Versions and delete markers of exactly this key."""
        page = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        return sum(entry["Key"] == key for entry in entries)

    def uploads(self) -> int:
        """Unfinished uploads in parts."""
        return len(self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []))


def make_bench(s3: Any, versioning: str = "") -> Bench:
    """A bucket of its own; ``versioning`` is Enabled, Suspended, or empty if it never had any."""
    bench = Bench(s3, f"bench-{uuid.uuid4().hex[:12]}")
    s3.create_bucket(Bucket=bench.bucket)
    if versioning:
        bench.set_versioning(versioning)
    return bench


class Meddling:
    """A client of which some operations do something else."""

    def __init__(self, client: Any, **operations: Any) -> None:
        self._client = client
        self._operations = operations

    def __getattr__(self, name: str) -> Any:
        return self._operations.get(name) or getattr(self._client, name)
