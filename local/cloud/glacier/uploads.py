"""An upload in parts, from its beginning to the archive that it becomes.

https://docs.aws.amazon.com/amazonglacier/latest/dev/uploading-archive-mpu.html
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.cloud.glacier.archives import Archive, new_id
from local.cloud.glacier.bodies import Body
from local.cloud.glacier.byte_ranges import ByteRange
from local.cloud.glacier.errors import invalid, not_found
from local.cloud.glacier.payloads import Payload
from local.cloud.glacier.switches import SWITCHES
from local.cloud.glacier.times import now
from local.cloud.glacier.tree_hashes import MIB
from local.cloud.glacier.whole_numbers import read_number

#: https://docs.aws.amazon.com/amazonglacier/latest/dev/uploading-archive-mpu.html#qfacts
SMALLEST_PART, LARGEST_PART = MIB, 4 * 1024 * MIB
MOST_PARTS = 10_000
UPLOAD_ID_LENGTH = 92


@dataclass(frozen=True)
class Part:
    """What is known of a part; its bytes are in the upload's one file."""

    place: ByteRange
    leaves: tuple[bytes, ...]


@dataclass(frozen=True)
class _End:
    """How an upload ended, and when: without an archive it was aborted."""

    at: float
    archive_id: str = ""
    size: int = 0
    tree_hash: str = ""


class Upload:
    """One upload; its parts come in any order, at the same time, and again."""

    def __init__(self, description: str, part_size: int) -> None:
        self.id, self.created = new_id(UPLOAD_ID_LENGTH), now()
        self.description, self.part_size = description, part_size
        self._parts: dict[int, Part] = {}
        self._body: Body | None = Body()
        self._end: _End | None = None
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Neither completed nor aborted."""
        return self._end is None

    def parts(self) -> list[Part]:
        """Those that have arrived, by their places."""
        with self._open():
            return [self._parts[first] for first in sorted(self._parts)]

    def check_place(self, place: ByteRange) -> None:
        """A part lies on a multiple of the part size, is not longer, and is one of the first 10,000."""
        number, offset = divmod(place.first, self.part_size)
        if offset or place.size > self.part_size or number >= MOST_PARTS:
            raise invalid(f"The part range {place} does not align with the part size {self.part_size}")

    def add(self, place: ByteRange, payload: Payload) -> None:
        """Take in a part that was verified; it replaces what was there."""
        with self._open() as body:
            body.copy_from(payload.body, payload.size, place.first)
            self._parts[place.first] = Part(place, payload.leaves)

    def complete(self, size: int, tree_hash: str) -> Archive | None:
        """The archive, to be kept; None if it was made a short time ago, see `archive_id`."""
        with self._lock:
            if self._end:
                self._check_repeated(self._end, size, tree_hash)
                return None
            archive = self._assemble()
            _check_whole(archive.size, archive.tree_hash, size, tree_hash)
            self._finish(_End(time.monotonic(), archive.id, size, tree_hash))
            return archive

    @property
    def archive_id(self) -> str:
        """Of the archive that a completed upload became."""
        return self._end.archive_id if self._end else ""

    def abort(self) -> None:
        """Forget all parts; for a short time this may be said again."""
        with self._lock:
            if self._end is None:
                self._finish(_End(time.monotonic()))
            elif self._end.archive_id or self._is_forgotten(self._end):
                raise unknown_upload(self.id)

    @contextmanager
    def _open(self) -> Iterator[Body]:
        with self._lock:
            if self._body is None:
                raise unknown_upload(self.id)
            yield self._body

    def _assemble(self) -> Archive:
        parts = [self._parts[first] for first in sorted(self._parts)]
        end = 0
        for part in parts:
            if part.place.first != end:
                raise invalid(f"The upload is not complete: the bytes from {end} on are missing")
            end += part.place.size
        if not parts or self._body is None:
            raise invalid("The upload has no parts")
        leaves = tuple(leaf for part in parts for leaf in part.leaves)
        return Archive(self._body, end, leaves, self.description)

    def _finish(self, end: _End) -> None:
        self._end, self._body = end, None
        self._parts.clear()

    def _check_repeated(self, end: _End, size: int, tree_hash: str) -> None:
        if not end.archive_id or self._is_forgotten(end):
            raise unknown_upload(self.id)
        _check_whole(end.size, end.tree_hash, size, tree_hash)

    def _is_forgotten(self, end: _End) -> bool:
        return time.monotonic() >= end.at + SWITCHES.repeat_seconds


def unknown_upload(upload_id: str) -> Exception:
    """404."""
    return not_found(f"The upload ID was not found: {upload_id}")


def check_part_size(text: str) -> int:
    """A number of MiB that is a power of two, from 1 MiB to 4 GiB; in bytes."""
    size = read_number(text, "part size")
    if not SMALLEST_PART <= size <= LARGEST_PART or size & (size - 1):
        raise invalid(f"Invalid part size: {text}")
    return size


def _check_whole(size: int, tree_hash: str, declared_size: int, declared_hash: str) -> None:
    if size != declared_size:
        raise invalid(f"The archive has {size} bytes, not {declared_size}")
    if tree_hash != declared_hash:
        raise invalid(f"Checksum mismatch: the SHA-256 tree hash is {tree_hash}, not {declared_hash}")
