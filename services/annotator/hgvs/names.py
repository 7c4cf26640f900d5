"""Names of changes as HGVS recommends them: on transcripts, on proteins and on the contig.

Source: HGVS Nomenclature v21 (https://hgvs-nomenclature.org). Where it leaves a choice, names are those of
Ensembl's VEP. Repeats are named as deletions, duplications and insertions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from services.annotator.hgvs.coding_sequences import CodingSequence, coding_sequence
from services.annotator.hgvs.dna import at_three_prime, describe, duplicated
from services.annotator.hgvs.edits import COMPLEMENTS, Bases, Edit, edit, reverse_complement
from services.annotator.hgvs.gene_models import GeneModels
from services.annotator.hgvs.genetic_codes import MITOCHONDRIAL_CODES
from services.annotator.hgvs.protein import describe_replacement, describe_substitution
from services.annotator.hgvs.transcripts import Transcript
from services.annotator.pack.manifest import Contig

# Coding sequences that are kept in memory: 3,000 bases as a rule, 100,000 at most.
_KEPT_SEQUENCES = 256

_MITOCHONDRIA = frozenset({"m", "mt", "mito", "mtdna"})


class Names(NamedTuple):
    """The names of one change.

    :ivar coding: ``TRANSCRIPT:c.`` or ``TRANSCRIPT:n.`` names, in the order of the gene models' file.
    :ivar protein: ``TRANSCRIPT:p.`` names where a coding sequence changes and the result is known. They
        have ``=`` for no change; where VCF reserves that character, the writer encodes it.
    :ivar genomic: the ``m.`` or ``g.`` name. It begins with the contig's accession, which HGVS asks for,
        or with its name if the pack has none.
    """

    coding: tuple[str, ...]
    protein: tuple[str, ...]
    genomic: str


class Hgvs:
    """Names changes, fastest if those of one contig follow one another."""

    def __init__(self, models: GeneModels, reference: Bases) -> None:
        self._models = models
        self._reference = reference
        self._contig: _ContigNames | None = None

    def names(self, contig: Contig, position: int, ref: str, alt: str) -> Names:
        """The names of a change, on each transcript of which an exon or 8 bases beside one are touched.

        :param position: of the first base of ``ref``, counted from 1.
        :param ref: the record's own allele in upper-case ACGT, which the reference has there.
        :param alt: what it becomes, likewise; it differs from ``ref``.
        :raises Misconfigured: if the pack's gene models cannot be used.
        """
        if self._contig is None or self._contig.contig is not contig:
            self._contig = _ContigNames(self._models, self._reference, contig)
        return self._contig.names(position, ref, alt)


class _ContigNames:
    """Names changes of one contig."""

    def __init__(self, models: GeneModels, reference: Bases, contig: Contig) -> None:
        self.contig = contig
        self._reference = reference
        self._genes = models.on(contig.name)
        self._circular = is_mitochondrial(contig)
        self._prefix = f"{contig.accession or contig.name}:{'m' if self._circular else 'g'}."
        self._sequence = lru_cache(_KEPT_SEQUENCES)(self._read_sequence)

    def names(self, position: int, ref: str, alt: str) -> Names:
        if len(ref) == len(alt) == 1:
            return self._substitution(position, ref, alt)
        change = edit(self._reference, self.contig, position, ref, alt)
        coding, protein = [], []
        for transcript in self._genes.touching(*change.reach):
            placed = at_three_prime(change, transcript)
            name = placed and describe(placed, transcript.label, forward=transcript.forward)
            if not placed or not name:
                continue
            coding.append(transcript.prefix + name)
            if transcript.coding and (residues := self._replaced(transcript, placed)):
                protein.append(f"{transcript.name}:p.{residues}")
        genomic = describe(change.moved(change.right), self._label, forward=True)
        if genomic is None:
            # Beyond the end of a linear contig; the record's own allele has a base to stand on.
            genomic = describe(Edit(position, ref, alt, 0, 0), self._label, forward=True)
        return Names(tuple(coding), tuple(protein), f"{self._prefix}{genomic}")

    def _label(self, position: int) -> str | None:
        """A position on the contig; one behind the end of a circle is at its start."""
        if self._circular:
            return str((position - 1) % self.contig.length + 1)
        return str(position) if 1 <= position <= self.contig.length else None

    def _substitution(self, position: int, ref: str, alt: str) -> Names:
        coding, protein = [], []
        for transcript in self._genes.touching(position, position):
            if (place := transcript.place(position)) is None:
                continue
            number, distance = place
            old, new = (ref, alt) if transcript.forward else (COMPLEMENTS[ref], COMPLEMENTS[alt])
            coding.append(f"{transcript.prefix}{transcript.text(number, distance)}{old}>{new}")
            if not distance and 0 < number <= transcript.coding:
                sequence = self._sequence(transcript)
                residues = sequence and describe_substitution(sequence, number, new)
                if residues:
                    protein.append(f"{transcript.name}:p.{residues}")
        return Names(tuple(coding), tuple(protein), f"{self._prefix}{position}{ref}>{alt}")

    def _replaced(self, transcript: Transcript, change: Edit) -> str | None:
        """What a change that is at its 3' place does to the protein of a transcript."""
        span = _coding_span(transcript, change)
        sequence = span and self._sequence(transcript)
        if not span or not sequence:
            return None
        alt = change.alt if transcript.forward else reverse_complement(change.alt)
        return describe_replacement(sequence, *span, alt)

    def _read_sequence(self, transcript: Transcript) -> CodingSequence | None:
        return coding_sequence(self._reference, self.contig, transcript)


def is_mitochondrial(contig: Contig) -> bool:
    """Whether a contig is a mitochondrial genome, by its genetic code or by what files call it."""
    names = {name.lower().removeprefix("chr") for name in (contig.name, *contig.aliases)}
    return contig.genetic_code in MITOCHONDRIAL_CODES or not names.isdisjoint(_MITOCHONDRIA)


def _coding_span(transcript: Transcript, change: Edit) -> tuple[int, int] | None:
    """The spliced bases that a change replaces, as how many coding bases stand before and up to them.

    None if it touches none, or an intron so that what is spliced is not known. Exons with all of the
    intron between them may go, but nothing may come in their place: it could be an intron as well.
    """
    copied = duplicated(change, forward=transcript.forward)
    first, last = copied or sorted((change.start, change.last))
    places = transcript.place(first), transcript.place(last)
    if places[0] is None or places[1] is None or places[0][1] or places[1][1]:
        return None
    low, end = sorted((places[0][0], places[1][0]))
    start = low - 1
    if change.alt and end - start != last - first + 1:
        return None
    if copied:
        start = end
    elif not change.ref:
        start = end = start + 1
    inside = 0 < start < transcript.coding if start == end else start < transcript.coding and end > 0
    return (start, end) if inside else None
