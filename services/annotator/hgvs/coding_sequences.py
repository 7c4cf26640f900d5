"""The coding sequences of transcripts, spliced and translated."""

from __future__ import annotations

from dataclasses import dataclass

from services.annotator.hgvs.edits import Bases, reverse_complement
from services.annotator.hgvs.genetic_codes import (
    MITOCHONDRIAL_CODES,
    STOP,
    GeneticCode,
    genetic_code,
)
from services.annotator.hgvs.transcripts import Transcript
from services.annotator.pack.manifest import Contig

_CODON = 3
METHIONINE = "M"
SELENOCYSTEINE = "U"
_SELENOCYSTEINE_CODON = "TGA"


@dataclass(frozen=True, slots=True, eq=False)
class CodingSequence:
    """What a transcript codes for.

    :ivar bases: from the first coding base to the end of the transcript, in whole codons from the start:
        where the first codon is not known in full, N stands for what is missing.
    :ivar missing: how many such N there are.
    :ivar length: how many of the bases code, the N included.
    :ivar protein: one-letter residues of the codons that are whole, ``*`` for a stop.
    :ivar started: whether the first residue is where translation starts.
    """

    bases: str
    missing: int
    length: int
    protein: str
    started: bool
    code: GeneticCode

    def keeps_start(self, codon: str) -> bool:
        """Whether a codon in the place of the first one still starts with methionine.

        It surely does if it is one for methionine, or one that starts in this code and means the same
        inside as the one it replaces. Whether another start codon is used in its place is not known.
        """
        residue = self.code.residues.get(codon)
        same = residue == self.code.residues.get(self.bases[:_CODON])
        return residue == METHIONINE or (same and codon in self.code.starts)


def coding_sequence(reference: Bases, contig: Contig, transcript: Transcript) -> CodingSequence | None:
    """The coding sequence of a transcript; None if its exons do not simply spell one.

    :raises Misconfigured: if the contig's genetic code is none of NCBI's.
    """
    if not transcript.regular:
        return None
    code = genetic_code(contig.genetic_code)
    missing = -transcript.phase % _CODON
    bases = "N" * missing + _spliced(reference, contig, transcript)
    length = missing + transcript.coding
    tail = _poly_a(bases, length, code) if contig.genetic_code in MITOCHONDRIAL_CODES else ""
    bases, length = bases + tail, length + len(tail)
    started = transcript.started and bases[:_CODON] in code.starts
    protein = _protein(bases[:length], code, started=started)
    return CodingSequence(bases, missing, length, protein, started, code)


def _spliced(reference: Bases, contig: Contig, transcript: Transcript) -> str:
    """The exons from the first coding base to the end of the transcript."""
    pieces = []
    for start, end, origin in zip(transcript.starts, transcript.ends, transcript.origins, strict=True):
        if transcript.forward:
            first, last = max(start, 1 - origin), end
        else:
            first, last = start, min(end, origin - 1)
        if first <= last:
            pieces.append(reference.bases(contig, first, last - first + 1))
    spliced = "".join(pieces)
    return spliced if transcript.forward else reverse_complement(spliced)


def _poly_a(bases: str, length: int, code: GeneticCode) -> str:
    """The bases by which polyadenylation completes a stop codon that ends with the transcript.

    In mitochondria T and TA become TAA that way (Ojala, Montoya and Attardi, Nature 290:470, 1981).
    """
    rest = length % _CODON
    tail = "A" * (_CODON - rest)
    return tail if rest and length == len(bases) and bases[-rest:] + tail in code.stops else ""


def _protein(coding: str, code: GeneticCode, *, started: bool) -> str:
    """The residues of a coding sequence, with what the place of a codon adds to the table."""
    residues = list(code.translate(coding))
    if not residues:
        return ""
    for index in range(len(residues) - 1):
        if residues[index] == STOP and coding[index * _CODON :][:_CODON] == _SELENOCYSTEINE_CODON:
            # A stop that is read through: in an annotated coding sequence, TGA inside is selenocysteine.
            residues[index] = SELENOCYSTEINE
    if len(coding) % _CODON == 0 and coding[-_CODON:] in code.stops:
        residues[-1] = STOP
    if started:
        residues[0] = METHIONINE
    return "".join(residues)
