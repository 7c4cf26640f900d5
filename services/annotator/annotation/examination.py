"""Each record held against the reference: which of its alleles can be annotated, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.annotator.annotation.alleles import (
    MAX_ALLELE_BASES,
    MAX_ALLELES,
    Change,
    Skip,
    normalise,
    why_skipped,
)
from services.annotator.pack.reference import agree
from services.annotator.vcf.records import ALT, CHROM, REF, Record

if TYPE_CHECKING:
    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack
    from services.annotator.pack.reference import Reference


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
    :ivar alleles: one for each in ALT; none if nothing of the record can be annotated for a reason that
        is the record's.
    :ivar allele_count: how many alleles ALT has.
    :ivar skip: why nothing of the record can be annotated, or None if something can.
    """

    record: Record
    contig: Contig | None
    ref: str
    alleles: tuple[Allele, ...]
    allele_count: int
    skip: Skip | None


def examine(record: Record, pack: Pack, reference: Reference) -> Examined:
    """Hold a record against the reference."""
    # Upper case of bytes is that of ASCII: no letter becomes two.
    ref = record.fields[REF].upper().decode()
    contig = pack.contig_names.get(record.fields[CHROM])
    count = record.fields[ALT].count(b",") + 1
    if contig is None:
        return Examined(record, None, "", (), count, Skip.UNKNOWN_CONTIG)
    if skip := _out_of_bounds(record.position, len(ref), count, contig):
        return Examined(record, contig, "", (), count, skip)
    bases = reference.bases(contig, record.position, len(ref))
    if not agree(ref, bases):
        return Examined(record, contig, "", (), count, Skip.REFERENCE_MISMATCH)
    alts = record.fields[ALT].upper().decode("latin-1").split(",")
    alleles = tuple(_allele(alt, bases, record.position, contig, reference) for alt in alts)
    skips = [allele.skip for allele in alleles]
    return Examined(record, contig, bases, alleles, count, None if None in skips else skips[0])


def _out_of_bounds(position: int, length: int, alleles: int, contig: Contig) -> Skip | None:
    if position < 1 or position + length - 1 > contig.length:
        return Skip.OUTSIDE_CONTIG
    if length > MAX_ALLELE_BASES:
        return Skip.ALLELE_TOO_LONG
    return Skip.TOO_MANY_ALLELES if alleles > MAX_ALLELES else None


def _allele(alt: str, ref: str, position: int, contig: Contig, reference: Reference) -> Allele:
    if skip := why_skipped(ref, alt):
        return Allele(alt, skip, None)
    return Allele(alt, None, normalise(Change(position, ref, alt), contig, reference))
