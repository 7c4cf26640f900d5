"""The bases of a pack's contigs, read through a window that moves with the sorted records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pysam

if TYPE_CHECKING:
    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack

# A read of the FASTA costs about 10 microseconds; a window of this many bases makes the reads of
# sorted records rare and keeps little in memory.
WINDOW_BASES = 1 << 18

# How far before the wanted bases a window starts, so that shifting an indel to the left stays in it.
MARGIN_BASES = 1 << 12

# What each IUPAC nucleotide code stands for (NC-IUB 1984); VCF section 1.6.1 allows a reference
# to have them and asks writers to reduce them to one base.
IUPAC = {
    "A": "A",
    "C": "C",
    "G": "G",
    "T": "T",
    "R": "AG",
    "Y": "CT",
    "K": "GT",
    "M": "AC",
    "S": "CG",
    "W": "AT",
    "B": "CGT",
    "D": "AGT",
    "H": "ACT",
    "V": "ACG",
    "N": "ACGT",
}


class Reference:
    """Upper-case bases of the reference by contig and position."""

    def __init__(self, pack: Pack) -> None:
        self._fasta = pysam.FastaFile(str(pack.path(pack.reference)))
        self._contig = ""
        self._start = 0
        self._window = ""

    def close(self) -> None:
        """Give the file back."""
        self._fasta.close()

    def bases(self, contig: Contig, position: int, length: int) -> str:
        """The bases from a position counted from 1; fewer than asked for at the end of the contig."""
        start, end = position - 1, min(position - 1 + length, contig.length)
        if contig.name != self._contig or start < self._start or end > self._start + len(self._window):
            self._move(contig, start, end)
        return self._window[start - self._start : end - self._start]

    def _move(self, contig: Contig, start: int, end: int) -> None:
        self._start = max(0, start - MARGIN_BASES)
        end = min(contig.length, max(end, self._start + WINDOW_BASES))
        self._window = self._fasta.fetch(contig.name, self._start, end).upper()
        self._contig = contig.name


def agree(bases: str, reference: str) -> bool:
    """Whether two upper-case sequences of one length can be the same, given what IUPAC codes stand for."""
    if bases == reference:
        return True
    return len(bases) == len(reference) and all(
        one == other or set(IUPAC[one]) & set(IUPAC.get(other, ""))
        for one, other in zip(bases, reference, strict=True)
    )
