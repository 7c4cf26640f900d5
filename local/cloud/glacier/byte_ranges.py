"""Byte ranges of archives, and the tree hashes of those that have one.

https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations-range.html
"""

import re
from dataclasses import dataclass

from local.cloud.glacier.archives import Archive
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.tree_hashes import MIB, is_node, root


@dataclass(frozen=True)
class ByteRange:
    """From the first byte to the last, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """In bytes."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def is_megabyte_aligned(wanted: ByteRange, size: int) -> bool:
    """Begins on a MiB; ends before one, or with the archive."""
    return wanted.first % MIB == 0 and ((wanted.last + 1) % MIB == 0 or wanted.last == size - 1)


def tree_hash(archive: Archive, wanted: ByteRange) -> str | None:
    """The hash of a part of an archive; None where the range is not aligned with the archive's tree."""
    if not is_megabyte_aligned(wanted, archive.size):
        return None
    first, last = wanted.first // MIB, wanted.last // MIB
    if not is_node(first, last, len(archive.leaves)):
        return None
    return root(archive.leaves[first : last + 1])


def read_retrieval_range(text: str | None, size: int) -> ByteRange:
    """RetrievalByteRange of a job; the whole archive when there is none."""
    if text is None:
        return ByteRange(0, size - 1)
    match = re.fullmatch(r"(\d{1,15})-(\d{1,15})", text)
    wanted = ByteRange(*map(int, match.groups())) if match else None
    if not wanted or not wanted.first <= wanted.last < size or not is_megabyte_aligned(wanted, size):
        raise invalid(f"Invalid retrieval byte range: {text}")
    return wanted


def read_download_range(text: str | None, size: int) -> ByteRange:
    """The Range header of a download, cut at the end of the output."""
    if text is None:
        return ByteRange(0, size - 1)
    match = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", text)
    if not match:
        raise invalid(f"Invalid range: {text}")
    first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    if first > last:
        raise invalid(f"Invalid range: {text}")
    return ByteRange(first, last)
