"""Copies of result files on a local disk, shared by the server processes and cleared when it is full.

A copy is named by its SHA-256 digest, so it is of the right file for ever and nothing has to be renewed. It
is written aside, compared with the digest of the job's record, and renamed; who uses it holds a shared lock,
and only a copy that nobody uses is removed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

import structlog

from gas.errors import Misconfigured
from gas.jobs import ResultFile
from gas.storage_ports import ObjectStream
from services.web.refusals import Refusal
from services.web.viewer.engine import Busy
from services.web.viewer.file_lock import OpenFile, alone

log = structlog.get_logger()

#: How long to wait for a copy that another thread or process is fetching.
PATIENCE_SECONDS = 20.0

#: Files of different names rarely wait for each other, and the locks stay few.
_LOCK_DIGITS = 2

_SUFFIX, _PARTIAL = ".parquet", ".partial"


class TooLargeToShow(Refusal):
    """The file does not fit on the disk of the web servers."""

    status = 409
    code = "too_large_to_show"


class NotWhole(Refusal):
    """What came from storage is not what was recorded."""

    status = 503
    code = "not_whole"


class DiskCache:
    """Files of at most so many bytes together, in one folder.

    :param patience: seconds to wait for others.
    """

    def __init__(
        self, folder: Path, most: int, objects: ObjectStream, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self.folder = folder
        self._most = most
        self._objects = objects
        self._patience = patience

    def verify(self) -> None:
        """Prove that the folder can be written to, or raise `Misconfigured`."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise Misconfigured(f"GAS_SCRATCH cannot be written to: {error}") from error

    @contextmanager
    def using(self, file: ResultFile) -> Iterator[Path]:
        """Where the copy of a file is, fetched if need be; it stays there for as long as this lasts.

        :raises NotFound: it is not in storage any more.
        :raises TooLargeToShow: it is larger than the whole cache.
        :raises Busy: the disk is full of files in use, or the file is taking long to come.
        :raises NotWhole: its bytes are not those that the record tells of.
        """
        with self._found(file) or self._fetched(file) as copy:
            os.utime(copy.descriptor)
            yield copy.path

    def _found(self, file: ResultFile) -> OpenFile | None:
        """The copy, shared; None if there is none."""
        try:
            copy = OpenFile(self.folder / f"{file.sha256}{_SUFFIX}")
        except FileNotFoundError:
            return None
        copy.share()
        if copy.is_there():
            return copy
        copy.__exit__()  # It was removed between the two steps.
        return None

    def _fetched(self, file: ResultFile) -> OpenFile:
        """The copy, shared, fetched by one for all who ask."""
        if file.size > self._most:
            raise TooLargeToShow(
                "This table is too large to be shown here. Please download the Parquet file instead."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self.folder / f"fetch-{file.sha256[:_LOCK_DIGITS]}.lock"
        with alone(lock, self._patience, _still_coming):
            return self._found(file) or self._fetch(file)

    def _fetch(self, file: ResultFile) -> OpenFile:
        partial = self._reserve(file.size)
        try:
            self._copy(file, partial)
            os.fsync(partial.descriptor)
            target = self.folder / f"{file.sha256}{_SUFFIX}"
            partial.path.rename(target)
            partial.path = target
            partial.share()
        except BaseException:
            partial.path.unlink(missing_ok=True)
            partial.__exit__()
            raise
        if not partial.is_there():  # Nobody had it for a moment, in which somebody needed the room.
            partial.__exit__()
            raise Busy
        return partial

    def _copy(self, file: ResultFile, target: OpenFile) -> None:
        digest, size = hashlib.sha256(), 0
        for chunk in self._objects.stream(file.key):
            digest.update(chunk)
            os.pwrite(target.descriptor, chunk, size)
            size += len(chunk)
            if size > file.size:
                break
        if (size, digest.hexdigest()) != (file.size, file.sha256):
            log.error("viewer.not_whole", key=file.key, size=size, expected=file.size)
            raise NotWhole("The table did not come whole from storage. Please try again in a minute.")

    @contextmanager
    def scratch(self, size: int) -> Iterator[OpenFile]:
        """A new file for what is made of a copy, with room for about this size; it goes when this ends."""
        with self._reserve(size) as file:
            try:
                yield file
            finally:
                file.path.unlink(missing_ok=True)

    def _reserve(self, size: int) -> OpenFile:
        """A new file of this size that nobody else has, with room for it."""
        with alone(self.folder / "room.lock", self._patience, Busy):
            self._make_room(size)
            partial = OpenFile(self.folder / f"{uuid4()}{_PARTIAL}", os.O_RDWR | os.O_CREAT | os.O_EXCL)
            assert partial.claim()
            os.ftruncate(partial.descriptor, size)
            return partial

    def _make_room(self, size: int) -> None:
        """Remove what a dead process left, then what was not used for longest, as far as needed."""
        for path in self.folder.glob(f"*{_PARTIAL}"):
            _remove_unused(path)
        copies = sorted(_sizes(self.folder), key=lambda entry: entry[0])
        left = self._most - size - sum(taken for _, taken, _ in copies)
        for _, taken, path in copies:
            if left >= 0:
                return
            if _remove_unused(path):
                left += taken
        if left < 0:
            raise Busy("The disk for tables is full of tables in use. Please try again in a minute.")


def _sizes(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """When each file was used, its size, and where it is."""
    for path in folder.iterdir():
        if path.suffix in {_SUFFIX, _PARTIAL}:
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            yield status.st_mtime_ns, status.st_size, path


def _remove_unused(path: Path) -> bool:
    """Remove a file unless somebody has it; whether it is gone."""
    try:
        with OpenFile(path) as file:
            if not file.claim():
                return False
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    return True


def _still_coming() -> Busy:
    return Busy("The table is being fetched from storage. Please try again in a moment.")
