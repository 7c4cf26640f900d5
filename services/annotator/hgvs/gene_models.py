"""The transcripts of a pack, and which of them a place on a contig touches."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.annotator.hgvs.gene_model_file import (
    CODING,
    END,
    EXON,
    KIND,
    OWNER,
    PHASE,
    START,
    GeneRows,
    Parts,
    parse_gene_models,
    read_gene_models,
)
from services.annotator.hgvs.transcripts import CodingSpan, Transcript, transcript
from services.annotator.pack.pack import Pack

# How many bases of the introns beside it count as an exon's: those in which Sequence Ontology's
# splice_region_variant lies (SO:0001630).
SPLICE_REGION_BASES = 8

# Transcripts, and places with their transcripts, that are kept in memory per contig: records are sorted,
# so that few are met at a time.
_KEPT_TRANSCRIPTS = 1024
_KEPT_PLACES = 4096

_Positions = NDArray[np.int64]


class ContigGenes:
    """The transcripts of one contig."""

    def __init__(self, rows: GeneRows) -> None:
        self._names, self._forward, self._started = rows.names, rows.forward, rows.started
        self._exons = _exons(rows.parts)
        self._coding = _sorted(rows.parts[rows.parts[:, KIND] == CODING])
        by_start = self._exons[np.argsort(self._exons[:, START], kind="stable")]
        self._owners = by_start[:, OWNER].copy()
        self._starts = by_start[:, START] - SPLICE_REGION_BASES
        self._ends = by_start[:, END] + SPLICE_REGION_BASES
        # All exons that reach a position or beyond begin at the first place where this does.
        self._reach = np.maximum.accumulate(self._ends)
        gaps = self._starts[1:] > self._reach[:-1] + 1
        self._block_starts = self._starts[np.r_[True, gaps]] if len(by_start) else self._starts
        self._block_ends = self._reach[np.r_[gaps, True]] if len(by_start) else self._ends
        # Between two neighbouring edges, every position touches the same transcripts.
        self._edges = array("i", np.unique(np.r_[self._starts, self._ends + 1]).astype(np.intc).tobytes())
        self._transcript = lru_cache(_KEPT_TRANSCRIPTS)(self._make)
        self._at_edge = lru_cache(_KEPT_PLACES)(lambda edge: self._between(edge, edge))

    def touches_exons(self, starts: _Positions, ends: _Positions) -> NDArray[np.bool_]:
        """Which ranges touch an exon or the 8 bases on either side of it.

        :param starts: first position of each range, counted from 1.
        :param ends: last position of each range.
        """
        if not len(self._block_ends):
            return np.zeros(len(starts), np.bool_)
        block = np.searchsorted(self._block_ends, starts)
        inside = block < len(self._block_ends)
        touched: NDArray[np.bool_] = inside & (self._block_starts[np.where(inside, block, 0)] <= ends)
        return touched

    def touching(self, first: int, last: int) -> tuple[Transcript, ...]:
        """The transcripts that have an exon or 8 bases beside one in a range, in the order of the file."""
        edge = bisect_right(self._edges, first)
        if edge == len(self._edges):
            return ()
        if last < self._edges[edge]:
            return self._at_edge(self._edges[edge - 1]) if edge else ()
        return self._between(first, last)

    def _between(self, first: int, last: int) -> tuple[Transcript, ...]:
        low = np.searchsorted(self._reach, first)
        high = np.searchsorted(self._starts, last, "right")
        owners = self._owners[low:high][self._ends[low:high] >= first]
        return tuple(map(self._transcript, sorted({*owners.tolist()})))

    def _make(self, owner: int) -> Transcript:
        exons = _of(self._exons, owner)
        coding = _of(self._coding, owner)
        return transcript(
            self._names[owner],
            forward=self._forward[owner],
            exons=list(zip(exons[:, START].tolist(), exons[:, END].tolist(), strict=True)),
            span=_span(coding, self._forward[owner]) if len(coding) else None,
            started=self._started[owner],
        )


class GeneModels:
    """The transcripts of a pack by contig, read when a contig is first asked for.

    :param files: the GFF3 file of each contig that has genes; contigs may share one.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._contigs: dict[str, ContigGenes] = {}
        self._none = ContigGenes(GeneRows())

    @classmethod
    def of_lines(cls, lines: Mapping[str, bytes], source: str) -> GeneModels:
        """Gene models from GFF3 lines, given by contig.

        :param source: where the lines are from, for messages.
        """
        models = cls({})
        for contig, text in lines.items():
            rows = parse_gene_models(text.decode(), source)
            models._contigs[contig] = ContigGenes(rows.get(contig, GeneRows()))
        return models

    @classmethod
    def of_pack(cls, pack: Pack) -> GeneModels:
        """The gene models that a pack's manifest names."""
        return cls({contig.name: pack.path(contig.genes) for contig in pack.contigs if contig.genes})

    def on(self, contig: str) -> ContigGenes:
        """The transcripts of a contig; none if the pack has no genes there.

        :raises Misconfigured: if its file cannot be read.
        """
        if contig not in self._contigs:
            rows = read_gene_models(self._files[contig]) if contig in self._files else {}
            self._contigs |= {name: ContigGenes(found) for name, found in rows.items()}
            self._contigs.setdefault(contig, self._none)
        return self._contigs[contig]

    def touches_exons(self, contig: str, starts: _Positions, ends: _Positions) -> NDArray[np.bool_]:
        """As :meth:`ContigGenes.touches_exons`, on a contig of this name."""
        return self.on(contig).touches_exons(starts, ends)


def _sorted(parts: Parts) -> Parts:
    found: Parts = parts[np.lexsort((parts[:, START], parts[:, OWNER]))]
    return found


def _exons(parts: Parts) -> Parts:
    """The exons by transcript; where the file gives none, coding and untranslated parts that adjoin."""
    exons = parts[parts[:, KIND] == EXON]
    pieces = _sorted(parts[(parts[:, KIND] != EXON) & ~np.isin(parts[:, OWNER], exons[:, OWNER])])
    if not len(pieces):
        return _sorted(exons)
    adjoins = (pieces[1:, OWNER] == pieces[:-1, OWNER]) & (pieces[1:, START] <= pieces[:-1, END] + 1)
    joined = pieces[np.r_[True, ~adjoins]]
    joined[:, END] = pieces[np.r_[~adjoins, True]][:, END]
    return _sorted(np.concatenate((exons, joined)))


def _of(parts: Parts, owner: int) -> Parts:
    """The rows of one transcript among those that are sorted by transcript."""
    low, high = np.searchsorted(parts[:, OWNER], (owner, owner + 1))
    return parts[low:high]


def _span(coding: Parts, forward: bool) -> CodingSpan:
    lengths = coding[:, END] - coding[:, START] + 1
    first = coding[0] if forward else coding[-1]
    return CodingSpan(int(coding[0, START]), int(coding[:, END].max()), int(lengths.sum()), int(first[PHASE]))
