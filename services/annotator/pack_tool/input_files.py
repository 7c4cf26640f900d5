"""The files that packs are made from, read as a stream whether they are compressed or not."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from isal import igzip_threaded, isal_zlib

from gas.errors import InvalidInput, Misconfigured
from services.annotator.vcf.formats import GZIP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE_BYTES = 1 << 22

# The library's type information has the class of its error as one of its errors.
_DAMAGED: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, cast("Any", isal_zlib.error))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The decompressed bytes of a file: plain, gzip or bgzip, told by its first bytes.

    :raises Misconfigured: if it cannot be opened.
    :raises InvalidInput: if, while it is read, its compressed data end early or are corrupt.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(len(GZIP)) == GZIP
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from error
    try:
        # Decompression in a thread of its own overlaps with the work on the text.
        opening: Any = igzip_threaded.open if compressed else open
        with opening(path, "rb") as stream:
            yield stream
    except _DAMAGED as error:
        raise InvalidInput(
            f"{path} is damaged or was cut off ({error}); download or copy it again."
        ) from error


def pieces(path: Path) -> Iterator[bytes]:
    """The text of a file in pieces of bounded size."""
    with opened(path) as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


def line_pieces(path: Path) -> Iterator[bytes]:
    """The text of a file in pieces of whole lines; only the last one may lack its line feed."""
    rest = b""
    for piece in pieces(path):
        end = piece.rfind(b"\n") + 1
        if end:
            yield rest + piece[:end]
            rest = piece[end:]
        else:
            rest += piece
    if rest:
        yield rest
