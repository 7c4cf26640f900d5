"""Each record held against the reference: which of its alleles can be annotated, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.annotator.alleles import MAX_ALLELE_BASES, Change, Skip, normalise, why_skipped
from services.annotator.records import ALT, CHROM, REF, Record
from services.annotator.reference import agree

if TYPE_CHECKING:
    from services.annotator.manifest import Contig
    from services.annotator.pack import Pack
    from services.annotator.reference import Reference


@dataclass(frozen=True, slots=True)
class Allele:
    """One ALT allele.

    :ivar skip: why it cannot be annotated, or None if it can.
    :ivar alt: its upper-case bases, or what else stands in the column.
    :ivar change: its normal form; None if it cannot be annotated.
    """

    alt: str
    skip: Skip | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class Examined:
    """A record and what the reference says to it.

    :ivar contig: the pack's contig that CHROM means, if there is one.
    :ivar ref: the reference's own bases in the place of REF.
    :ivar skip: why nothing of the record can be annotated, or None if something can.
    """

    record: Record
    contig: Contig | None
    ref: str
    alleles: tuple[Allele, ...]
    skip: Skip | None


def examine(record: Record, pack: Pack, reference: Reference) -> Examined:
    """Hold a record against the reference."""
    contig = pack.contig_names.get(record.fields[CHROM])
    ref = record.fields[REF].decode().upper()
    alts = record.fields[ALT].decode("latin-1").upper().split(",")
    if contig is None:
        return _skipped(record, None, alts, Skip.UNKNOWN_CONTIG)
    if record.position < 1 or record.position + len(ref) - 1 > contig.length:
        return _skipped(record, contig, alts, Skip.OUTSIDE_CONTIG)
    if len(ref) > MAX_ALLELE_BASES:
        return _skipped(record, contig, alts, Skip.ALLELE_TOO_LONG)
    bases = reference.bases(contig, record.position, len(ref))
    if not agree(ref, bases):
        return _skipped(record, contig, alts, Skip.REFERENCE_MISMATCH)
    alleles = tuple(_allele(alt, bases, record.position, contig, reference) for alt in alts)
    skips = [allele.skip for allele in alleles]
    return Examined(record, contig, bases, alleles, None if None in skips else skips[0])


def _skipped(record: Record, contig: Contig | None, alts: list[str], skip: Skip) -> Examined:
    alleles = tuple(Allele(alt, skip, None) for alt in alts)
    return Examined(record, contig, "", alleles, skip)


def _allele(alt: str, ref: str, position: int, contig: Contig, reference: Reference) -> Allele:
    if skip := why_skipped(ref, alt):
        return Allele(alt, skip, None)
    return Allele(alt, None, normalise(Change(position, ref, alt), contig, reference))
