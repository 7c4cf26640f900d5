"""How large the synthetic data are. Everything in them follows from this and from nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass

import numpy as np

# Changes whenever the same shape gives other data, so that what an earlier version left is not used.
GENERATION = 1

#: The one contig of the synthetic reference.
CONTIG = "21"


@dataclass(frozen=True)
class Shape:
    """A contig like the human chromosome 21 of GRCh38, with the numbers of genes and transcripts of Ensembl.

    :ivar bases: of the contig, the first of which, one in nine, are N.
    :ivar genes: how many there are; on average each has 3.4 transcripts.
    :ivar sites: how many places vary; an input has some or all of them.
    :ivar known: how many variants are known, half of which are among the sites.
    """

    bases: int = 46_709_983
    genes: int = 700
    sites: int = 1_000_000
    known: int = 1_000_000
    seed: int = 21

    @property
    def first_base(self) -> int:
        """Where the N stretch ends, counted from 0."""
        return self.bases // 9

    @property
    def name(self) -> str:
        """A name for these data and no others."""
        return hashlib.sha256(repr((GENERATION, *astuple(self))).encode()).hexdigest()[:12]

    def generator(self, *purpose: int) -> np.random.Generator:
        """Random numbers for one purpose, which no other purpose disturbs."""
        return np.random.default_rng((self.seed, *purpose))
