"""Which records are plain: one simple allele that fits the pack's reference.

Nine of ten records of most files are. They are told apart for a whole block at once, and only the
others are held against the reference one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from services.annotator.vcf.columns import flat
from services.annotator.vcf.records import ALT, REF

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.pack.pack import Pack
    from services.annotator.pack.reference import Reference
    from services.annotator.vcf.columns import Columns

# Longer alleles are rare enough for the other way.
_MAX_PLAIN_BASES = 1_000

NO_CONTIG = -1

_IS_BASE = np.zeros(256, bool)
_IS_BASE[np.frombuffer(b"ACGT", np.uint8)] = True
_IS_COMMA = np.arange(256) == ord(",")


@dataclass(frozen=True)
class Screened:
    """The records of a block by what has to be done with them.

    :ivar contigs: for each record the number of its contig in the pack, or `NO_CONTIG`.
    :ivar plain: the records with one allele: a substitution of one base, an insertion or a deletion.
    :ivar shifting: which of the plain ones may have their normal form further to the left.
    :ivar foreign: the records with one allele on a contig that the pack does not have.
    :ivar others: all that are neither.
    """

    contigs: NDArray[np.int32]
    plain: NDArray[np.int64]
    shifting: NDArray[np.bool_]
    foreign: NDArray[np.int64]
    others: NDArray[np.int64]


def screen(columns: Columns, pack: Pack, reference: Reference) -> Screened:
    """Tell the records of a block apart."""
    contigs = _contigs(columns, pack)
    ends_alike = columns.bytes[columns.ends(REF) - 1] == columns.bytes[columns.ends(ALT) - 1]
    is_plain = _is_simple(columns, ends_alike) & _is_within(columns, contigs, pack)
    is_plain[is_plain] = _agrees(columns, np.flatnonzero(is_plain), contigs, pack, reference)
    is_foreign = (contigs == NO_CONTIG) & (_count(columns, ALT, _IS_COMMA) == 0)
    return Screened(
        contigs,
        np.flatnonzero(is_plain),
        ends_alike[is_plain],
        np.flatnonzero(is_foreign),
        np.flatnonzero(~is_plain & ~is_foreign),
    )


def _contigs(columns: Columns, pack: Pack) -> NDArray[np.int32]:
    numbers = {contig.name: number for number, contig in enumerate(pack.contigs)}
    contigs = np.full(columns.size, NO_CONTIG, np.int32)
    for name, first, last in columns.runs:
        if contig := pack.contig_names.get(name):
            contigs[first:last] = numbers[contig.name]
    return contigs


def _is_simple(columns: Columns, ends_alike: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the allele substitutes one base, or inserts or deletes some after a base that both have.

    Such an insertion or deletion is in normal form unless both alleles end in the same base.
    """
    text = columns.bytes
    ref, alt = columns.starts(REF), columns.starts(ALT)
    ref_length, alt_length = columns.ends(REF) - ref, columns.ends(ALT) - alt
    shorter, longer = np.minimum(ref_length, alt_length), np.maximum(ref_length, alt_length)
    is_change = np.where(longer == 1, ~ends_alike, text[ref] == text[alt])
    bases = (_count(columns, REF, _IS_BASE) == ref_length) & (_count(columns, ALT, _IS_BASE) == alt_length)
    simple: NDArray[np.bool_] = (shorter == 1) & (longer <= _MAX_PLAIN_BASES) & is_change & bases
    return simple


def _count(columns: Columns, column: int, which: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many letters of a set a column has, for each record."""
    offsets, letters = flat(columns.column(column))
    before = np.concatenate([[0], np.cumsum(which[letters])])
    counts: NDArray[np.int64] = np.diff(before[offsets])
    return counts


def _is_within(columns: Columns, contigs: NDArray[np.int32], pack: Pack) -> NDArray[np.bool_]:
    """Whether REF is on the contig."""
    lengths = np.array([*(contig.length for contig in pack.contigs), 0])
    ends = columns.positions + (columns.ends(REF) - columns.starts(REF)) - 1
    within: NDArray[np.bool_] = (columns.positions >= 1) & (ends <= lengths[contigs])
    return within


def _agrees(
    columns: Columns, chosen: NDArray[np.int64], contigs: NDArray[np.int32], pack: Pack, reference: Reference
) -> NDArray[np.bool_]:
    """Whether REF of the chosen records is what the reference has there."""
    if not len(chosen):
        return np.zeros(0, bool)
    offsets, letters = flat(columns.column(REF).take(pa.array(chosen)))
    lengths = np.diff(offsets)
    places = np.repeat(columns.positions[chosen] - offsets[:-1], lengths) + np.arange(len(letters))
    cuts = np.flatnonzero(np.diff(contigs[chosen])) + 1
    parts = pairwise([0, *offsets[cuts].tolist(), len(letters)])
    differs = np.concatenate(
        [
            reference.bases_at(pack.contigs[number], places[first:last]) != letters[first:last]
            for number, (first, last) in zip(contigs[chosen[[0, *cuts]]].tolist(), parts, strict=True)
        ]
    )
    before = np.concatenate([[0], np.cumsum(differs)])
    agrees: NDArray[np.bool_] = np.diff(before[offsets]) == 0
    return agrees
