"""The gene models of a pack: of a file of them, the genes around a stretch of a contig.

The engine reads all gene models that it is given, which for a large chromosome takes longer than calling
a block of records. Genes that overlap form clusters, and what lies in one has nothing to do with others:
a block is called with the clusters that it touches.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gas.errors import Misconfigured
from services.annotator.pack.exon_gaps import NO_GAP, ExonGaps, are_whole, exon_gaps
from services.annotator.vcf.columns import Broken, Columns
from services.annotator.vcf.text import BLOCK_BYTES, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack

# Columns of GFF3 (Sequence Ontology project, version 1.26).
_WIDTH, _SEQID, _START, _END = 9, 0, 3, 4

# The engine calls changes of splice sites and what an insertion next to an exon does: the genes of a
# stretch are those that come this near to it.
MARGIN_BASES = 1_000

_NOWHERE = np.iinfo(np.int64).max


class _Clusters(NamedTuple):
    """The clusters of a contig in ascending order: the stretch of each, and of its lines in the file.

    :ivar gaps: what is between the exons.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first_bytes: NDArray[np.int64]
    last_bytes: NDArray[np.int64]
    gaps: ExonGaps


class Genes:
    """The gene models of a pack, read in place."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._files: dict[str, tuple[mmap.mmap, dict[str, _Clusters]]] = {}

    def around(self, contig: Contig, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> bytes:
        """The GFF3 lines of all genes near any of some stretches, in the order of the file.

        :param starts: the first position of each stretch, counted from 1; ``ends`` are the last ones.
        """
        clusters = self._clusters_of(contig)
        if clusters is None or contig.genes is None:
            return b""
        firsts = np.searchsorted(clusters.ends, starts - MARGIN_BASES)
        lasts = np.searchsorted(clusters.starts, ends + MARGIN_BASES, side="right")
        touches = firsts < lasts
        steps = np.zeros(len(clusters.starts) + 1, np.int64)
        np.add.at(steps, firsts[touches], 1)
        np.add.at(steps, lasts[touches], -1)
        near = np.flatnonzero(np.cumsum(steps))
        text, _ = self._file(contig.genes)
        runs = np.split(near, np.flatnonzero(np.diff(near) > 1) + 1) if len(near) else []
        return b"".join(
            text[int(clusters.first_bytes[run[0]]) : int(clusters.last_bytes[run[-1]])] for run in runs
        )

    def are_near(
        self, contig: Contig, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which of many stretches, given by their first and last position, are near a gene."""
        clusters = self._clusters_of(contig)
        if clusters is None:
            return np.zeros(len(starts), bool)
        following = np.searchsorted(clusters.ends, starts - MARGIN_BASES)
        near: NDArray[np.bool_] = np.append(clusters.starts, _NOWHERE)[following] <= ends + MARGIN_BASES
        return near

    def are_apart(
        self, contig: Contig, starts: NDArray[np.int64], ends: NDArray[np.int64], reached: int
    ) -> NDArray[np.bool_]:
        """Which of many stretches have no cluster in common with any that comes before them.

        :param starts: in ascending order.
        :param reached: the end of what came before them all.
        """
        before = np.maximum.accumulate(np.concatenate([[reached], ends[:-1]]))
        clusters = self._clusters_of(contig)
        if clusters is None:
            return np.ones(len(starts), bool)
        following = np.searchsorted(clusters.ends, starts)
        apart: NDArray[np.bool_] = before < np.append(clusters.starts, _NOWHERE)[following]
        return apart

    def ends_before(self, contig: Contig, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the last cluster that ends before a position ends; 0 if there is none."""
        clusters = self._clusters_of(contig)
        if clusters is None:
            return np.zeros(len(positions), np.int64)
        ends: NDArray[np.int64] = np.append(0, clusters.ends)[np.searchsorted(clusters.ends, positions)]
        return ends

    def gaps_at(
        self, contig: Contig, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The number of the gap between exons that each of many stretches lies in, or `NO_GAP`.

        A gap lies in the introns of the same transcripts all along: a change in it does the same to each.
        """
        clusters = self._clusters_of(contig)
        return clusters.gaps.holding(starts, ends) if clusters else np.full(len(starts), NO_GAP)

    def _clusters_of(self, contig: Contig) -> _Clusters | None:
        return self._file(contig.genes)[1].get(contig.name) if contig.genes else None

    def _file(self, name: str) -> tuple[mmap.mmap, dict[str, _Clusters]]:
        if name not in self._files:
            path = self._pack.path(name)
            try:
                with path.open("rb") as stream:
                    text = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
                self._files[name] = text, _clusters_of(text)
            except Broken as error:
                raise Misconfigured(f"The gene models {path} have a line that is not GFF3.") from error
            except (OSError, ValueError) as error:
                raise Misconfigured(f"The gene models {path} cannot be read: {error}.") from error
        return self._files[name]


def _clusters_of(text: mmap.mmap) -> dict[str, _Clusters]:
    """The clusters of each contig, whose lines have to be in one block and in the order of their genes."""
    found: dict[str, list[NDArray[np.int64]]] = {}
    for offset, block in _blocks(text):
        columns = Columns(block, _WIDTH)
        starts, ends = columns.numbers(_START), columns.numbers(_END)
        first_bytes = columns.starts(_SEQID).astype(np.int64) - 1 + offset
        last_bytes = columns.line_ends.astype(np.int64) + offset
        for name, first, last in columns.runs:
            lines = np.stack([starts, ends, first_bytes, last_bytes, are_whole(columns)])[:, first:last]
            found.setdefault(name.decode(), []).append(lines)
    return {name: _clusters(np.concatenate(lines, axis=1)) for name, lines in found.items()}


def _blocks(text: mmap.mmap) -> Iterator[tuple[int, Block]]:
    """The lines that are not comments, in blocks, each with its place in the file."""
    place = 0
    while text[place : place + 1] == b"#":
        place = text.find(b"\n", place) + 1
    while place < len(text):
        end = text.find(b"\n", min(place + BLOCK_BYTES, len(text) - 1)) + 1 or len(text)
        yield place, Block(0, text[place:end])
        place = end


def _clusters(lines: NDArray[np.int64]) -> _Clusters:
    """Cut lines where nothing that came before reaches what follows."""
    starts, ends, first_bytes, last_bytes, whole = lines
    reach = np.maximum.accumulate(ends)
    least = np.minimum.accumulate(starts[::-1])[::-1]
    cuts = np.flatnonzero(least[1:] > reach[:-1]) + 1
    firsts = np.concatenate([[0], cuts])
    lasts = np.concatenate([cuts, [len(starts)]]) - 1
    gaps = exon_gaps(starts, ends, whole.astype(bool))
    return _Clusters(least[firsts], reach[lasts], first_bytes[firsts], last_bytes[lasts], gaps)
