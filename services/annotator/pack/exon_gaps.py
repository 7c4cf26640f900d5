"""Where the gene models of a contig are the same from base to base: the gaps between exons and gene ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.vcf.columns import Columns

# Further from an exon than what the engine looks at around a base: splice regions reach 8 bases into an
# intron (N_SPLICE_REGION_INTRON of bcftools csq), and it compares 10 more of the reference (N_REF_PAD).
_AROUND_BASES = 20

_ATTRIBUTES = 8

NO_GAP = -1


class ExonGaps(NamedTuple):
    """Stretches in ascending order in which no exon lies and no gene or transcript begins or ends."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def holding(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the gap that holds each of many stretches whole, or `NO_GAP`."""
        numbers = np.searchsorted(self.starts, starts, side="right") - 1
        return np.where(ends <= np.append(self.ends, 0)[numbers], numbers, NO_GAP)


def are_whole(columns: Columns) -> NDArray[np.bool_]:
    """Which lines of GFF3 are of genes and transcripts, and not of their parts."""
    attributes = columns.starts(_ATTRIBUTES)
    last = len(columns.bytes) - 1
    begins = [columns.bytes[np.minimum(attributes + place, last)] for place in range(4)]
    has_id = (begins[0] == ord("I")) & (begins[1] == ord("D"))
    whole: NDArray[np.bool_] = has_id & ((begins[3] == ord("g")) | (begins[3] == ord("t")))
    return whole


def exon_gaps(starts: NDArray[np.int64], ends: NDArray[np.int64], whole: NDArray[np.bool_]) -> ExonGaps:
    """The gaps of a contig.

    :param starts: the first base of each line of its gene models; ``ends`` are the last ones.
    :param whole: which lines are of genes and transcripts.
    """
    firsts = np.concatenate([starts, ends[whole]]) - _AROUND_BASES
    lasts = np.concatenate([np.where(whole, starts, ends), ends[whole]]) + _AROUND_BASES
    order = np.argsort(firsts)
    firsts, reached = firsts[order], np.maximum.accumulate(lasts[order])
    apart = firsts[1:] > reached[:-1] + 1
    return ExonGaps(reached[:-1][apart] + 1, firsts[1:][apart] - 1)
