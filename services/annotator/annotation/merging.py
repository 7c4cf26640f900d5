"""The records of the result: the user's bytes with the new entries at the end of INFO."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.info import appended
from services.annotator.vcf.columns import LONGEST, flat
from services.annotator.vcf.records import CHROM, INFO

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

    :param entries: what is added to each record, after a semicolon, or nothing.
    """
    starts, ends = columns.starts(INFO), columns.ends(INFO)
    annotated = np.diff(flat(entries).places) > 0
    is_empty = (ends == starts) | ((ends == starts + 1) & (columns.bytes[starts] == _POINT))
    ends_open = annotated & ~is_empty & (columns.bytes[ends - 1] == _SEMICOLON)
    replaced = _with_own_keys(columns, own)
    odd = np.union1d(replaced, np.flatnonzero(ends_open))
    kept = np.where(is_empty & annotated, starts, ends)
    kept[odd] = starts[odd]
    added = entries
    if is_empty.any():
        added = pc.if_else(pa.array(is_empty), pc.binary_slice(entries, 1, LONGEST), entries)
    if len(odd):
        added = _rewritten(columns, entries, own, odd, added)
    text, places = _spliced(columns, kept, added)
    lines = np.count_nonzero(text == _LINE_END)
    return Merged(text, places, int(lines), len(replaced))


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


def _spliced(
    columns: Columns, kept: NDArray[np.int32], added: pa.BinaryArray
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The text with something added in the INFO of each record, behind what is kept of it.

    Between two such places the text stays in one piece, most of the time without being copied for it.
    """
    follows = np.concatenate([columns.starts(CHROM)[:1], columns.ends(INFO)])
    ends = np.append(kept, len(columns.text))
    if (kept == columns.ends(INFO)).all():
        pieces = _cut(columns, np.append(follows, ends[-1]).astype(np.int32))
    else:
        edges = np.stack([follows, ends], axis=1).ravel().astype(np.int32)
        pieces = _cut(columns, edges).take(pa.array(np.arange(0, len(edges), 2, dtype=np.int32)))
    last = pa.array([b""], pa.binary())
    joined = flat(pc.binary_join_element_wise(pieces, pa.concat_arrays([added, last]), b""))
    shifts = joined.places[:-1].astype(np.int64) - follows
    starts = columns.starts(CHROM) + shifts[:-1]
    return joined.letters, np.append(starts, len(joined.letters))


def _cut(columns: Columns, edges: NDArray[np.int32]) -> pa.BinaryArray:
    """The text between edges, without a copy."""
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(columns.text)]
    return pa.Array.from_buffers(pa.binary(), len(edges) - 1, buffers)


def _with_own_keys(columns: Columns, own: OwnKeys) -> NDArray[np.int64]:
    """The records whose INFO has a key of ours already."""
    found = columns.with_entry(own.names)
    if not len(found):
        return found
    infos = columns.column(INFO).take(pa.array(found)).to_pylist()
    return found[[own.occur_in(info) for info in infos]]
