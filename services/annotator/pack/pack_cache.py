"""Packs of S3 on the disk of a worker.

A folder is named by the digest of its pack, so that a new version is another folder::

    <cache>/<digest>/      a whole pack, each file verified as it came
    <cache>/<digest>.part/ one whose download goes on or was cut off: the files in it are whole
    <cache>/<digest>.lock  shared by all who use or download the pack, claimed by who removes it
    <cache>/download.lock  claimed by who downloads: one pack at a time, for which there is room

Locks (flock) end with the process that holds them, however it ends. The age of a ``.lock`` file tells
when its pack was last taken. The folder has to be on a local disk.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Self

from gas.errors import Misconfigured
from services.annotator.pack.disk_lock import DiskLock
from services.annotator.pack.pack import MANIFEST_NAME, Pack, load_pack, read_manifest
from services.annotator.pack.pack_download import download_file, download_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from gas.storage_ports import ObjectStore
    from services.annotator.pack.pack_address import PackAddress


class HeldPack:
    """A pack on the disk that stays there as long as it is held: until `release`, or the process ends."""

    def __init__(self, pack: Pack, lock: DiskLock) -> None:
        self.pack = pack
        self._lock = lock

    def release(self) -> None:
        """The pack may be removed from now on."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class PackCache:
    """Packs on the disk, at most so many bytes of them; processes may share one folder.

    :param max_bytes: of all packs together; the one that was taken longest ago is removed first, and none
        that anybody holds.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def hold(self, objects: ObjectStore, address: PackAddress) -> HeldPack:
        """The pack that is at an address now, downloaded unless it is on the disk.

        While another process downloads a pack into the same folder, this one waits for it.

        :param objects: the bucket of the address.
        :raises Misconfigured: if there is no pack, it is damaged, or there is no room for it.
        """
        text = download_manifest(objects, address)
        digest = hashlib.sha256(text).hexdigest()
        pack = read_manifest(self._folder / digest, text)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"The folder of the packs cannot be made: {error}.") from error
        lock = DiskLock(self._folder / f"{digest}.lock")
        lock.share()
        try:
            if not pack.folder.is_dir():
                self._download_once(pack, text, objects, address)
            lock.touch()
            return HeldPack(load_pack(pack.folder), lock)
        except BaseException:
            lock.release()
            raise

    def _download_once(self, pack: Pack, text: bytes, objects: ObjectStore, address: PackAddress) -> None:
        """Download a pack unless another process did while this one waited for it."""
        lock = DiskLock(self._folder / "download.lock")
        try:
            lock.claim()
            if not pack.folder.is_dir():
                self._download(pack, text, objects, address)
        finally:
            lock.release()

    def _download(self, pack: Pack, text: bytes, objects: ObjectStore, address: PackAddress) -> None:
        part = self._folder / f"{pack.digest}.part"
        self._make_room(pack, address)
        part.mkdir(exist_ok=True)
        for file in pack.files:
            path = part / file.name
            if not path.is_file():
                path.parent.mkdir(exist_ok=True)
                download_file(file, path, objects, address)
        with (part / MANIFEST_NAME).open("wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.rename(pack.folder)

    def _make_room(self, pack: Pack, address: PackAddress) -> None:
        """Remove packs that nobody holds until this one fits."""
        needed = sum(file.size for file in pack.files)
        if needed > self._max_bytes:
            raise Misconfigured(
                f"The pack {address} has {needed:,} bytes; packs may have {self._max_bytes:,} on this disk."
            )
        others = {digest: size for digest, size in self._sizes().items() if digest != pack.digest}
        for digest in sorted(others, key=self._last_taken):
            if needed + sum(others.values()) <= self._max_bytes:
                return
            if self._remove(digest):
                others.pop(digest)
        if needed + sum(others.values()) > self._max_bytes:
            raise Misconfigured(
                f"The pack {address} has {needed:,} bytes; the packs in use leave less of the "
                f"{self._max_bytes:,} that packs may have on this disk."
            )

    def _sizes(self) -> dict[str, int]:
        """Bytes on the disk by digest, whole packs and others."""
        sizes: dict[str, int] = {}
        for folder in self._folder.iterdir():
            if folder.is_dir():
                digest = folder.name.removesuffix(".part")
                sizes[digest] = sizes.get(digest, 0) + sum(_file_sizes(folder))
        return sizes

    def _last_taken(self, digest: str) -> float:
        try:
            return (self._folder / f"{digest}.lock").stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def _remove(self, digest: str) -> bool:
        """Remove a pack unless somebody holds it."""
        lock = DiskLock(self._folder / f"{digest}.lock")
        try:
            if not lock.try_claim():
                return False
            whole, part = self._folder / digest, self._folder / f"{digest}.part"
            if whole.is_dir():
                # What is half removed must not look like a pack.
                shutil.rmtree(part, ignore_errors=True)
                whole.rename(part)
            shutil.rmtree(part, ignore_errors=True)
        finally:
            lock.release()
        return True


def _file_sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                yield path.stat().st_size
        except FileNotFoundError:
            continue  # Another process has renamed or removed it.
