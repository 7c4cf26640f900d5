"""Archives put into a vault of Amazon Glacier, at once or in parts.

https://docs.aws.amazon.com/amazonglacier/latest/dev/working-with-archives.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gas.aws.byte_spans import Damaged
from gas.aws.clients import code_of
from gas.aws.sending_parts import Part

#: How often a part is sent in all, beyond what the client itself repeats: one that was damaged on its way
#: is refused as a wrong parameter, which no client repeats.
PART_ATTEMPTS = 3

NOT_FOUND = "ResourceNotFoundException"
_UNKNOWN = frozenset({NOT_FOUND, "InvalidParameterValueException"})


@dataclass(frozen=True)
class Upload:
    """An upload in parts.

    :ivar part_size: bytes of each part but the last.
    :ivar sent: the tree hash of each part that the vault has, by where the part begins.
    """

    upload_id: str
    part_size: int
    sent: dict[int, str] = field(default_factory=dict)


class VaultUploads:
    """The uploads to one vault.

    Needs ``glacier:UploadArchive`` to store, ``glacier:InitiateMultipartUpload``,
    ``glacier:UploadMultipartPart`` and ``glacier:CompleteMultipartUpload`` to store in parts,
    ``glacier:ListParts`` to go on with an upload, ``glacier:ListMultipartUploads`` and
    ``glacier:AbortMultipartUpload`` to tidy up, ``glacier:DeleteArchive`` for an archive that is damaged.
    """

    def __init__(self, client: Any, vault: str) -> None:
        self._client = client
        self._vault = vault

    def send_whole(self, data: bytes, tree_hash: str, description: str) -> str:
        """Store a small archive in one request; its id."""
        answer = self._client.upload_archive(
            vaultName=self._vault, archiveDescription=description, checksum=tree_hash, body=data
        )
        return self._accepted(answer, tree_hash)

    def begin(self, description: str, part_size: int) -> Upload:
        """Begin an upload in parts of this size."""
        answer = self._client.initiate_multipart_upload(
            vaultName=self._vault, archiveDescription=description, partSize=str(part_size)
        )
        return Upload(answer["uploadId"], part_size)

    def find(self, upload_id: str) -> Upload | None:
        """An upload that an earlier attempt began; None if it is complete, aborted or too old."""
        sent = {}
        part_size = 0
        try:
            for page in self._pages("list_parts", uploadId=upload_id):
                part_size = page["PartSizeInBytes"]
                for part in page["Parts"]:
                    sent[int(part["RangeInBytes"].split("-")[0])] = part["SHA256TreeHash"]
        except ClientError as error:
            if code_of(error) in _UNKNOWN:
                return None
            raise
        return Upload(upload_id, part_size, sent)

    def send(self, upload: Upload, part: Part) -> None:
        """Send one part, unless the vault has it already."""
        for attempt in range(PART_ATTEMPTS):
            if upload.sent.get(part.start) == part.tree_hash:
                return
            try:
                self._send_once(upload, part)
            except (ClientError, BotoCoreError, Damaged) as error:
                if attempt == PART_ATTEMPTS - 1 or _is_unknown(error):
                    raise

    def complete(self, upload_id: str, size: int, tree_hash: str) -> str:
        """Make the archive; its id. For a short time the same question has the same answer."""
        answer = self._client.complete_multipart_upload(
            vaultName=self._vault, uploadId=upload_id, archiveSize=str(size), checksum=tree_hash
        )
        return self._accepted(answer, tree_hash)

    def completed_before(self, upload_id: str, size: int, tree_hash: str) -> str:
        """The archive that an upload became a short time ago; empty if the vault does not know any more."""
        try:
            return self.complete(upload_id, size, tree_hash)
        except ClientError as error:
            if code_of(error) in _UNKNOWN:
                return ""
            raise

    def abort(self, upload_id: str) -> None:
        """Forget an upload; nothing happens if it is gone."""
        try:
            self._client.abort_multipart_upload(vaultName=self._vault, uploadId=upload_id)
        except ClientError as error:
            if code_of(error) not in _UNKNOWN:
                raise

    def abort_others(self, upload: Upload, description: str) -> None:
        """Abort every upload of the same file that is not this one; those that are complete stay."""
        for page in self._pages("list_multipart_uploads"):
            for other in page["UploadsList"]:
                if other["MultipartUploadId"] != upload.upload_id and _is_of(other, description):
                    self.abort(other["MultipartUploadId"])

    def _send_once(self, upload: Upload, part: Part) -> None:
        part.body.seek(0)
        answer = self._client.upload_multipart_part(
            vaultName=self._vault,
            uploadId=upload.upload_id,
            range=f"bytes {part.start}-{part.start + part.size - 1}/*",
            checksum=part.tree_hash,
            body=part.body,
        )
        if answer["checksum"] != part.tree_hash:
            raise Damaged(f"the part at byte {part.start} has arrived damaged")
        upload.sent[part.start] = part.tree_hash

    def _accepted(self, answer: Mapping[str, str], tree_hash: str) -> str:
        archive_id = answer["archiveId"]
        if answer["checksum"] != tree_hash:
            self._client.delete_archive(vaultName=self._vault, archiveId=archive_id)
            raise Damaged(f"the archive {archive_id} has arrived damaged and was removed")
        return archive_id

    def _pages(self, operation: str, **parameters: str) -> Iterator[Any]:
        pages = self._client.get_paginator(operation).paginate(vaultName=self._vault, **parameters)
        return iter(pages)


def _is_of(upload: Mapping[str, Any], description: str) -> bool:
    return upload.get("ArchiveDescription") == description


def _is_unknown(error: Exception) -> bool:
    return isinstance(error, ClientError) and code_of(error) == NOT_FOUND
