"""The bases of a pack's contigs, read in place: the index of the FASTA says where each is."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack

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

_UPPER = np.frombuffer(bytes(range(256)).upper(), np.uint8)


class _Layout(NamedTuple):
    """Where a contig lies in the FASTA: the columns of its .fai (samtools faidx)."""

    length: int
    offset: int
    line_bases: int
    line_width: int


class Reference:
    """Upper-case bases of the reference by contig and position, counted from 1."""

    def __init__(self, pack: Pack) -> None:
        path = pack.path(pack.reference)
        self._layouts = dict(map(_layout, path.with_name(f"{path.name}.fai").read_text().splitlines()))
        with path.open("rb") as stream:
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes = np.frombuffer(self._map, np.uint8)

    def bases(self, contig: Contig, position: int, length: int) -> str:
        """The bases from a position on; fewer than asked for at the end of the contig."""
        layout = self._layouts[contig.name]
        first, last = position - 1, min(position - 1 + length, layout.length)
        if first >= last:
            return ""
        text = self._map[_place(layout, first) : _place(layout, last - 1) + 1]
        return text.replace(b"\n", b"").replace(b"\r", b"").upper().decode("ascii")

    def bases_at(self, contig: Contig, positions: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The base at each of many positions, as its ASCII code; all have to be on the contig."""
        layout = self._layouts[contig.name]
        lines, within = np.divmod(positions - 1, layout.line_bases)
        bases: NDArray[np.uint8] = _UPPER[self._bytes[layout.offset + lines * layout.line_width + within]]
        return bases

    def forget(self) -> None:
        """Give back the memory of the pages that were read; they stay in the cache of the system."""
        self._map.madvise(mmap.MADV_DONTNEED)


def _layout(line: str) -> tuple[str, _Layout]:
    name, length, offset, bases, width = line.split("\t")[:5]
    return name, _Layout(int(length), int(offset), int(bases), int(width))


def _place(layout: _Layout, index: int) -> int:
    lines, within = divmod(index, layout.line_bases)
    return layout.offset + lines * layout.line_width + within


def agree(bases: str, reference: str) -> bool:
    """Whether two upper-case sequences of one length can be the same, given what IUPAC codes stand for."""
    if bases == reference:
        return True
    return len(bases) == len(reference) and all(
        one == other or set(IUPAC[one]) & set(IUPAC.get(other, ""))
        for one, other in zip(bases, reference, strict=True)
    )
