"""Which queries the engine has to be asked: those near a gene, and of those it surely answers alike, one.

Four in ten changes of a genome lie in introns, where nothing but the transcript counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from services.annotator.pack.exon_gaps import NO_GAP
from services.annotator.vcf.columns import flat

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from services.annotator.annotation.queries import Queries
    from services.annotator.pack.genes import Genes
    from services.annotator.pack.pack import Pack

_IS_BASE = np.zeros(256, bool)
_IS_BASE[np.frombuffer(b"ACGT", np.uint8)] = True

# Above the number of a gap is that of its contig.
_CONTIG_BITS = 40


def near_genes(queries: Queries, pack: Pack, genes: Genes) -> NDArray[np.int64]:
    """The queries that are near a gene; to others the engine would have nothing to say."""
    ends = queries.positions + queries.ref_lengths
    near = np.zeros(len(queries), bool)
    for number in np.flatnonzero(np.bincount(queries.contigs, minlength=1)).tolist():
        here = queries.contigs == number
        near[here] = genes.are_near(pack.contigs[number], queries.positions[here], ends[here])
    return np.flatnonzero(near)


def first_alike(queries: Queries, pack: Pack, genes: Genes) -> NDArray[np.int64]:
    """For each query the first that has the same answer, which it may be itself.

    Those between the same two exons have it.
    """
    alike = np.arange(len(queries))
    gaps = _gaps(queries, pack, genes)
    between = np.flatnonzero(gaps != NO_GAP)
    _, firsts, groups = np.unique(gaps[between], return_index=True, return_inverse=True)
    alike[between] = between[firsts][groups]
    return alike


def _gaps(queries: Queries, pack: Pack, genes: Genes) -> NDArray[np.int64]:
    """The number of the gap between exons that each query lies in, if it has one allele."""
    simple = np.flatnonzero(_are_sequences(queries.refs) & _are_sequences(queries.alts))
    contigs, starts = queries.contigs[simple], queries.positions[simple]
    ends = starts + queries.ref_lengths[simple] - 1
    gaps = np.full(len(queries), NO_GAP)
    for number in np.unique(contigs).tolist():
        here = contigs == number
        found = genes.gaps_at(pack.contigs[number], starts[here], ends[here])
        gaps[simple[here]] = np.where(found == NO_GAP, NO_GAP, found + (number << _CONTIG_BITS))
    return gaps


def _are_sequences(texts: pa.BinaryArray) -> NDArray[np.bool_]:
    """Which texts are bases and nothing else."""
    places, letters = flat(texts)
    others = np.concatenate([[0], np.cumsum(~_IS_BASE[letters])])
    are: NDArray[np.bool_] = np.diff(others[places]) == 0
    return are
