"""A vault and a bucket as their clients see them, in memory, and a process that may end at any call.

Only what the adapter uses, as strict as the service where that matters to it:
https://docs.aws.amazon.com/amazonglacier/latest/dev/amazon-glacier-api.html
"""

# ruff: noqa: N803 - the arguments have the names that AWS gave them.

from __future__ import annotations

import io
import threading
from itertools import count
from typing import Any

from botocore.exceptions import ClientError
from botocore.utils import calculate_tree_hash

from gas.aws.glacier_vault import GlacierVaultStorage
from gas.aws.part_sizes import MIB

TOPIC = "arn:aws:sns:us-east-1:123456789012:gas-restore-completed"


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "operation")


def tree_hash(data: bytes) -> str:
    return calculate_tree_hash(io.BytesIO(data))


class Pages:
    """Two entries a page, as the lists of a vault come in pages."""

    def __init__(self, name: str, entries: Any, **rest: Any) -> None:
        self.name, self.entries, self.rest = name, entries, rest

    def paginate(self, **parameters: Any) -> Any:
        listed = self.entries(**parameters)
        for at in range(0, max(len(listed), 1), 2):
            yield {self.name: listed[at : at + 2], **self.rest}


class VaultService:
    """The client of a vault.

    :ivar archives: bytes and description of each archive.
    :ivar uploads: parts, description and part size of each upload that is under way.
    :ivar became: the archive that a complete upload became; forgotten after a while.
    :ivar jobs: what DescribeJob says.
    :ivar output: what each retrieval gives.
    :ivar refused: codes with which the next requests for a retrieval are refused.
    :ivar damage: how many of the next transfers come damaged.
    """

    def __init__(self) -> None:
        self.archives: dict[str, tuple[bytes, str]] = {}
        self.uploads: dict[str, tuple[dict[int, bytes], str, int]] = {}
        self.became: dict[str, str] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.output: dict[str, bytes] = {}
        self.refused: list[str] = []
        self.damage = 0
        self.parts_sent = 0
        self.outputs_read = 0
        self._numbers = count(1)

    def describe_vault(self, vaultName):
        return {}

    def upload_archive(self, vaultName, archiveDescription, checksum, body):
        assert body, "a vault takes no empty archive"
        assert checksum == tree_hash(body)
        return self._add(body, archiveDescription)

    def delete_archive(self, vaultName, archiveId):
        if self.archives.pop(archiveId, None) is None:
            raise refusal("ResourceNotFoundException")

    def initiate_multipart_upload(self, vaultName, archiveDescription, partSize):
        name = f"upload-{next(self._numbers)}"
        self.uploads[name] = ({}, archiveDescription, int(partSize))
        return {"uploadId": name}

    def upload_multipart_part(self, vaultName, uploadId, range, checksum, body):  # noqa: A002
        parts, _, size = self._upload(uploadId)
        data = b"".join(iter(lambda: body.read(MIB), b""))
        first, last = map(int, range.removeprefix("bytes ").removesuffix("/*").split("-"))
        assert first % size == 0
        assert len(data) == last - first + 1 <= size
        self.parts_sent += 1
        if self._is_damaged() or checksum != tree_hash(data):
            raise refusal("InvalidParameterValueException")
        parts[first] = data
        return {"checksum": checksum}

    def complete_multipart_upload(self, vaultName, uploadId, archiveSize, checksum):
        if self.became.get(uploadId) in self.archives:
            return self._answer(self.became[uploadId])
        parts, description, _ = self._upload(uploadId)
        data = b"".join(part for _, part in sorted(parts.items()))
        if len(data) != int(archiveSize) or checksum != tree_hash(data):
            raise refusal("InvalidParameterValueException")
        del self.uploads[uploadId]
        answer = self._add(data, description)
        self.became[uploadId] = answer["archiveId"]
        return answer

    def abort_multipart_upload(self, vaultName, uploadId):
        self._upload(uploadId)
        del self.uploads[uploadId]

    def initiate_job(self, vaultName, jobParameters):
        if self.refused:
            raise refusal(self.refused.pop(0))
        if jobParameters["ArchiveId"] not in self.archives:
            raise refusal("ResourceNotFoundException")
        assert jobParameters["SNSTopic"] == TOPIC
        name = f"job-{next(self._numbers)}"
        data = self.archives[jobParameters["ArchiveId"]][0]
        self.output[name] = data
        self.jobs[name] = {
            "JobId": name,
            "JobDescription": jobParameters["Description"],
            "Action": "ArchiveRetrieval",
            "ArchiveId": jobParameters["ArchiveId"],
            "StatusCode": "InProgress",
            "RetrievalByteRange": f"0-{len(data) - 1}",
            "Tier": jobParameters["Tier"],
        }
        return {"jobId": name}

    def describe_job(self, vaultName, jobId):
        if jobId not in self.jobs:
            raise refusal("ResourceNotFoundException")
        return self.jobs[jobId]

    def get_job_output(self, vaultName, jobId, range):  # noqa: A002
        assert self.describe_job(vaultName, jobId)["StatusCode"] == "Succeeded"
        first, last = map(int, range.removeprefix("bytes=").split("-"))
        data = self.output[jobId][first : last + 1]
        self.outputs_read += 1
        sent = bytes(len(data)) if self._is_damaged() else data
        return {"body": io.BytesIO(sent), "checksum": tree_hash(data)}

    def get_paginator(self, operation):
        if operation == "list_jobs":
            return Pages("JobList", lambda vaultName: list(self.jobs.values()))
        if operation == "list_parts":
            return _Parts(self)
        return Pages(
            "UploadsList",
            lambda vaultName: [
                {"MultipartUploadId": name, "ArchiveDescription": upload[1]}
                for name, upload in self.uploads.items()
            ],
        )

    def end_jobs(self, status: str = "Succeeded") -> None:
        """Let every retrieval that is under way end."""
        for job in self.jobs.values():
            if job["StatusCode"] == "InProgress":
                job["StatusCode"] = status

    def upload_of(self, name: str):
        return self._upload(name)

    def _upload(self, name: str):
        if name not in self.uploads:
            raise refusal("ResourceNotFoundException")
        return self.uploads[name]

    def _add(self, data: bytes, description: str):
        name = f"archive-{next(self._numbers)}"
        self.archives[name] = (data, description)
        return self._answer(name)

    def _answer(self, name: str):
        return {"archiveId": name, "checksum": tree_hash(self.archives[name][0])}

    def _is_damaged(self) -> bool:
        self.damage -= 1
        return self.damage >= 0


class _Parts:
    def __init__(self, vault: VaultService) -> None:
        self.vault = vault

    def paginate(self, vaultName, uploadId):
        parts, _, size = self.vault.upload_of(uploadId)
        listed = [
            {"RangeInBytes": f"{start}-{start + len(data) - 1}", "SHA256TreeHash": tree_hash(data)}
            for start, data in sorted(parts.items())
        ]
        yield from Pages("Parts", lambda: listed, PartSizeInBytes=size).paginate()


class BucketService:
    """The client of a bucket; an upload in parts is no object before it is complete."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self._numbers = count(1)

    def get_object(self, Bucket, Key, Range):
        if Key not in self.objects:
            raise refusal("NoSuchKey")
        data = self.objects[Key]
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        return {
            "Body": io.BytesIO(data[first : last + 1]),
            "ContentRange": f"bytes {first}-{last}/{len(data)}",
        }

    def put_object(self, Bucket, Key, ContentType, Body, ChecksumSHA256):
        self.objects[Key] = Body

    def create_multipart_upload(self, Bucket, Key, ContentType, ChecksumAlgorithm, ChecksumType):
        name = f"upload-{next(self._numbers)}"
        self.uploads[name] = {}
        return {"UploadId": name}

    def upload_part(self, Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm):
        self.uploads[UploadId][PartNumber] = b"".join(iter(lambda: Body.read(MIB), b""))
        return {"ETag": str(PartNumber), "ChecksumCRC32": ""}

    def complete_multipart_upload(self, Bucket, Key, UploadId, MultipartUpload, MpuObjectSize, ChecksumType):
        parts = self.uploads.pop(UploadId)
        assert [part["PartNumber"] for part in MultipartUpload["Parts"]] == sorted(parts)
        self.objects[Key] = b"".join(parts[number] for number in sorted(parts))

    def abort_multipart_upload(self, Bucket, Key, UploadId):
        self.uploads.pop(UploadId)


class Ended(BaseException):
    """The process has ended."""


class Process:
    """A process that ends at one of its calls.

    :param moment: 0 is just before the first call, 1 just after it, 2 just before the second, and so on;
        None for a process that lives on.
    """

    def __init__(self, moment: int | None = None) -> None:
        self.ended = False
        self._moments = count()
        self._last = moment
        self._lock = threading.Lock()

    def leave(self, call: Any) -> Any:
        self._pass()
        answer = call()
        self._pass()
        return answer

    def _pass(self) -> None:
        with self._lock:
            self.ended = self.ended or next(self._moments) == self._last
            if self.ended:
                raise Ended

    def client(self, service: Any) -> Any:
        return _Client(self, service)


class _Client:
    def __init__(self, process: Process, service: Any) -> None:
        self._process, self._service = process, service

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self._service, operation)
        return lambda *given, **named: self._process.leave(lambda: method(*given, **named))


def open_vault(
    vault: VaultService, bucket: BucketService, process: Process | None = None
) -> GlacierVaultStorage:
    """The adapter with blocks of one MiB, in this process."""
    process = process or Process()
    return GlacierVaultStorage(
        process.client(vault), process.client(bucket), vault="v", bucket="b", topic=TOPIC, block=MIB
    )
