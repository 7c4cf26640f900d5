"""Stretches of something large that lies elsewhere, read by ranges."""

from __future__ import annotations

import io
from collections.abc import Callable

from botocore.exceptions import (
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)


class Damaged(ValueError):
    """Bytes that changed on their way; sent again, they come right."""


#: What may happen to a body on its way, which no client of AWS repeats by itself.
BROKEN_BODY = (
    Damaged,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

#: How often a range whose body broke off is read in all.
READ_ATTEMPTS = 4

#: Gives the bytes from this offset, exactly this many.
Fetch = Callable[[int, int], bytes]


class Span:
    """One stretch as a file that can be read more than once, as those who sign and send a body do.

    Only one block is in memory. A stretch of one block is therefore fetched once, a longer one again by
    every pass.
    """

    def __init__(self, fetch: Fetch, start: int, size: int, block: int) -> None:
        self._fetch = fetch
        self._start = start
        self._size = size
        self._block = block
        self._at = 0
        self._held_from = -1
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many and at most to the end of a block; all that is left if negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(self._block), b""))
        if self._at >= self._size:
            return b""
        held = self._block_at(self._at)
        offset = self._at - self._held_from
        data = held[offset : offset + size]
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the stretch, as with any file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def _block_at(self, at: int) -> bytes:
        begin = at // self._block * self._block
        if begin != self._held_from:
            self._held = b""  # The old block goes before the new one comes.
            self._held_from = -1
            self._held = self._fetch(self._start + begin, min(self._block, self._size - begin))
            self._held_from = begin
        return self._held


def read_again(read: Callable[[], bytes]) -> bytes:
    """Call this until a body comes whole, a few times."""
    for _ in range(READ_ATTEMPTS - 1):
        try:
            return read()
        except BROKEN_BODY:
            continue
    return read()
