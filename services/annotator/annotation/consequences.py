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


# Most severe first: the order and the impact are those of Ensembl's table of calculated variant
# consequences (ensembl.org, Variation, Predicted data), the words are those of bcftools csq, which
# leaves out the "_variant" of the Sequence Ontology and calls protein_altering inframe_altering.
IMPACTS = {
    "splice_acceptor": Impact.HIGH,
    "splice_donor": Impact.HIGH,
    "stop_gained": Impact.HIGH,
    "frameshift": Impact.HIGH,
    "stop_lost": Impact.HIGH,
    "start_lost": Impact.HIGH,
    "feature_elongation": Impact.HIGH,
    "feature_truncation": Impact.HIGH,
    "inframe_insertion": Impact.MODERATE,
    "inframe_deletion": Impact.MODERATE,
    "missense": Impact.MODERATE,
    "inframe_altering": Impact.MODERATE,
    "splice_region": Impact.LOW,
    "start_retained": Impact.LOW,
    "stop_retained": Impact.LOW,
    "synonymous": Impact.LOW,
    "coding_sequence": Impact.MODIFIER,
    "5_prime_utr": Impact.MODIFIER,
    "3_prime_utr": Impact.MODIFIER,
    "non_coding": Impact.MODIFIER,
    "intron": Impact.MODIFIER,
    "intergenic": Impact.MODIFIER,
}

# Enough separators for an entry that lacks all but its first field.
_NO_MORE = "|" * 7

_SEVERITY = {word: rank for rank, word in enumerate(IMPACTS)}


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
        """Whether it is of an allele; one without a change of coding DNA is of every allele of its record."""
        return self.dna_change in {"", f"{position}{ref}>{alt}"}


def severity(word: str) -> int:
    """Rank of a consequence word: 0 is the most severe, and a word unknown here the least."""
    return _SEVERITY.get(word, len(_SEVERITY))


def impact(word: str) -> Impact:
    """Impact of a consequence word; a word that is unknown here is a modifier."""
    return IMPACTS.get(word, Impact.MODIFIER)


def parse(bcsq: bytes) -> list[Consequence]:
    """The entries of a BCSQ value.

    The format is ``Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change``, where
    the last three may be missing, and a ``*`` before the first says that a stop came earlier
    (documentation of bcftools csq).
    """
    return [_entry(text) for text in bcsq.decode("latin-1").split(",")]


def _entry(text: str) -> Consequence:
    words, gene, transcript, _, _, amino_acids, dna_change, *_ = (text + _NO_MORE).split("|")
    ordered = sorted(words.lstrip("*").split("&"), key=severity)
    return Consequence(tuple(ordered), gene, transcript, amino_acids, dna_change)


def worst(consequences: list[Consequence]) -> Consequence:
    """The entry with the most severe word; the first of several."""
    if len(consequences) == 1:
        return consequences[0]
    return min(consequences, key=lambda consequence: severity(consequence.words[0]))
