"""What the engine is asked about the records of a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from services.annotator.vcf.columns import flat

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Queries:
    """What the engine is asked: alleles at positions, in any order.

    :ivar contigs: for each query the number of its contig in the pack.
    :ivar positions: counted from 1.
    :ivar refs: upper-case bases.
    :ivar alts: upper-case bases, with commas between alleles.
    :ivar genotypes: of all samples, with tabs between them; None if every allele is looked at by itself.
    """

    contigs: NDArray[np.int32]
    positions: NDArray[np.int64]
    refs: pa.BinaryArray
    alts: pa.BinaryArray
    genotypes: pa.BinaryArray | None = None

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def ref_lengths(self) -> NDArray[np.int32]:
        """How many bases of the reference each query is about."""
        return np.diff(flat(self.refs).places)

    def take(self, places: NDArray[np.int64]) -> Queries:
        """Some of the queries, in another order."""
        chosen = pa.array(places)
        return Queries(
            self.contigs[places],
            self.positions[places],
            self.refs.take(chosen),
            self.alts.take(chosen),
            None if self.genotypes is None else self.genotypes.take(chosen),
        )

    def part(self, first: int, last: int) -> Queries:
        """The queries from the first to before the last."""
        size = last - first
        return Queries(
            self.contigs[first:last],
            self.positions[first:last],
            self.refs.slice(first, size),
            self.alts.slice(first, size),
            None if self.genotypes is None else self.genotypes.slice(first, size),
        )
