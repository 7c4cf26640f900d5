"""BGZF, the blocked gzip of VCF files (SAM specification, 4.1), unpacked and packed a block at a time."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

#: What bgzip puts into a block: with what deflate may add it stays under 64 KiB.
BLOCK_BYTES = 0xFF00

#: The empty block at the end of every complete file (SAM specification, 4.1.2).
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")

_LEVEL = 1
_HEADER = bytes.fromhex("1f8b08040000000000ff060042430200")
_SIZE = struct.Struct("<H")
_TRAILER = struct.Struct("<II")
_OVERHEAD = len(_HEADER) + _SIZE.size + _TRAILER.size

# A header of gzip is expected, and its checksum compared.
_GZIP = 16 + zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS


def unpack(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The text, a block at a time.

    :raises ValueError: the data are damaged, or end in the middle of a block.
    """
    block, is_open = zlib.decompressobj(_GZIP), False
    for piece in pieces:
        rest = piece
        while rest:
            text, is_open = _inflate(block, rest), True
            if text:
                yield text
            rest = b""
            if block.eof:
                rest, is_open = block.unused_data, False
                block = zlib.decompressobj(_GZIP)
    if is_open:
        raise ValueError("the compressed data end in the middle of a block")


def _inflate(block: zlib._Decompress, data: bytes) -> bytes:
    try:
        return block.decompress(data)
    except zlib.error as error:
        raise ValueError(f"the compressed data are damaged: {error}") from error


def pack(texts: Iterable[bytes]) -> Iterator[bytes]:
    """The text as a complete file, a block at a time."""
    waiting = bytearray()
    for text in texts:
        waiting += text
        while len(waiting) >= BLOCK_BYTES:
            yield _block(bytes(waiting[:BLOCK_BYTES]))
            del waiting[:BLOCK_BYTES]
    if waiting:
        yield _block(bytes(waiting))
    yield END


def _block(text: bytes) -> bytes:
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    data = deflate.compress(text) + deflate.flush()
    size = _SIZE.pack(len(data) + _OVERHEAD - 1)
    return b"".join((_HEADER, size, data, _TRAILER.pack(zlib.crc32(text), len(text))))
