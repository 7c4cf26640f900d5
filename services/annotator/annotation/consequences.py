"""What the consequence words of the engine mean: their order of severity and their impact."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Impact(StrEnum):
    """How much a consequence is likely to disturb a gene product, by Ensembl's four classes."""

    HIGH = "HIGH"
    MODERATE = "MODERATE"
    LOW = "LOW"
    MODIFIER = "MODIFIER"


class Term(NamedTuple):
    """A consequence in the words of the Sequence Ontology."""

    name: str
    impact: Impact


# Most severe first: the order and the impact are those of Ensembl's table of calculated variant
# consequences (ensembl.org, Variation, Predicted data); the keys are the words of bcftools csq, which
# mostly leaves out the "_variant" of the Sequence Ontology. Its non_coding says only that the allele lies
# in a transcript without a coding sequence, in an exon or not: SO:0001619.
TERMS = {
    "splice_acceptor": Term("splice_acceptor_variant", Impact.HIGH),
    "splice_donor": Term("splice_donor_variant", Impact.HIGH),
    "stop_gained": Term("stop_gained", Impact.HIGH),
    "frameshift": Term("frameshift_variant", Impact.HIGH),
    "stop_lost": Term("stop_lost", Impact.HIGH),
    "start_lost": Term("start_lost", Impact.HIGH),
    "feature_elongation": Term("feature_elongation", Impact.HIGH),
    "feature_truncation": Term("feature_truncation", Impact.HIGH),
    "inframe_insertion": Term("inframe_insertion", Impact.MODERATE),
    "inframe_deletion": Term("inframe_deletion", Impact.MODERATE),
    "missense": Term("missense_variant", Impact.MODERATE),
    "inframe_altering": Term("protein_altering_variant", Impact.MODERATE),
    "splice_region": Term("splice_region_variant", Impact.LOW),
    "start_retained": Term("start_retained_variant", Impact.LOW),
    "stop_retained": Term("stop_retained_variant", Impact.LOW),
    "synonymous": Term("synonymous_variant", Impact.LOW),
    "coding_sequence": Term("coding_sequence_variant", Impact.MODIFIER),
    "5_prime_utr": Term("5_prime_UTR_variant", Impact.MODIFIER),
    "3_prime_utr": Term("3_prime_UTR_variant", Impact.MODIFIER),
    "intron": Term("intron_variant", Impact.MODIFIER),
    "NMD_transcript": Term("NMD_transcript_variant", Impact.MODIFIER),
    "non_coding": Term("non_coding_transcript_variant", Impact.MODIFIER),
    "intergenic": Term("intergenic_variant", Impact.MODIFIER),
}

# Enough separators for an entry that lacks all but its first field.
_NO_MORE = "|" * 7

_SEVERITY = {word: rank for rank, word in enumerate(TERMS)}


class Consequence(NamedTuple):
    """One entry of BCSQ: what an allele does to one transcript.

    :ivar words: one or more consequence words, most severe first.
    :ivar amino_acids: as ``340R>340H``, or empty.
    """

    words: tuple[str, ...]
    gene: str
    transcript: str
    amino_acids: str
    dna_change: str

    def is_of(self, position: int, ref: str, alt: str) -> bool:
        """Whether it is of an allele, perhaps together with others.

        One without a change of coding DNA is of every allele of its record.
        """
        return not self.dna_change or f"{position}{ref}>{alt}" in self.dna_change.split("+")

    @property
    def rank(self) -> int:
        """Severity of the worst word."""
        return _severity(self.words[0])

    @property
    def terms(self) -> str:
        """The words in those of the Sequence Ontology, joined by an ampersand."""
        return "&".join(term(word).name for word in self.words)

    @property
    def impact(self) -> Impact:
        """Impact of the worst word."""
        return term(self.words[0]).impact


def term(word: str) -> Term:
    """What a word of the engine means; one that is unknown here stands for itself and is a modifier."""
    return TERMS.get(word) or Term(word, Impact.MODIFIER)


def parse(bcsq: bytes) -> list[Consequence]:
    """The entries of a BCSQ value.

    The format is ``Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change``, where
    the last three may be missing, and a ``*`` before the first says that a stop came earlier
    (documentation of bcftools csq).
    """
    return [_entry(text) for text in bcsq.decode("latin-1").split(",")]


def _entry(text: str) -> Consequence:
    words, gene, transcript, _, _, amino_acids, dna_change, *_ = (text + _NO_MORE).split("|")
    ordered = words.lstrip("*").split("&")
    ordered.sort(key=_severity)
    return Consequence(tuple(ordered), gene, transcript, amino_acids, dna_change)


def _severity(word: str) -> int:
    """Place of a word in the order of severity: 0 is the most severe, and one unknown here the least."""
    return _SEVERITY.get(word, len(_SEVERITY))


def worst(consequences: list[Consequence]) -> Consequence:
    """The entry with the most severe word; the first of several."""
    if len(consequences) == 1:
        return consequences[0]
    return min(consequences, key=lambda consequence: consequence.rank)
