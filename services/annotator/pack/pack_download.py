"""The files of a pack in S3, each verified while it comes."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING, BinaryIO, cast

from gas.errors import Misconfigured, NotFound
from services.annotator.pack.pack import MANIFEST_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from gas.storage_ports import ObjectStore
    from services.annotator.pack.manifest import PackFile
    from services.annotator.pack.pack_address import PackAddress

# A manifest with a hundred thousand contigs has 30 MB; what is larger is something else.
MAX_MANIFEST_BYTES = 1 << 28


def download_manifest(objects: ObjectStore, address: PackAddress) -> bytes:
    """The text of the manifest at an address.

    :raises Misconfigured: if there is none.
    """
    buffer = io.BytesIO()
    try:
        objects.download(address.key(MANIFEST_NAME), buffer, limit=MAX_MANIFEST_BYTES)
    except NotFound as error:
        raise Misconfigured(f"There is no pack at {address}: it has no {MANIFEST_NAME}.") from error
    return buffer.getvalue()


def download_file(file: PackFile, path: Path, objects: ObjectStore, address: PackAddress) -> None:
    """Download a file under another name, which it keeps until its digest was found to be right.

    :raises Misconfigured: if it is not there, or has another digest.
    """
    beside = path.with_name(f".{path.name}")
    try:
        with beside.open("wb") as stream:
            verifier = _Verifier(stream)
            objects.download(address.key(file.name), cast("BinaryIO", verifier), limit=None)
            stream.flush()
            os.fsync(stream.fileno())
    except NotFound as error:
        raise Misconfigured(f"The pack {address} is incomplete: {file.name} is missing.") from error
    if verifier.hexdigest() != file.sha256:
        beside.unlink()
        raise Misconfigured(f"The pack {address} is damaged: {file.name} does not have its digest.")
    beside.rename(path)


class _Verifier:
    """A file that can be written from its start to its end alone, so that it can be hashed on the way."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._stream.write(data)

    def seekable(self) -> bool:
        return False

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
