"""Cold storage in a vault of Amazon Glacier, the service that is older than the storage classes of S3.

It takes no new customers since December 2025; who has a vault can go on using it:
https://docs.aws.amazon.com/amazonglacier/latest/dev/introduction.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError
from botocore.utils import calculate_tree_hash

from gas.aws.clients import code_of, proving
from gas.aws.hot_copies import HotCopies, not_as_recorded
from gas.aws.part_sizes import BLOCK_BYTES, part_size
from gas.aws.sending_parts import Digests, Part, send_parts
from gas.aws.vault_retrievals import VAULT, VaultRetrievals
from gas.aws.vault_uploads import NOT_FOUND, Upload, VaultUploads
from gas.errors import NotFound, NotYet
from gas.jobs import ResultFile
from gas.storage_ports import Retrieval


class GlacierVaultStorage:
    """`gas.storage_ports.ColdStorage` in a vault; the hot copies are in a bucket.

    Every byte passes through this process, in blocks of which a few are in memory. An archive is described
    by its archive key, so that an inventory of the vault tells what it is.

    Needs what `VaultUploads`, `VaultRetrievals` and `HotCopies` need, ``glacier:DeleteArchive`` to
    discard, and ``glacier:DescribeVault`` for `verify`.

    :param topic: ARN of the topic on which Amazon Glacier says that a retrieval has ended.
    :param block: bytes of the smallest part, a power of two of MiB; files up to this go in one request.
    """

    name = VAULT

    def __init__(
        self, glacier: Any, s3: Any, *, vault: str, bucket: str, topic: str = "", block: int = BLOCK_BYTES
    ) -> None:
        self._client = glacier
        self._vault = vault
        self._block = block
        self._uploads = VaultUploads(glacier, vault)
        self._retrievals = VaultRetrievals(glacier, vault, topic)
        self._hot = HotCopies(s3, bucket, block)

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:
        """See `gas.storage_ports.ColdStorage`.

        An upload in parts goes on where an earlier attempt ended, and even one that was completed is found
        again for a short time. A small file goes in one request, and a crash right after it leaves an
        archive that nobody knows; ``python -m services.archiver.audit_vault`` finds it.
        """
        if file.size <= self._block:
            return self._store_at_once(file, archive_key)
        return self._store_in_parts(file, archive_key, note_upload)

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:
        """See `gas.storage_ports.ColdStorage`."""
        return self._retrievals.find(file) or self._retrievals.ask(file.archive_id, job_id, tier)

    def bring_back(self, file: ResultFile, key: str) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        known = self._retrievals.find(file)
        if known is None or not known.ready:
            raise NotYet(f"{file.name} is not readable yet")
        self._hot.write(file, key, self._retrievals.reader(known.retrieval_id))

    def discard(self, file: ResultFile) -> None:
        """See `gas.storage_ports.ColdStorage`.

        An upload that was completed and not recorded is found as long as the hot copy is there.
        """
        archive_id = file.archive_id or self._give_up(file)
        if not archive_id:
            return
        try:
            self._client.delete_archive(vaultName=self._vault, archiveId=archive_id)
        except ClientError as error:
            if code_of(error) != NOT_FOUND:
                raise

    def verify(self) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        with proving(f"vault {self._vault!r}"):
            self._client.describe_vault(vaultName=self._vault)

    def _give_up(self, file: ResultFile) -> str:
        """Abort the recorded upload; if it is an archive by now, the id of that."""
        if not file.upload_id:
            return ""
        if self._uploads.find(file.upload_id):
            self._uploads.abort(file.upload_id)
            return ""
        try:
            return self._completed_before(file)
        except (NotFound, ValueError):
            return ""

    def _store_at_once(self, file: ResultFile, archive_key: str) -> str:
        data = self._hot.reader(file)(0, file.size)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise not_as_recorded(file)
        return self._uploads.send_whole(data, calculate_tree_hash(BytesIO(data)), archive_key)

    def _store_in_parts(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:
        upload = self._uploads.find(file.upload_id) if file.upload_id else None
        if upload is None and file.upload_id and (archive_id := self._completed_before(file)):
            return archive_id
        if upload is None:
            upload = self._begin(file, archive_key, note_upload)
        digests = self._send(file, upload)
        return self._uploads.complete(upload.upload_id, file.size, digests.tree_hash)

    def _completed_before(self, file: ResultFile) -> str:
        """The archive that the recorded upload became, if the vault still tells; the hot copy is read."""
        digests = self._read(file, part_size(file.size, self._block), lambda _: None)
        return self._uploads.completed_before(file.upload_id, file.size, digests.tree_hash)

    def _begin(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> Upload:
        """Begin an upload and have it recorded; whatever other one of this file there is, nobody knows."""
        upload = self._uploads.begin(archive_key, part_size(file.size, self._block))
        try:
            note_upload(upload.upload_id)
        except Exception:
            self._uploads.abort(upload.upload_id)
            raise
        self._uploads.abort_others(upload, archive_key)
        return upload

    def _send(self, file: ResultFile, upload: Upload) -> Digests:
        """Send what the vault does not have; nothing of a file that is not what was recorded is kept."""
        try:
            return self._read(file, upload.part_size, lambda part: self._uploads.send(upload, part))
        except (ValueError, NotFound):
            self._uploads.abort(upload.upload_id)
            raise

    def _read(self, file: ResultFile, each: int, send: Callable[[Part], None]) -> Digests:
        block = min(each, self._block)
        digests = send_parts(self._hot.reader(file), file.size, each, block, send)
        if digests.sha256 != file.sha256:
            raise not_as_recorded(file)
        return digests
