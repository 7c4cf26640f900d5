"""The records of a block, all at once: where each column of each record starts and ends.

What is done for a million records has a budget of about a microsecond each. So the records of a block
are arrays (NumPy for numbers, Arrow for texts), and no object is made for a record that is in order.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.vcf.records import ALT, CHROM, INFO, POS, REF, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from services.annotator.vcf.text import Block

_TAB, _LINE_END, _SEMICOLON = b"\t\n;"
_FIXED = 8
_DIGIT_0 = 48

# Arrow wants to be told where a slice ends: beyond the longest line.
LONGEST = 1 << 24

# POS of more digits than this has zeros in front or is beyond what any index holds.
_MAX_DIGITS = 10
_BEYOND = 10**_MAX_DIGITS
_MOST_DIGITS = 18


class Broken(Exception):
    """A line has not the columns that it should have, or no number in POS; which one is for others to say."""


class Columns:
    """The records of a block.

    :ivar text: a line end and the block's text, so that every column has a separator before it.
    :ivar size: how many records there are.
    :ivar line: the line number of the first.
    """

    def __init__(self, block: Block, width: int) -> None:
        """Find the columns.

        :param width: how many columns each record should have.
        :raises Broken: if one has another number.
        """
        self.text = b"\n" + block.text
        self.line = block.line
        self._width = width
        self.bytes = np.frombuffer(self.text, np.uint8)
        edges = np.flatnonzero(self.bytes <= _LINE_END)
        kinds = self.bytes[edges]
        if kinds.min() < _TAB:  # Other control characters, which are no separators.
            edges, kinds = edges[kinds >= _TAB], kinds[kinds >= _TAB]
        is_line_end = kinds == _LINE_END
        self.size = int(np.count_nonzero(is_line_end)) - 1
        if len(edges) != self.size * width + 1 or not is_line_end[::width].all():
            raise Broken
        self._edges: NDArray[np.int32] = edges.astype(np.int32)
        self._alleles: dict[int, pa.BinaryArray] = {}

    @property
    def has_samples(self) -> bool:
        """Whether there is more than the fixed columns."""
        return self._width > _FIXED

    def starts(self, column: int) -> NDArray[np.int32]:
        """Where a column starts in the text, for each record."""
        starts: NDArray[np.int32] = self._edges[column : -1 : self._width] + 1
        return starts

    def ends(self, column: int) -> NDArray[np.int32]:
        """Where a column ends in the text, for each record."""
        return self._edges[column + 1 :: self._width]

    def starts_of(self, first: int, count: int, records: NDArray[np.int64]) -> NDArray[np.int32]:
        """Where each of several columns starts, a row for each of some records."""
        edges = self._edges[:-1].reshape(self.size, self._width)
        return edges[records, first : first + count] + 1

    @property
    def line_ends(self) -> NDArray[np.int32]:
        """Where each record ends, without its line end."""
        return self._edges[self._width :: self._width]

    def column(self, column: int) -> pa.BinaryArray:
        """The bytes of a column, for each record; those of the alleles are made once and kept."""
        if column in self._alleles:
            return self._alleles[column]
        places = np.arange(column, self.size * self._width, self._width, dtype=np.int32)
        texts = pc.binary_slice(self._all.take(pa.array(places)), 1, LONGEST)
        if column in {REF, ALT}:
            self._alleles[column] = texts
        return texts

    @cached_property
    def _all(self) -> pa.BinaryArray:
        """Every column of every record with the separator before it, without a copy."""
        buffers = [None, pa.py_buffer(self._edges), pa.py_buffer(self.text)]
        return pa.Array.from_buffers(pa.binary(), self.size * self._width, buffers)

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """POS of each record.

        :raises Broken: if one is not a number.
        """
        return self.numbers(POS)

    def numbers(self, column: int) -> NDArray[np.int64]:
        """The whole numbers in a column, for each record.

        :raises Broken: if one is not a number.
        """
        starts, ends = self.starts(column), self.ends(column)
        lengths = ends - starts
        if lengths.max() > _MAX_DIGITS:
            return np.array([self._position(start, end) for start, end in zip(starts, ends, strict=True)])
        if lengths.min() < 1:
            raise Broken
        places = ends[:, np.newaxis] - np.arange(lengths.max(), 0, -1, dtype=np.int32)
        digits = self.bytes[places] - np.uint8(_DIGIT_0)
        digits[places < starts[:, np.newaxis]] = 0
        if (digits > 9).any():  # noqa: PLR2004 (the digits)
            raise Broken
        values: NDArray[np.int64] = digits @ 10 ** np.arange(lengths.max() - 1, -1, -1)
        return values

    def _position(self, start: int, end: int) -> int:
        text = self.text[start:end]
        if not text.isdigit():
            raise Broken
        number = int(text[:_MOST_DIGITS])
        return number if len(text) <= _MOST_DIGITS else _BEYOND

    @cached_property
    def runs(self) -> list[tuple[bytes, int, int]]:
        """CHROM and the first index, and the one after the last, of each run of records on one contig."""
        firsts = [0, *(self._changes() + 1).tolist(), self.size]
        starts, ends = self.starts(CHROM), self.ends(CHROM)
        return [(self.text[starts[first] : ends[first]], first, last) for first, last in pairwise(firsts)]

    def _changes(self) -> NDArray[np.int64]:
        """The records whose next one is on another contig."""
        starts, ends = self.starts(CHROM), self.ends(CHROM)
        lengths = ends - starts
        same = lengths[1:] == lengths[:-1]
        for place in range(lengths.max()):
            here = self.bytes[np.minimum(starts + place, ends)]
            same &= here[1:] == here[:-1]
        return np.flatnonzero(~same)

    def with_entry(self, names: Iterable[str]) -> NDArray[np.int64]:
        """The records whose INFO may have an entry of a name: one that begins with its first two letters."""
        wanted = np.zeros(1 << 16, bool)
        for name in names:
            first = ord(name[0]) << 8
            wanted[first | ord(name[1]) if name[1:] else slice(first, first + (1 << 8))] = True
        begins, letters = self._entries
        begins = begins[wanted[letters]]
        records = np.searchsorted(self.line_ends, begins)
        is_info = (begins >= self.starts(INFO)[records] - 1) & (begins < self.ends(INFO)[records])
        return np.unique(records[is_info])

    @cached_property
    def _entries(self) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """The separators before entries of INFO, and other semicolons, with the two letters after each."""
        begins = np.concatenate([self.starts(INFO) - 1, np.flatnonzero(self.bytes == _SEMICOLON)])
        begins = begins[begins < len(self.bytes) - 2]
        pairs = np.ndarray(len(self.bytes) - 1, ">u2", self.text, strides=(1,))
        return begins, pairs[begins + 1]

    def raw(self, index: int) -> bytes:
        """The bytes of one record, without its line end."""
        return self.text[self._edges[index * self._width] + 1 : self._edges[(index + 1) * self._width]]

    def record(self, index: int) -> Record:
        """One record by itself."""
        raw = self.raw(index)
        fields = raw.split(b"\t", _FIXED)
        return Record(self.line + index, raw, fields, int(self.positions[index]))

    def lines(self) -> Iterator[bytes]:
        """The records as lines without their ends."""
        yield from self.text[1:-1].split(b"\n")


class Flat(NamedTuple):
    """Texts as one array of bytes, and where each starts in it, with one more for the end of the last."""

    places: NDArray[np.int32]
    letters: NDArray[np.uint8]


def flat(texts: pa.BinaryArray) -> Flat:
    """Texts as arrays of numbers."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    return Flat(places - places[0], letters[places[0] : places[-1]])
