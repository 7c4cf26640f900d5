"""The tabix index of a result, built while its records pass (SAM specification, "Tabix")."""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gas.errors import InvalidInput
from services.annotator.result.bgzf import compress
from services.annotator.vcf.decompression import BGZF_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from services.annotator.result.bgzf import Bgzf

_MAGIC = b"TBI\1"

# Format VCF, columns of the contig and the position (the end is told by REF), comments, lines to skip.
_VCF = (2, 1, 2, 0, ord("#"), 0)

# Bins of five sizes, the smallest of 2^14 bases: the first bin of each size, and its width in bits.
_LEVELS = ((4681, 14), (585, 17), (73, 20), (9, 23), (1, 26))
_WINDOW_BITS = 14

# A bin that is none: where the records of the contig start and end, and how many there are.
_NUMBERS = 37_450

_UNSET = np.iinfo(np.int64).max

# All windows of the 25 human chromosomes are 190,000; a genome of a hundred thousand scaffolds has as many as
# its bases. Files with more than these 50 million are made to be hostile.
MAX_WINDOWS = 50_000_000

_PIECE_BYTES = 1 << 20


class Stretch(NamedTuple):
    """The index of consecutive records on one contig, in virtual offsets from the start of their text.

    :ivar bins: the bin of each run of records that share one, with where the run starts and ends.
    :ivar windows: the windows of 2^14 bases that a record touches, and where the first such starts.
    """

    contig: bytes
    records: int
    bins: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    windows: NDArray[np.int64]
    window_starts: NDArray[np.int64]


def index_records(
    runs: Sequence[tuple[bytes, int, int]],
    positions: NDArray[np.int64],
    ends: NDArray[np.int64],
    places: NDArray[np.int64],
    compressed: Bgzf,
) -> list[Stretch]:
    """Index the records of a block.

    :param runs: each contig with its first record and the one after its last.
    :param positions: POS of each record; ``ends`` is its last position.
    :param places: where each record starts in the text, and where the last ends.
    """
    offsets = compressed.virtual_offsets(places)
    begins = np.maximum(positions - 1, 0)
    lasts = np.maximum(ends - 1, begins)
    return [
        _stretch(contig, begins[first:last], lasts[first:last], offsets[first : last + 1])
        for contig, first, last in runs
    ]


def _stretch(
    contig: bytes, begins: NDArray[np.int64], lasts: NDArray[np.int64], offsets: NDArray[np.int64]
) -> Stretch:
    bins = _bins(begins, lasts)
    cuts = np.flatnonzero(np.diff(bins)) + 1
    firsts = np.concatenate([[0], cuts])
    nexts = np.concatenate([cuts, [len(bins)]])
    windows, window_starts = _windows(begins >> _WINDOW_BITS, lasts >> _WINDOW_BITS, offsets[:-1])
    return Stretch(contig, len(bins), bins[firsts], offsets[firsts], offsets[nexts], windows, window_starts)


def _bins(begins: NDArray[np.int64], lasts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest bin that holds each record whole."""
    bins = np.zeros(len(begins), np.int64)
    for first, bits in reversed(_LEVELS):
        fits = begins >> bits == lasts >> bits
        bins[fits] = first + (begins[fits] >> bits)
    return bins


def _windows(
    firsts: NDArray[np.int64], lasts: NDArray[np.int64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts = np.full(int(lasts.max()) + 1, _UNSET)
    np.minimum.at(starts, firsts, offsets)
    for record in np.flatnonzero(lasts > firsts).tolist():
        touched = slice(firsts[record] + 1, lasts[record] + 1)
        starts[touched] = np.minimum(starts[touched], offsets[record])
    windows = np.flatnonzero(starts != _UNSET)
    return windows, starts[windows]


@dataclass
class _ContigIndex:
    bins: dict[int, list[list[int]]] = field(default_factory=lambda: defaultdict(list))
    windows: dict[int, int] = field(default_factory=dict)
    size: int = 0
    records: int = 0
    start: int = -1
    end: int = 0


class TabixIndex:
    """The index of a whole file, put together from its blocks in their order."""

    def __init__(self) -> None:
        self._contigs: dict[bytes, _ContigIndex] = {}
        self._windows = 0

    def add(self, stretches: Sequence[Stretch], offset: int) -> None:
        """Add a block.

        :param offset: where its compressed data start.
        :raises InvalidInput: if the index would grow beyond all reason.
        """
        base = offset << 16
        for stretch in stretches:
            contig = self._contigs.setdefault(stretch.contig, _ContigIndex())
            contig.records += stretch.records
            contig.start = int(stretch.starts[0]) + base if contig.start < 0 else contig.start
            contig.end = int(stretch.ends[-1]) + base
            rows = zip(stretch.bins, stretch.starts + base, stretch.ends + base, strict=True)
            for number, start, end in rows:
                chunks = contig.bins[int(number)]
                if chunks and chunks[-1][1] == start:
                    chunks[-1][1] = int(end)
                else:
                    chunks.append([int(start), int(end)])
            starts = stretch.window_starts + base
            self._widen(contig, int(stretch.windows[-1]) + 1)
            for window, start in zip(stretch.windows.tolist(), starts.tolist(), strict=True):
                contig.windows.setdefault(window, start)

    def _widen(self, contig: _ContigIndex, size: int) -> None:
        """The index has a number for each window up to the last, whether there are records in it or not."""
        self._windows += max(0, size - contig.size)
        contig.size = max(size, contig.size)
        if self._windows > MAX_WINDOWS:
            raise InvalidInput(
                "The file has records so far up on so many contigs that an index of it cannot be made: "
                "split it by contigs."
            )

    def write(self, path: Path, shift: int) -> None:
        """Write the index.

        :param shift: how much compressed data come before the first block.
        """
        names = b"".join(name + b"\0" for name in self._contigs)
        with path.open("wb") as stream:
            head = (_MAGIC, struct.pack("<8i", len(self._contigs), *_VCF, len(names)), names)
            for text in _pieces(chain(head, self._parts(shift << 16), (struct.pack("<Q", 0),))):
                stream.write(compress(text).data)
            stream.write(BGZF_END)

    def _parts(self, shift: int) -> Iterator[bytes]:
        for contig in self._contigs.values():
            yield from _serialised(contig, shift)


def _pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Small parts put together to larger ones."""
    waiting, size = [], 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _serialised(contig: _ContigIndex, shift: int) -> Iterator[bytes]:
    yield struct.pack("<i", len(contig.bins) + 1)
    yield struct.pack("<IiQQQQ", _NUMBERS, 2, contig.start + shift, contig.end + shift, contig.records, 0)
    for number, chunks in contig.bins.items():
        yield struct.pack("<Ii", number, len(chunks))
        for start, end in chunks:
            yield struct.pack("<QQ", start + shift, end + shift)
    starts = np.full(contig.size, _UNSET)
    starts[list(contig.windows)] = list(contig.windows.values())
    # A window without records starts where the next one with records does.
    starts = np.minimum.accumulate(starts[::-1])[::-1]
    yield struct.pack("<i", len(starts))
    yield (starts + shift).astype("<u8").tobytes()
