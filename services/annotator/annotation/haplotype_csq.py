"""Consequences of what is together on each haplotype of the samples, called by ``bcftools csq``.

A gene is called on what all records in it do to each haplotype. So the engine gets the genotypes, and
genes are never split between two runs of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation import csq_server
from services.annotator.annotation.csq import Csq
from services.annotator.annotation.csq_text import FIXED, answered, values_of
from services.annotator.annotation.queries import Queries
from services.annotator.vcf.genotype_texts import (
    Places,
    genotype_places,
    joined_rows,
    sample_places,
    texts_at,
)
from services.annotator.vcf.records import ALT, FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from services.annotator.pack.genes import Genes
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.columns import Columns

# For how many consequences of a record the engine has marks by sample: each 15 of them take 4 bytes for
# each sample of each record that it holds. Where a record has more, it is run again with room for them.
ROOM = 60

# What marks which of the consequences each sample has.
MARKS_KEY = b"BCSQ"

_NO_ALLELE = b"."


class HaplotypeCsq(Csq):
    """The engine, set up for one pack and one job with samples.

    An answer is a BCSQ value, and where samples carry what it tells of, behind tabs, their marks.
    """

    def __init__(
        self,
        pack: Pack,
        genes: Genes,
        scratch: Path,
        samples: int,
        call: Callable[[list[str]], None] = csq_server.call,
    ) -> None:
        super().__init__(pack, genes, scratch, call)
        self._samples = samples
        self._room = ROOM
        self._most = 0

    def _answers(self, surroundings: Queries, queries: Queries) -> pa.BinaryArray:
        self._room, self._most = ROOM, 0
        answers = super()._answers(surroundings, queries)
        if self._most > ROOM:
            self._room = self._most
            answers = super()._answers(surroundings, queries)
        return answers

    def _mode(self) -> list[str]:
        # What is not phased is refused before; the engine would end at the first such genotype.
        return ["--phase", "r", "--ncsq", str(self._room)]

    def _alike(self, queries: Queries) -> NDArray[np.int64]:
        """None: what else the samples have counts as well."""
        return np.arange(len(queries))

    def _middle(self, queries: Queries) -> int:
        """The place nearest to the middle between two genes."""
        places = np.flatnonzero(self._are_apart(queries))
        places = places[places > 0]
        return int(places[np.abs(places - len(queries) // 2).argmin()]) if len(places) else 0

    def _are_apart(self, queries: Queries) -> NDArray[np.bool_]:
        """Which queries have no gene in common with one that comes before them."""
        ends = queries.positions + queries.ref_lengths
        apart = np.ones(len(queries), bool)
        for number in np.unique(queries.contigs).tolist():
            here = queries.contigs == number
            contig = self._pack.contigs[number]
            apart[here] = self._genes.are_apart(contig, queries.positions[here], ends[here], -1)
        return apart

    def _more_columns(self) -> str:
        return "\tFORMAT\t" + "\t".join(map(str, range(self._samples)))

    def _rows(self, queries: Queries) -> pa.BinaryArray:
        """Queries with their genotypes, and between genes a record without an allele.

        The engine closes the genes that lie behind when it comes to the next record. In which order it
        tells of transcripts that end at one place depends on those that are still open: with a record
        behind each gene it is the same whatever was called before.
        """
        rest = pc.binary_join_element_wise(b".\t.\t.\tGT", queries.genotypes, b"\t")
        rows = self._lines(queries, pc.binary_join_element_wise(rest, b"\n", b""))
        before = self._ends_before(queries)
        places = np.flatnonzero((np.diff(before) != 0) & (np.diff(queries.contigs) == 0)) + 1
        breaks = self._lines(_without_alleles(queries.contigs[places], before[places] + 1), self._no_calls)
        order = np.insert(np.arange(len(rows)), places, len(rows) + np.arange(len(places)))
        return pa.concat_arrays([rows, breaks]).take(pa.array(order))

    @property
    def _no_calls(self) -> pa.BinaryScalar:
        return pa.scalar(b".\t.\t.\tGT" + b"\t." * self._samples + b"\n", pa.binary())

    def _ends_before(self, queries: Queries) -> NDArray[np.int64]:
        """For each query where the last gene in front of it ends."""
        ends = np.zeros(len(queries), np.int64)
        for number in np.unique(queries.contigs).tolist():
            here = queries.contigs == number
            ends[here] = self._genes.ends_before(self._pack.contigs[number], queries.positions[here])
        return ends

    def _values(self, output: bytes) -> pa.BinaryArray:
        columns = answered(output, FIXED + 1 + self._samples)
        if not columns:
            return pa.array([], pa.binary())
        is_query = pc.not_equal(columns.column(ALT), _NO_ALLELE)
        texts = values_of(columns)
        self._most = int(pc.max(pc.count_substring(texts, b",")).as_py()) + 1
        marks = self._marks(columns)
        answers = pc.coalesce(pc.binary_join_element_wise(texts, marks, b"\t"), texts)
        return answers.filter(is_query)

    def _marks(self, columns: Columns) -> pa.BinaryArray:
        """The marks of the samples of each record, null where no sample has any."""
        marked = pc.equal(columns.column(FORMAT), b"GT:" + MARKS_KEY).to_numpy(zero_copy_only=False)
        records = np.flatnonzero(marked)
        cells = sample_places(columns, self._samples, records)
        genotypes = genotype_places(columns, self._samples, records)
        marks = Places(np.minimum(genotypes.ends + 1, cells.ends).astype(np.int32), cells.ends)
        rows = joined_rows(texts_at(columns, marks), self._samples)
        places = np.cumsum(marked) - 1
        return rows.take(pa.array(np.maximum(places, 0), mask=~marked))


def _without_alleles(contigs: NDArray[np.int32], positions: NDArray[np.int64]) -> Queries:
    refs, alts = (pa.array([text] * len(positions), pa.binary()) for text in (b"N", _NO_ALLELE))
    return Queries(contigs, positions, refs, alts)
