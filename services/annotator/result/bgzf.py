"""BGZF, the blocked gzip of VCF files (SAM specification, 4.1), through libdeflate."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import deflate
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What bgzip puts into a block: together with what deflate may add it stays under 64 KiB.
BLOCK_BYTES = 0xFF00

# Level 1 takes a fifth of the time of zlib's level 6, for files that are a sixth larger. ISA-L, which
# unpacks here, would pack twice as fast, but of ten thousand blocks one has other bytes the next time
# (docs/decisions/0007-blocks.md).
_LEVEL = 1

# The header of a block up to its size: gzip with one extra field of two bytes, "BC".
_HEADER = bytes.fromhex("1f8b08040000000000ff0600424302 00".replace(" ", ""))
_SIZE = struct.Struct("<H")
_TRAILER = struct.Struct("<II")
_OVERHEAD = len(_HEADER) + _SIZE.size + _TRAILER.size

# The low bits of a virtual offset are a place in the text of a block, the others the block's place.
_PLACE_BITS = 16


class Bgzf(NamedTuple):
    """Compressed text that starts and ends with a block of its own.

    :ivar blocks: where each block starts, in the compressed data.
    """

    data: bytes
    blocks: NDArray[np.int64]

    def virtual_offsets(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The virtual offsets of places in the text; its end is the start of what follows it."""
        if not len(self.blocks):
            return np.zeros(len(places), np.int64)
        starts = np.append(self.blocks, len(self.data))
        numbers, within = np.divmod(places, BLOCK_BYTES)
        last = numbers == len(self.blocks) - 1
        at_end = last & (within == self._last_bytes)
        return np.where(at_end, len(self.data) << _PLACE_BITS, (starts[numbers] << _PLACE_BITS) | within)

    @property
    def _last_bytes(self) -> int:
        """How much text the last block has."""
        return int(_TRAILER.unpack(self.data[-_TRAILER.size :])[1])


def compress(text: bytes | memoryview) -> Bgzf:
    """Compress text; the same text gives the same bytes, wherever it stands in a file."""
    view = memoryview(text)
    blocks = [_block(view[start : start + BLOCK_BYTES]) for start in range(0, view.nbytes, BLOCK_BYTES)]
    starts = np.cumsum([0, *map(len, blocks)])[:-1]
    return Bgzf(b"".join(blocks), starts)


def _block(text: memoryview) -> bytes:
    data = deflate.deflate_compress(text, _LEVEL)
    size = _SIZE.pack(len(data) + _OVERHEAD - 1)
    return b"".join((_HEADER, size, data, _TRAILER.pack(deflate.crc32(text), len(text))))
