"""Alleles of a record: what kind of change each is, and its one normal form for comparing."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.reference import Reference

# Alleles beyond this many bases are structural variants, where words made for small variants
# mislead, and their protein text alone would be larger than most files.
MAX_ALLELE_BASES = 10_000

# Alleles of one record beyond this number are not annotated: the engine's time grows with their square
# (65,000 take 14 s, this many 0.002 s), and no caller writes hundreds at one place.
MAX_ALLELES = 1_000

# A shift to the left ends here even inside a longer repeat: the join with known variants looks this
# far around a record, so an allele that shifts further would not be met anyway.
MAX_SHIFT_BASES = 1_000

# Most shifts end within a few bases: as many are read at a time.
_READ_BASES = 32

_SEQUENCE = re.compile("[ACGT]+")
_AMBIGUOUS = re.compile("[ACGTRYKMSWBDHVN]+")
_SYMBOLIC = re.compile(r"<[^<>\s]+>")
# Section 5.4 of the VCF specification: a breakend has a bracket, or a point at one end.
_BREAKEND = re.compile(r"[^\[\]]*[\[\]][^\[\]]+[\[\]][^\[\]]*|\.[A-Z]+|[A-Z]+\.")
TRANSITIONS = frozenset({"AG", "GA", "CT", "TC"})


class Skip(StrEnum):
    """Why a record or an allele stays as it was: the word in GAS_SKIP."""

    UNKNOWN_CONTIG = "unknown_contig"
    OUTSIDE_CONTIG = "outside_contig"
    REFERENCE_MISMATCH = "reference_mismatch"
    NO_ALTERNATE = "no_alternate"
    SYMBOLIC_ALLELE = "symbolic_allele"
    BREAKEND = "breakend"
    AMBIGUOUS_ALLELE = "ambiguous_allele"
    MALFORMED_ALLELE = "malformed_allele"
    SAME_AS_REFERENCE = "same_as_reference"
    ALLELE_TOO_LONG = "allele_too_long"
    TOO_MANY_ALLELES = "too_many_alleles"
    ENGINE_REFUSED = "engine_refused"


class Kind(StrEnum):
    """The type of a change; an indel inserts and deletes at once."""

    SNV = "SNV"
    MNV = "MNV"
    INSERTION = "insertion"
    DELETION = "deletion"
    INDEL = "indel"


class Change(NamedTuple):
    """A change of sequence at a position counted from 1."""

    position: int
    ref: str
    alt: str


def why_skipped(ref: str, alt: str) -> Skip | None:
    """Why an upper-case ALT allele cannot be annotated, or None if it can."""
    if _SEQUENCE.fullmatch(alt):
        if len(alt) > MAX_ALLELE_BASES:
            return Skip.ALLELE_TOO_LONG
        return Skip.SAME_AS_REFERENCE if alt == ref else None
    if alt == ".":
        return Skip.NO_ALTERNATE
    if alt == "*" or _SYMBOLIC.fullmatch(alt):
        return Skip.SYMBOLIC_ALLELE
    if _BREAKEND.fullmatch(alt):
        return Skip.BREAKEND
    return Skip.AMBIGUOUS_ALLELE if _AMBIGUOUS.fullmatch(alt) else Skip.MALFORMED_ALLELE


def kind(ref: str, alt: str) -> Kind:
    """The type of a change."""
    _, ref, alt = trim(Change(1, ref, alt))
    if len(ref) == len(alt):
        return Kind.SNV if len(ref) == 1 else Kind.MNV
    # Before the first base of a contig there is no base to stand at the start of both alleles, so what
    # is inserted or deleted there stands before a base that both have.
    if len(ref) == 1 and ref in {alt[0], alt[-1]}:
        return Kind.INSERTION
    return Kind.DELETION if len(alt) == 1 and alt in {ref[0], ref[-1]} else Kind.INDEL


def is_transition(ref: str, alt: str) -> bool:
    """Whether an SNV exchanges purine for purine or pyrimidine for pyrimidine."""
    _, ref, alt = trim(Change(1, ref, alt))
    return ref + alt in TRANSITIONS


def trim(change: Change) -> Change:
    """Remove what both alleles share at the end and then at the start, leaving at least one base."""
    position, ref, alt = change
    spare = min(len(ref), len(alt)) - 1
    if not spare:
        return change
    tail = _shared(ref[::-1], alt[::-1], spare)
    head = _shared(ref, alt, spare - tail)
    return Change(position + head, ref[head : len(ref) - tail], alt[head : len(alt) - tail])


def _shared(one: str, other: str, most: int) -> int:
    """How many characters two texts share at their start, up to a number."""
    pairs = enumerate(zip(one[:most], other[:most], strict=True))
    return next((index for index, (a, b) in pairs if a != b), most)


def normalise(change: Change, contig: Contig, reference: Reference) -> Change:
    """The left-most, shortest form of a change, as Tan, Abecasis and Kang define it.

    Two descriptions of one change have the same normal form (Bioinformatics 31:2202, 2015).
    """
    if len(change.ref) == len(change.alt) == 1:
        return change
    position, ref, alt = trim(change)
    least = max(1, position - MAX_SHIFT_BASES)
    before = ""
    while ref[-1] == alt[-1] and position > least:
        if not before:
            start = max(least, position - _READ_BASES)
            before = reference.bases(contig, start, position - start)
        position, ref, alt = position - 1, before[-1] + ref[:-1], before[-1] + alt[:-1]
        before = before[:-1]
    return trim(Change(position, ref, alt))
