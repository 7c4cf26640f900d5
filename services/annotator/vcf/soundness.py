"""Whether the records of a block are sound: all at once, and one by one only to say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from services.annotator.vcf.columns import Broken, Columns, flat
from services.annotator.vcf.ends import MAX_POSITION, record_end
from services.annotator.vcf.records import ALT, CHROM, MAX_CONTIG_BYTES, REF, Order, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from services.annotator.vcf.header import Header
    from services.annotator.vcf.text import Block

_HASH, _ANGLE = b"#<"

# The letters that REF may have, in either case.
_IS_REF = np.zeros(256, bool)
_IS_REF[np.frombuffer(b"ACGTRYKMSWBDHVNacgtrykmswbdhvn", np.uint8)] = True


class _BlockLines:
    """The lines of a block, numbered as in the file."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self.number = block.line - 1

    def __iter__(self) -> Iterator[bytes]:
        for line in self._block.text[:-1].split(b"\n"):
            self.number += 1
            yield line


def sound_columns(block: Block, header: Header, order: Order) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of a block, and where each record ends on its contig, both counted from 1.

    :param order: what came before the block.
    :raises InvalidInput: at the first record that is broken or out of order.
    """
    try:
        columns = Columns(block, header.width)
        ends = columns.positions + (columns.ends(REF) - columns.starts(REF)) - 1
        if _is_sound(columns, order) and ends.max() <= MAX_POSITION:
            return columns, _with_stated_ends(columns, ends)
    except Broken:
        pass
    for _ in read_records(_BlockLines(block), header, order):
        pass
    return columns, _with_stated_ends(columns, ends)


def _is_sound(columns: Columns, order: Order) -> bool:
    lengths = columns.ends(CHROM) - columns.starts(CHROM)
    names = [name for name, _, _ in columns.runs]
    return bool(
        lengths.min() >= 1
        and lengths.max() <= MAX_CONTIG_BYTES
        and (columns.bytes[columns.starts(CHROM)] != _HASH).all()
        and columns.positions.max() <= MAX_POSITION
        and _has_sound_refs(columns)
        and len(set(names)) == len(names)
        and _is_ascending(columns, order)
    )


def _has_sound_refs(columns: Columns) -> bool:
    offsets, letters = flat(columns.column(REF))
    return bool(np.diff(offsets).min() >= 1 and _IS_REF[letters].all())


def _is_ascending(columns: Columns, order: Order) -> bool:
    descends = np.diff(columns.positions) < 0
    descends[[first - 1 for _, first, _ in columns.runs[1:]]] = False
    name, first, _ = columns.runs[0]
    return not descends.any() and order.follows(name, int(columns.positions[first]))


def _with_stated_ends(columns: Columns, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ends, also of records that state theirs in INFO or in their samples.

    :raises InvalidInput: if one is beyond what the index can hold.
    """
    for index in _stating(columns):
        record = columns.record(index)
        ends[index] = record_end(record.fields, record.position, record.line)
    return ends


def _stating(columns: Columns) -> list[int]:
    """The records that may say where they end in another way than by REF."""
    states = columns.with_entry(("END", "SVLEN"))
    if columns.has_samples:
        _, letters = flat(columns.column(ALT))
        if (letters == _ANGLE).any():
            blocks = pc.match_substring(columns.column(ALT), "<").to_numpy(zero_copy_only=False)
            states = np.union1d(states, np.flatnonzero(blocks))
    found: list[int] = states.tolist()
    return found
