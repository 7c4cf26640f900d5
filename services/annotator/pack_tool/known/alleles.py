"""The alleles of known variants in their normal form, single-base changes many at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.alleles import Change, normalise, why_skipped
from services.annotator.pack.reference import agree
from services.annotator.pack_tool.known.reading import MISMATCH, NOT_SEQUENCE

if TYPE_CHECKING:
    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.reference import Reference
    from services.annotator.pack_tool.known.reading import Reading

_BASES = np.frombuffer(b"ACGT", np.uint8)
_NUCLEOTIDES = re.compile("[ACGTRYKMSWBDHVN]+")


class Alleles(NamedTuple):
    """Alleles of consecutive records, in no order.

    :ivar rows: for each the row of its record.
    :ivar indices: for each its place in ALT, counted from 0.
    :ivar positions: of the normal form, counted from 1.
    :ivar refs: the reference's bases.
    :ivar alts: what is there instead.
    """

    rows: Any
    indices: Any
    positions: Any
    refs: Any
    alts: Any

    def order(self) -> Any:
        """What brings them into the order of the file, which decides between records of one allele."""
        return np.lexsort((self.indices, self.rows))


def read_alleles(table: pa.Table, contig: Contig, reference: Reference, reading: Reading) -> Alleles:
    """The alleles of records of one contig that can be looked up, in the normal form of the engine.

    :param table: with the columns POS, REF and ALT.
    :param reading: counts the others.
    """
    alts = pc.split_pattern(pc.ascii_upper(table["ALT"].combine_chunks()), ",")
    rows = pc.list_parent_indices(alts).to_numpy()
    indices = np.arange(len(rows)) - alts.offsets.to_numpy()[rows]
    positions = table["POS"].combine_chunks().to_numpy()[rows]
    refs = pc.ascii_upper(table["REF"].combine_chunks()).take(pa.array(rows))
    flat = alts.flatten()
    plain = _single_bases(positions, refs, flat, contig, reference)
    places = np.flatnonzero(plain)
    simple = Alleles(rows[places], indices[places], positions[places], refs.take(places), flat.take(places))
    rest = np.flatnonzero(~plain)
    if not len(rest):
        return simple
    written = _Written(rest, positions[rest], refs.take(rest), flat.take(rest))
    changes, kept = _normal_forms(written, contig, reference, reading)
    return _joined(
        simple,
        Alleles(
            rows[kept],
            indices[kept],
            np.array([change.position for change in changes], np.int64),
            pa.array([change.ref for change in changes], pa.string()),
            pa.array([change.alt for change in changes], pa.string()),
        ),
    )


def _single_bases(positions: Any, refs: Any, alts: Any, contig: Contig, reference: Reference) -> Any:
    """Which alleles replace one base by another and have the reference's base in REF: all else is rare."""
    single = pc.and_(pc.equal(pc.binary_length(refs), 1), pc.equal(pc.binary_length(alts), 1))
    plain = single.to_numpy(zero_copy_only=False) & (positions >= 1) & (positions <= contig.length)
    places = np.flatnonzero(plain)
    ref, alt = _letters(refs.take(places)), _letters(alts.take(places))
    expected = reference.bases_at(contig, positions[places])
    plain[places] = (ref == expected) & (ref != alt) & np.isin(ref, _BASES) & np.isin(alt, _BASES)
    return plain


def _letters(texts: Any) -> Any:
    """Texts of one byte each as an array of bytes; they have to be the result of a ``take``."""
    data = texts.buffers()[2]
    return np.frombuffer(data, np.uint8)[: len(texts)] if data else np.empty(0, np.uint8)


class _Written(NamedTuple):
    """Alleles as the file has them, and the place of each among all."""

    places: Any
    positions: Any
    refs: Any
    alts: Any


def _normal_forms(
    written: _Written, contig: Contig, reference: Reference, reading: Reading
) -> tuple[list[Change], Any]:
    """The normal form of alleles one by one, and the places of those that have one."""
    changes: list[Change] = []
    kept: list[int] = []
    columns = (column.tolist() for column in written)
    for place, *change in zip(*columns, strict=True):
        found = _normal_form(Change(*change), contig, reference)
        if isinstance(found, Change):
            changes.append(found)
            kept.append(place)
        else:
            position, ref, alt = change
            reading.leave_out(found, f"{contig.name}:{position} {ref[:20]} {alt[:20]}")
    return changes, np.array(kept, np.int64)


def _normal_form(change: Change, contig: Contig, reference: Reference) -> Change | str:
    """The normal form, or why there is none."""
    position, ref, alt = change
    if why_skipped(ref, alt):
        return NOT_SEQUENCE
    if not _NUCLEOTIDES.fullmatch(ref) or position < 1 or position + len(ref) - 1 > contig.length:
        return MISMATCH
    bases = reference.bases(contig, position, len(ref))
    if not agree(ref, bases):
        return MISMATCH
    # Where the reference has an IUPAC code, a record of a user is looked up with that code.
    return normalise(Change(position, bases, alt), contig, reference)


def _joined(one: Alleles, other: Alleles) -> Alleles:
    return Alleles(
        *(np.concatenate(pair) for pair in zip(one[:3], other[:3], strict=True)),
        *(pa.concat_arrays(pair) for pair in zip(one[3:], other[3:], strict=True)),
    )
