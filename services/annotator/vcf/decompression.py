"""The text inside an upload, in pieces of bounded size, whatever it is compressed with."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from isal import isal_zlib

from gas.errors import InvalidInput
from services.annotator.vcf.formats import GZIP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# Small enough that the remainder of a piece is cheap to copy for each of its BGZF blocks.
PIECE_BYTES = 1 << 18

# What one step expands to at most. Where the data are corrupt, the text of that step is lost.
STEP_BYTES = 1 << 16

# Deflate reaches 1032:1 on text of one letter, VCFs of 2,504 samples reach 23:1 at zlib's best level.
# A file beyond this ratio is a bomb, once it is large enough for the ratio to mean anything.
MAX_RATIO = 300
FREE_BYTES = 1 << 28

# The empty block at the end of every complete BGZF file (SAM specification, 4.1.2).
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")

_CORRUPT: Any = isal_zlib.error
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class Damaged(InvalidInput):
    """The compressed data end early or are corrupt; whoever counts lines adds the place."""


def plain(stream: BinaryIO) -> Iterator[bytes]:
    """The pieces of a file that is not compressed."""
    while piece := stream.read(PIECE_BYTES):
        yield piece


def gunzip(stream: BinaryIO) -> Iterator[bytes]:
    """The pieces of text in gzip data of any number of members, of which BGZF is a special case.

    :raises Damaged: if a member is corrupt or the data end within one.
    :raises InvalidInput: if the data expand beyond all reason.
    """
    member, read, written = _member(), 0, 0
    while piece := stream.read(PIECE_BYTES):
        read += len(piece)
        while piece:
            text, piece, member = _step(member, piece)
            written += len(text)
            _check_ratio(read, written)
            if text:
                yield text
    if not member.eof:
        raise Damaged("the compressed data end early; the upload or the copy was cut off")


def _member() -> isal_zlib.Decompress:
    return isal_zlib.decompressobj(_GZIP_WINDOW)


def _step(member: isal_zlib.Decompress, piece: bytes) -> tuple[bytes, bytes, isal_zlib.Decompress]:
    """Expand one bounded piece; give the text, what is left to expand, and the member it belongs to."""
    if member.eof:
        piece = piece.lstrip(b"\0")  # Tape and block devices pad files with zeros; gzip allows it too.
        if not piece:
            return b"", b"", member
        if not GZIP.startswith(piece[:2]):
            raise Damaged("the compressed data are followed by something else")
        member = _member()
    try:
        text = member.decompress(piece, STEP_BYTES)
    except _CORRUPT as error:
        raise Damaged("the compressed data are corrupt") from error
    return text, member.unused_data if member.eof else member.unconsumed_tail, member


def _check_ratio(read: int, written: int) -> None:
    if written > FREE_BYTES and written > MAX_RATIO * read:
        raise InvalidInput(
            f"The file expands more than {MAX_RATIO}-fold, which no VCF does: it is damaged or malicious."
        )
