"""The CHECKSUMS files of Ensembl: what ``sum`` prints, with BSD's algorithm, for each file of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gas.errors import InvalidInput

CHECKSUMS_NAME = "CHECKSUMS"

# The unit of the second column (GNU coreutils, sum invocation).
_BLOCK_BYTES = 1024
_PIECE_BYTES = 1 << 20
_MASK = 0xFFFF

# Each state rotated right by one of its 16 bits: a look-up is faster than the two shifts.
_ROTATED = [(state >> 1) | ((state & 1) << 15) for state in range(_MASK + 1)]


class Sum(NamedTuple):
    """A line.

    :ivar checksum: of 16 bits.
    :ivar blocks: of 1024 bytes, the last one counted whole.
    """

    checksum: int
    blocks: int


def read_checksums(text: str) -> dict[str, Sum]:
    """The sums of the files of a folder, by name.

    :raises InvalidInput: if it is not what ``sum`` prints.
    """
    sums: dict[str, Sum] = {}
    for line in text.splitlines():
        if line.strip():
            checksum, blocks, name = [*line.split(maxsplit=2), "", ""][:3]
            if not checksum.isdecimal() or not blocks.isdecimal() or not name:
                raise InvalidInput(f"The {CHECKSUMS_NAME} file of the mirror has an odd line: {line[:80]!r}.")
            sums[Path(name.strip()).name] = Sum(int(checksum), int(blocks))
    return sums


def sum_of(path: Path) -> Sum:
    """The sum of a file; a gigabyte takes most of a minute, for each byte depends on the one before."""
    state, size, rotated = 0, 0, _ROTATED
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            size += len(piece)
            for byte in piece:
                state = (rotated[state] + byte) & _MASK
    return Sum(state, -(-size // _BLOCK_BYTES))
