"""The bases of the synthetic reference: random, except that the coding sequences make sense."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.shape import CONTIG, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.synthetic.genes import Gene, Transcript

_PURPOSE = 1

# 41 % G and C, as in human chromosome 21.
_LETTERS = np.frombuffer(b"A" * 75 + b"C" * 53 + b"G" * 53 + b"T" * 75, np.uint8)
_N = ord("N")
_COMPLEMENT = np.zeros(256, np.uint8)
_COMPLEMENT[list(b"ACGTN")] = list(b"TGCAN")

_STOPS = (b"TAA", b"TAG", b"TGA")
_CODONS = np.array(
    [list(codon) for codon in map(bytes, itertools.product(b"ACGT", repeat=3)) if codon not in _STOPS],
    np.uint8,
)

_LINE_BASES = 60


def draw_genome(shape: Shape, genes: Iterable[Gene]) -> NDArray[np.uint8]:
    """The letters of the contig, upper case; where genes overlap the last one's codons count."""
    generator = shape.generator(_PURPOSE)
    bases: NDArray[np.uint8] = _LETTERS[generator.integers(0, len(_LETTERS), shape.bases, np.uint8)]
    bases[: shape.first_base] = _N
    for gene in genes:
        if gene.coding:
            _write_codons(bases, gene.transcripts[0], generator)
    return bases


def _write_codons(bases: NDArray[np.uint8], transcript: Transcript, generator: np.random.Generator) -> None:
    """A start codon, codons that are no stop, and a stop codon."""
    places = np.concatenate([np.arange(start, end) for start, end in transcript.coding])
    codons = _CODONS[generator.integers(0, len(_CODONS), len(places) // 3)]
    codons[0], codons[-1] = list(b"ATG"), list(_STOPS[generator.integers(0, len(_STOPS))])
    letters = codons.ravel()
    bases[places] = letters if transcript.forward else _COMPLEMENT[letters[::-1]]


def write_fasta(path: Path, bases: NDArray[np.uint8]) -> None:
    """The contig in lines of 60 bases."""
    whole = len(bases) // _LINE_BASES * _LINE_BASES
    lines = np.full((whole // _LINE_BASES, _LINE_BASES + 1), ord("\n"), np.uint8)
    lines[:, :-1] = bases[:whole].reshape(-1, _LINE_BASES)
    rest = bases[whole:].tobytes()
    with path.open("wb") as fasta:
        fasta.write(f">{CONTIG}\n".encode())
        fasta.write(lines.tobytes())
        fasta.write(rest + b"\n" if rest else b"")
