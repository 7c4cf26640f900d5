"""Consequences of alleles on transcripts, called by ``bcftools csq`` in a process of its own.

The engine never sees the user's file. It gets a clean VCF of five columns in the pack's own names,
sorted and checked against the reference, because it aborts or crashes on much that occurs in
files; only its BCSQ values are taken back.
"""

from __future__ import annotations

import math
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pysam.version import __bcftools_version__, __version__

from gas.errors import Misconfigured
from services.annotator.annotation import csq_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack

ENGINE_VERSION = f"bcftools csq {__bcftools_version__} (pysam {__version__})"

# Wall time for one block: far beyond what any takes, so that only a process that hangs meets it.
BLOCK_SECONDS = 300.0

# CPU time that all failing blocks of a job may take, to find the records that the engine fails on. A
# single one in a block of 2^15 takes 32 runs, which are 3 s. When the time is used up, a block that
# fails is not looked into, and none may take much longer than those that went well.
FAILURE_SECONDS = 180.0
MIN_SECONDS = 5.0

_INFO = 7
_PREFIX = b"BCSQ="

# NCBI numbers the standard table 1. Its number 0 in csq is the same table with ATG as the only start
# codon, which is csq's default and the rule that Ensembl's VEP follows for nuclear genes.
_STANDARD_CODE = 1


class Query(NamedTuple):
    """What the engine is asked: the alleles at a position counted from 1 on a contig of the pack."""

    contig: Contig
    position: int
    ref: str
    alts: tuple[str, ...]


class EngineKilled(Exception):
    """Something outside ended the engine, for instance for lack of memory: to be tried again."""


class _Failed(Exception):
    """The engine did not answer every query of a run."""


class Csq:
    """The engine, set up for one pack and one job.

    :param program: what is run with the arguments of the engine.
    :ivar seconds: the CPU time that failing blocks may still take.
    """

    def __init__(self, pack: Pack, scratch: Path, program: Path = Path(csq_process.__file__)) -> None:
        self._pack = pack
        self._scratch = scratch
        self._program = program
        self._proven = False
        self._usual = 0.0
        self.seconds = FAILURE_SECONDS

    def consequences(self, queries: Sequence[Query]) -> list[bytes | None]:
        """The BCSQ value of each query: empty outside all genes, None where the engine refused.

        :raises EngineKilled: if the engine was ended from outside.
        :raises Misconfigured: if the engine cannot work with this pack at all.
        """
        answers: list[bytes | None] = [None] * len(queries)
        for code in sorted({query.contig.genetic_code for query in queries}):
            places = [place for place, query in enumerate(queries) if query.contig.genetic_code == code]
            # Names of one contig may alternate in the file, the engine wants ascending positions.
            places.sort(key=lambda place: (queries[place].contig.name, queries[place].position))
            found = self._robustly(code, [queries[place] for place in places])
            for place, answer in zip(places, found, strict=True):
                answers[place] = answer
        return answers

    def _robustly(self, code: int, queries: Sequence[Query]) -> list[bytes | None]:
        """Answer a block, or of one that fails all that can be answered."""
        before = _engine_seconds()
        try:
            found = self._run(code, queries)
        except _Failed as failure:
            self._prove(code, failure)
            return self._halves(code, queries, before)
        self._usual = max(self._usual, _engine_seconds() - before)
        return [*found]

    def _halves(self, code: int, queries: Sequence[Query], before: float) -> list[bytes | None]:
        """Split what fails until the culprits are alone, and charge the time since it was begun."""
        self.seconds -= _engine_seconds() - before
        if len(queries) == 1:
            return [None]
        middle = len(queries) // 2
        return self._half(code, queries[:middle]) + self._half(code, queries[middle:])

    def _half(self, code: int, queries: Sequence[Query]) -> list[bytes | None]:
        if self.seconds <= 0:
            return [None] * len(queries)
        before = _engine_seconds()
        try:
            found = self._run(code, queries)
        except _Failed:
            return self._halves(code, queries, before)
        self.seconds -= _engine_seconds() - before
        return [*found]

    def _prove(self, code: int, failure: _Failed) -> None:
        """A failure is the data's only if the engine works without data."""
        if self._proven:
            return
        before = _engine_seconds()
        try:
            self._run(code, [])
        except _Failed:
            raise Misconfigured(f"The engine cannot use the pack {self._pack.name}: {failure}") from failure
        self._usual = max(self._usual, _engine_seconds() - before)
        self._proven = True

    def _run(self, code: int, queries: Sequence[Query]) -> list[bytes]:
        with tempfile.TemporaryFile(dir=self._scratch) as output:
            self._call(code, self._feed(queries), output)
            output.seek(0)
            answers = list(_answers(output))
        if len(answers) != len(queries):
            raise _Failed(f"{len(answers)} answers to {len(queries)} queries")
        return answers

    def _call(self, code: int, feed: bytes, output: IO[bytes]) -> None:
        # The engine needs nothing of the environment, so it gets none of its secrets.
        try:
            done = subprocess.run(  # noqa: S603 (fixed program; no text of the user in the arguments)
                self._command(code),
                input=feed,
                stdout=output,
                stderr=subprocess.PIPE,
                env={"LC_ALL": "C"},
                timeout=BLOCK_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _Failed(f"no answer in {BLOCK_SECONDS:.0f} s") from error
        if done.returncode in {-signal.SIGKILL, -signal.SIGTERM}:
            raise EngineKilled(f"The engine was ended by signal {-done.returncode}.")
        if done.returncode:
            raise _Failed(done.stderr.decode("utf-8", "replace")[-500:].strip())

    def _command(self, code: int) -> list[str]:
        pack = self._pack
        return [
            *(sys.executable, "-I", str(self._program), str(self._limit())),
            *("--fasta-ref", str(pack.path(pack.reference))),
            *("--gff-annot", str(pack.path(pack.gene_model))),
            *("--genetic-code", str(0 if code == _STANDARD_CODE else code)),
            *("--local-csq", "--force", "--no-version", "--verbosity", "0", "--output-type", "v", "-"),
        ]

    def _limit(self) -> int:
        """CPU seconds that a run may take."""
        if self.seconds > 0:
            return csq_process.CPU_SECONDS
        return min(csq_process.CPU_SECONDS, math.ceil(max(MIN_SECONDS, 2 * self._usual)))

    def _feed(self, queries: Iterable[Query]) -> bytes:
        contigs = "".join(
            f"##contig=<ID={contig.name},length={contig.length}>\n" for contig in self._pack.contigs
        )
        columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        rows = "".join(
            f"{contig.name}\t{position}\t.\t{ref}\t{','.join(alts)}\t.\t.\t.\n"
            for contig, position, ref, alts in queries
        )
        return f"##fileformat=VCFv4.2\n{contigs}{columns}{rows}".encode()


def _engine_seconds() -> float:
    """CPU time of all engines that this process has run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _answers(output: Iterable[bytes]) -> Iterator[bytes]:
    """The BCSQ values in the engine's output, one for each record."""
    for line in output:
        if not line.startswith(b"#"):
            info = line.rstrip(b"\n").split(b"\t")[_INFO]
            yield info.removeprefix(_PREFIX) if info != b"." else b""
