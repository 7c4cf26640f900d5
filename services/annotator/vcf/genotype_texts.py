"""The genotypes of the samples as texts: where GT starts and ends in each, and what is added behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.vcf.columns import Columns, flat
from services.annotator.vcf.records import FORMAT
from services.annotator.vcf.text import Block

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COLON = ord(":")
_GT_BYTES = 2


class Places(NamedTuple):
    """Where texts start and end in the text of a block: a row for each record, a column for each sample."""

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


def genotype_places(columns: Columns, samples: int, records: NDArray[np.int64]) -> Places:
    """Where GT is in the samples of records whose FORMAT begins with it."""
    starts, cell_ends = sample_places(columns, samples, records)
    # A colon of its own behind the text, so that there is always a next one.
    colons = np.append(np.flatnonzero(columns.bytes == _COLON), len(columns.bytes)).astype(np.int32)
    return Places(starts, np.minimum(cell_ends, colons[np.searchsorted(colons, starts)]))


def sample_places(columns: Columns, samples: int, records: NDArray[np.int64]) -> Places:
    """Where all that a record says of a sample is."""
    starts = columns.starts_of(FORMAT + 1, samples, records)
    ends = np.concatenate([starts[:, 1:] - 1, columns.line_ends[records][:, np.newaxis]], axis=1)
    return Places(starts, ends)


def texts_at(columns: Columns, places: Places) -> pa.BinaryArray:
    """The texts at places that are in the order of the block."""
    edges = np.stack([places.starts.ravel(), places.ends.ravel()], axis=1).ravel().astype(np.int32)
    count = max(0, len(edges) - 1)
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(columns.text)]
    parts = pa.Array.from_buffers(pa.binary(), count, buffers) if count else pa.array([], pa.binary())
    return parts.take(pa.array(np.arange(0, count, 2, dtype=np.int32)))


def joined_rows(cells: pa.BinaryArray, width: int) -> pa.BinaryArray:
    """The cells of each row with tabs between them."""
    edges = np.arange(0, len(cells) + 1, width, dtype=np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(edges), cells), b"\t")


def with_field(columns: Columns, name: bytes, samples: int, values: pa.BinaryArray) -> Columns:
    """The records of a block with one more field right behind GT.

    There it is in its place also in samples of which the last fields were left out, as VCF section 1.6.2
    allows.

    :param values: of each record the values of all samples, with tabs between them; null for records that
        do not get the field.
    """
    records = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    if not len(records):
        return columns
    behind_key = columns.starts(FORMAT)[records] + _GT_BYTES
    ends = genotype_places(columns, samples, records).ends
    points = np.concatenate([behind_key[:, np.newaxis], ends], axis=1).ravel()
    cells = pc.binary_join_element_wise(name, values.take(pa.array(records)), b"\t")
    added = pc.binary_join_element_wise(b":", pc.list_flatten(pc.split_pattern(cells, b"\t")), b"")
    edges = np.concatenate([[0], points, [len(columns.text)]]).astype(np.int32)
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(columns.text)]
    pieces = pa.Array.from_buffers(pa.binary(), len(points) + 1, buffers)
    _, text = flat(pc.binary_join_element_wise(pieces.slice(0, len(points)), added, b""))
    whole = text.tobytes() + columns.text[int(points[-1]) :]
    return Columns(Block(columns.line, whole[1:]), FORMAT + 1 + samples)


def without_field(columns: Columns, name: bytes, samples: int) -> Columns:
    """The records of a block without a field, in FORMAT and in the samples; all other bytes stay."""
    coded = pc.dictionary_encode(columns.column(FORMAT))
    having = [number for number, keys in enumerate(coded.dictionary.to_pylist()) if name in keys.split(b":")]
    records = np.flatnonzero(np.isin(coded.indices.to_numpy(zero_copy_only=False), having))
    if not len(records):
        return columns
    lines = list(columns.lines())
    for record in records.tolist():
        lines[record] = _line_without(lines[record], name)
    return Columns(Block(columns.line, b"".join(line + b"\n" for line in lines)), FORMAT + 1 + samples)


def _line_without(line: bytes, name: bytes) -> bytes:
    fixed, (keys, *cells) = line.split(b"\t")[:FORMAT], line.split(b"\t")[FORMAT:]
    places = [place for place, key in enumerate(keys.split(b":")) if key == name]
    return b"\t".join([*fixed, *(_cell_without(cell, places) for cell in (keys, *cells))])


def _cell_without(cell: bytes, places: list[int]) -> bytes:
    kept = [part for place, part in enumerate(cell.split(b":")) if place not in places]
    return b":".join(kept) or b"."
