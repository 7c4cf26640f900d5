"""The records of the result: the user's bytes with the new entries at the end of INFO."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.info import appended
from services.annotator.vcf.columns import LONGEST, flat
from services.annotator.vcf.records import INFO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.annotation.info import OwnKeys
    from services.annotator.vcf.columns import Columns

_POINT, _SEMICOLON, _LINE_END = b".;\n"


class Merged(NamedTuple):
    """The records of the result.

    :ivar text: their lines.
    :ivar places: where each starts in the text, and where the last ends.
    :ivar lines: how many line ends the text has.
    :ivar replaced: how many records came with keys of ours.
    """

    text: NDArray[np.uint8]
    places: NDArray[np.int64]
    lines: int
    replaced: int


def merge(columns: Columns, entries: pa.BinaryArray, own: OwnKeys) -> Merged:
    """Add the entries to the records.

    :param entries: what is added to each record, after a semicolon, or null.
    """
    starts, ends = columns.starts(INFO), columns.ends(INFO)
    annotated = entries.is_valid().to_numpy(zero_copy_only=False)
    is_empty = (ends == starts) | ((ends == starts + 1) & (columns.bytes[starts] == _POINT))
    replaced = _with_own_keys(columns, own)
    odd = np.union1d(
        replaced, np.flatnonzero(annotated & ~is_empty & (columns.bytes[ends - 1] == _SEMICOLON))
    )
    kept = np.where(is_empty & annotated, starts, ends)
    kept[odd] = starts[odd]
    added = pc.fill_null(pc.if_else(pa.array(is_empty), pc.binary_slice(entries, 1, LONGEST), entries), b"")
    if len(odd):
        added = _rewritten(columns, entries, own, odd, added)
    places, text = flat(_spliced(columns, kept, added))
    lines = np.count_nonzero(text == _LINE_END)
    return Merged(text, places.astype(np.int64), int(lines), len(replaced))


def _rewritten(
    columns: Columns, entries: pa.BinaryArray, own: OwnKeys, odd: NDArray[np.int64], added: pa.BinaryArray
) -> pa.BinaryArray:
    """Replace what is added by the whole column, for records that lose some of theirs."""
    infos = columns.column(INFO).take(pa.array(odd)).to_pylist()
    news = entries.take(pa.array(odd)).to_pylist()
    texts = [
        appended(own.without(info), [new[1:]] if new else []) for info, new in zip(infos, news, strict=True)
    ]
    mask = np.zeros(columns.size, bool)
    mask[odd] = True
    return pc.replace_with_mask(added, pa.array(mask), pa.array(texts, pa.binary()))


def _spliced(columns: Columns, kept: NDArray[np.int32], added: pa.BinaryArray) -> pa.BinaryArray:
    """Lines up to a place in INFO, what is added there, and what follows INFO."""
    edges = np.empty(3 * columns.size + 1, np.int32)
    edges[0:-1:3], edges[1::3], edges[2::3] = columns.starts(0), kept, columns.ends(INFO)
    edges[-1] = len(columns.text)
    parts = pa.Array.from_buffers(
        pa.binary(), 3 * columns.size, [None, pa.py_buffer(edges), pa.py_buffer(columns.text)]
    )
    places = np.arange(0, 3 * columns.size, 3, dtype=np.int32)
    before, after = parts.take(pa.array(places)), parts.take(pa.array(places + 2))
    return pc.binary_join_element_wise(before, added, after, b"")


def _with_own_keys(columns: Columns, own: OwnKeys) -> NDArray[np.int64]:
    """The records whose INFO has a key of ours already."""
    found = columns.with_entry(own.names)
    if not len(found):
        return found
    infos = columns.column(INFO).take(pa.array(found)).to_pylist()
    return found[[own.occur_in(info) for info in infos]]
