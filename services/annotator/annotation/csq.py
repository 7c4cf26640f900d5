"""Consequences of alleles on transcripts, called by ``bcftools csq`` in a process of its own.

The engine never sees the user's file. It gets a clean VCF of five columns in the pack's own names,
sorted and checked against the reference, because it aborts or crashes on much that occurs in
files; only its BCSQ values are taken back.
"""

from __future__ import annotations

import math
import signal
import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pysam.version import __bcftools_version__, __version__

from gas.errors import Misconfigured
from services.annotator.annotation import csq_process, csq_server
from services.annotator.annotation.csq_text import FIXED, answered, header_text, values_of
from services.annotator.annotation.queries import Queries
from services.annotator.annotation.selection import first_alike, near_genes
from services.annotator.vcf.columns import Broken, flat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from services.annotator.pack.genes import Genes
    from services.annotator.pack.pack import Pack

ENGINE_VERSION = f"bcftools csq {__bcftools_version__} (pysam {__version__})"

# CPU time that the failing runs of a block may take, to find the records that the engine fails on. A
# single one among 2^15 takes 32 runs, which are under a second. When the time is used up, what is left of
# the block is kept without annotation.
FAILURE_SECONDS = 20.0

_OUTSIDE = pa.array([b""], pa.binary())

# NCBI numbers the standard table 1. Its number 0 in csq is the same table with ATG as the only start
# codon, which is csq's default and the rule that Ensembl's VEP follows for nuclear genes.
_STANDARD_CODE = 1


class EngineKilled(Exception):
    """Something outside ended the engine, for instance for lack of memory: to be tried again."""


class _Failed(Exception):
    """The engine did not answer every query of a run."""


class Csq:
    """The engine, set up for one pack and one job.

    :param call: what the process does, given the arguments of the engine.
    """

    def __init__(
        self, pack: Pack, genes: Genes, scratch: Path, call: Callable[[list[str]], None] = csq_server.call
    ) -> None:
        self._pack = pack
        self._genes = genes
        self._scratch = scratch
        self._engine = csq_process.Engine(call)
        self._codes = np.array([contig.genetic_code for contig in pack.contigs])
        self._names = pa.array([contig.name.encode() for contig in pack.contigs])
        self._proven = False
        self._last = (-1, 0)
        self._seconds = FAILURE_SECONDS
        self._spent = 0.0

    def start(self) -> None:
        """Start the process that the engine's are forks of."""
        self._engine.start()

    def consequences(self, queries: Queries) -> pa.BinaryArray:
        """The BCSQ value of each query of a block: empty outside all genes, null where the engine refused.

        :raises EngineKilled: if the engine was ended from outside.
        :raises Misconfigured: if the engine cannot work with this pack at all.
        """
        self._seconds = FAILURE_SECONDS
        firsts, alike = np.unique(self._alike(queries), return_inverse=True)
        answers = self._asked(queries.take(firsts))
        if answers.null_count and len(firsts) < len(queries):
            return self._asked(queries)
        return answers.take(pa.array(alike))

    def _alike(self, queries: Queries) -> NDArray[np.int64]:
        """For each query the first that has the same answer."""
        return first_alike(queries, self._pack, self._genes)

    def _asked(self, queries: Queries) -> pa.BinaryArray:
        near = near_genes(queries, self._pack, self._genes)
        codes = self._codes[queries.contigs[near]]
        # Names of one contig may alternate in the file, the engine wants ascending positions.
        order = np.lexsort((queries.positions[near], queries.contigs[near], codes))
        ordered = queries.take(near[order])
        cuts = [0, *(np.flatnonzero(np.diff(codes[order])) + 1).tolist(), len(near)]
        answers = [
            part for first, last in pairwise(cuts) for part in self._robustly(ordered.part(first, last))
        ]
        places = np.full(len(queries), len(near))
        places[near[order]] = np.arange(len(near))
        return pa.concat_arrays([*answers, _OUTSIDE]).take(pa.array(places))

    def _robustly(self, queries: Queries) -> list[pa.BinaryArray]:
        """Answer queries of one genetic code, or of those that fail all that can be answered."""
        if not len(queries):
            return []
        try:
            return [self._run(queries)]
        except _Failed as failure:
            self._seconds -= self._spent
            self._prove(queries, failure)
        middle = self._middle(queries)
        if not middle or self._seconds <= 0:
            return [pa.nulls(len(queries), pa.binary())]
        return self._robustly(queries.part(0, middle)) + self._robustly(queries.part(middle, len(queries)))

    def _middle(self, queries: Queries) -> int:
        """Where queries may be split in two; 0 if they cannot."""
        return len(queries) // 2

    def _prove(self, queries: Queries, failure: _Failed) -> None:
        """A failure is the data's only if the engine works without data."""
        if self._proven:
            return
        try:
            self._answers(queries, queries.part(0, 0))
        except _Failed:
            raise Misconfigured(f"The engine cannot use the pack {self._pack.name}: {failure}") from failure
        self._proven = True

    def _run(self, queries: Queries) -> pa.BinaryArray:
        answers = self._answers(queries, queries)
        if len(answers) != len(queries):
            raise _Failed(f"{len(answers)} answers to {len(queries)} queries")
        return answers

    def _answers(self, surroundings: Queries, queries: Queries) -> pa.BinaryArray:
        """Run the engine with the genes around some queries on perhaps fewer."""
        with tempfile.NamedTemporaryFile(dir=self._scratch, suffix=".gff3") as genes:
            genes.write(self._models(surroundings))
            genes.flush()
            arguments = self._arguments(surroundings, genes.name)
            ran = self._engine.run(
                arguments, self._feed(queries), self._limit(), self._scratch, anew=self._goes_back(queries)
            )
        self._spent = ran.cpu_seconds
        if ran.signal in {signal.SIGKILL, signal.SIGTERM}:
            raise EngineKilled(f"The engine was ended by signal {ran.signal}.")
        if ran.status:
            raise _Failed(ran.errors or f"it was ended by signal {ran.signal}")
        try:
            return self._values(ran.output)
        except Broken as error:
            raise _Failed("the output breaks off") from error

    def _goes_back(self, queries: Queries) -> bool:
        """Whether queries come before those of the last run; the engine keeps its last position for ever."""
        if not len(queries):
            return False
        (contig, position), self._last = self._last, (int(queries.contigs[-1]), int(queries.positions[-1]))
        return contig == int(queries.contigs[0]) and position > int(queries.positions[0])

    def _limit(self) -> int:
        """CPU seconds that a run may take: enough for any block, while there is time."""
        return max(csq_server.MIN_SECONDS, min(csq_server.CPU_SECONDS, math.ceil(self._seconds * 6)))

    def _arguments(self, queries: Queries, genes: str) -> list[str]:
        code = self._codes[queries.contigs[0]]
        return [
            *("--fasta-ref", str(self._pack.path(self._pack.reference)), "--gff-annot", genes),
            *("--genetic-code", str(0 if code == _STANDARD_CODE else code)),
            *("--force", "--no-version", "--verbosity", "0", "--output-type", "v", *self._mode(), "-"),
        ]

    def _mode(self) -> list[str]:
        return ["--local-csq"]

    def _models(self, queries: Queries) -> bytes:
        """The gene models around sorted queries."""
        ends = queries.positions + queries.ref_lengths
        cuts = [0, *(np.flatnonzero(np.diff(queries.contigs)) + 1).tolist(), len(queries)]
        return b"".join(
            self._genes.around(
                self._pack.contigs[queries.contigs[first]], queries.positions[first:last], ends[first:last]
            )
            for first, last in pairwise(cuts)
        )

    def _feed(self, queries: Queries) -> bytes:
        _, text = flat(self._rows(queries))
        return header_text(self._pack.contigs, self._more_columns()).encode() + text.tobytes()

    def _more_columns(self) -> str:
        return ""

    def _rows(self, queries: Queries) -> pa.BinaryArray:
        return self._lines(queries, pa.scalar(b".\t.\t.\n"))

    def _lines(self, queries: Queries, rest: pa.BinaryArray | pa.BinaryScalar) -> pa.BinaryArray:
        """Queries as lines of a VCF.

        :param rest: what follows ALT.
        """
        return pc.binary_join_element_wise(
            self._names.take(pa.array(queries.contigs)),
            pc.cast(pc.cast(pa.array(queries.positions), pa.string()), pa.binary()),
            b".",
            queries.refs,
            queries.alts,
            rest,
            b"\t",
        )

    def _values(self, output: bytes) -> pa.BinaryArray:
        """The BCSQ values in the engine's output, one for each record."""
        columns = answered(output, FIXED)
        return values_of(columns) if columns else pa.array([], pa.binary())
