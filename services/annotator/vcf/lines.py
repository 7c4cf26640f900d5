"""What text and its lines have to be before their columns are looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.annotator.vcf.decompression import BGZF_END, Damaged

if TYPE_CHECKING:
    from typing import BinaryIO

# A longer line is refused before it ends: this is room for 2 million genotypes. What is held at a time is
# a block, which ends with the line that fills it.
MAX_LINE_BYTES = 8_000_000

_LINE_END = ord("\n")


class LongLine(NamedTuple):
    """A line that is too long: how many come before it, and where it starts."""

    place: int
    start: int


def first_long_line(text: bytes) -> LongLine | None:
    """The first line that is too long, of a text that may end within one."""
    start = 0
    for place, line in enumerate(text.split(b"\n") if len(text) > MAX_LINE_BYTES else ()):
        if len(line) > MAX_LINE_BYTES:
            return LongLine(place, start)
        start += len(line) + 1
    return None


def count_lines(text: bytes) -> int:
    """How many line ends there are."""
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == _LINE_END))


def is_clean(text: bytes) -> bool:
    """Whether lines need no look at each; who reads the columns finds an empty one in the middle."""
    return not (b"\0" in text or b"\r" in text or text.startswith(b"\n") or text.endswith(b"\n\n"))


def damaged_after(error: Damaged, last_good_line: int) -> Damaged:
    """The damage with its place."""
    place = f"after line {last_good_line}" if last_good_line else "near its start"
    return Damaged(f"The file is damaged {place}: {error}.")


def has_end_block(stream: BinaryIO) -> bool:
    """Whether BGZF data end with the mark of their end."""
    size = len(BGZF_END)
    if os.fstat(stream.fileno()).st_size < size:
        return False
    stream.seek(-size, os.SEEK_END)
    return stream.read() == BGZF_END
