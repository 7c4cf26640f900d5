"""The annotation of a block of records: read, examine, ask, name, write; nothing depends on other blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from gas.errors import InvalidInput
from services.annotator.annotation.allele_table import tabulate
from services.annotator.annotation.calls import Calls, understand, understand_compounds
from services.annotator.annotation.csq import Csq
from services.annotator.annotation.entries import info_entries
from services.annotator.annotation.haplotype_csq import MARKS_KEY
from services.annotator.annotation.haplotypes import Haplotypes
from services.annotator.annotation.intervals import KnownIntervals
from services.annotator.annotation.known import KnownAlleles
from services.annotator.annotation.merging import merge
from services.annotator.annotation.mode import Mode
from services.annotator.annotation.naming import Naming
from services.annotator.annotation.screening import screen
from services.annotator.pack.genes import Genes
from services.annotator.pack.reference import Reference
from services.annotator.result.bgzf import compress
from services.annotator.result.report import Counts, SevereRecord
from services.annotator.result.result_header import loses_marks
from services.annotator.result.severe import SevereRecords
from services.annotator.result.tabix import Stretch, index_records
from services.annotator.result.tally import tally
from services.annotator.result.variant_table import schema, tabulate_variants
from services.annotator.vcf.genotype_counts import GenotypeCounts, count_genotypes
from services.annotator.vcf.genotype_texts import with_field, without_field
from services.annotator.vcf.inspection import Inspection
from services.annotator.vcf.records import Order
from services.annotator.vcf.soundness import sound_columns

if TYPE_CHECKING:
    from pathlib import Path

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.annotation.info import OwnKeys
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.columns import Columns
    from services.annotator.vcf.header import Header
    from services.annotator.vcf.rules.remark import Remark
    from services.annotator.vcf.text import Block


@dataclass(frozen=True)
class Task:
    """A block, and CHROM and POS of the record before it.

    :ivar number: of its first record in the file, counted from 0.
    """

    block: Block
    number: int
    contig: bytes
    position: int


@dataclass(frozen=True)
class Wanted:
    """How records are annotated, and what is made besides them.

    :ivar mode: how records are looked at.
    :ivar names: HGVS names, which take about as long as the consequences.
    :ivar table: the rows for a viewer.
    """

    mode: Mode = Mode.LOCAL
    names: bool = True
    table: bool = True


@dataclass(frozen=True)
class Annotated:
    """What came of a block.

    :ivar error: why the file can never be annotated, or None; then nothing else counts.
    :ivar runs: each contig in its order with the line of its first record.
    :ivar records: the records of the result, compressed.
    :ivar table: its rows, as an Arrow stream.
    :ivar genotypes: the counts of the samples.
    :ivar inspected: how many records were looked at for what breaks the specification.
    :ivar remarks: what was found.
    """

    error: InvalidInput | None
    runs: list[tuple[bytes, int]] = field(default_factory=list)
    records: bytes = b""
    index: list[Stretch] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    severe: list[SevereRecord] = field(default_factory=list)
    table: bytes = b""
    genotypes: GenotypeCounts | None = None
    inspected: int = 0
    remarks: list[Remark] = field(default_factory=list)


_ALL = Wanted()


class BlockAnnotator:
    """Annotates blocks of one file with one pack.

    :ivar genes: the gene models of the pack.
    """

    def __init__(
        self, pack: Pack, header: Header, own: OwnKeys, scratch: Path, wanted: Wanted = _ALL
    ) -> None:
        self._pack = pack
        self._header = header
        self._wanted = wanted
        self._own = own
        self._reference = Reference(pack)
        self.genes = Genes(pack)
        self._csq = Csq(pack, self.genes, scratch)
        self._haplotypes = (
            Haplotypes(pack, self.genes, scratch, header) if wanted.mode == Mode.HAPLOTYPES else None
        )
        self._known = KnownAlleles(pack)
        self._intervals = KnownIntervals(pack)
        self._naming = Naming(pack, self.genes, self._reference)
        self._table_columns = schema(pack, header.samples)
        self._severe = SevereRecords(pack)
        self._inspection = Inspection(header)

    def start(self) -> None:
        """Start what the engine needs, which is otherwise done when it is first asked."""
        (self._haplotypes or self._csq).start()

    def annotate(self, task: Task) -> Annotated:
        """Annotate a block."""
        try:
            return self._annotate(task)
        except InvalidInput as error:
            return Annotated(error, runs=_runs_before(task.block, error.line or task.block.line))

    def _annotate(self, task: Task) -> Annotated:
        columns, ends = sound_columns(task.block, self._header, Order(task.contig, task.position))
        columns = self._without_marks(columns)
        screened = screen(columns, self._pack, self._reference)
        alleles = tabulate(columns, screened, self._pack, self._reference)
        contigs = screened.contigs[alleles.record]
        calls, marks = self._calls(columns, alleles)
        alleles = alleles.refused(calls.refused)
        known = self._known.look_up(alleles, contigs)
        positions = columns.positions[alleles.record]
        names = self._naming.names(alleles, contigs, positions) if self._wanted.names else {}
        stretches = self._intervals.look_up(screened.contigs, columns.positions, ends)
        entries = info_entries(alleles, calls, known, names, stretches)
        merged = merge(self._with_marks(columns, marks), entries, self._own)
        compressed = compress(merged.text.data)
        self._reference.forget()
        inspected, remarks = self._inspection.remarks(columns, task.number)
        found = (columns, alleles, calls, known)
        table = None
        if self._wanted.table:
            table = tabulate_variants(*found, stretches, names, self._table_columns)
        return Annotated(
            error=None,
            runs=[(name, columns.line + first) for name, first, _ in columns.runs],
            records=compressed.data,
            index=index_records(columns.runs, columns.positions, ends, merged.places, compressed),
            counts=tally(*found, self._pack, merged, task.number),
            severe=self._severe.of_block(*found, names),
            genotypes=count_genotypes(columns, self._header.samples),
            inspected=inspected,
            remarks=remarks,
            table=_stream(table) if table else b"",
        )

    def _without_marks(self, columns: Columns) -> Columns:
        """The records without what an earlier annotation said of the haplotypes of each sample."""
        if not self._header.samples or not loses_marks(self._header, self._wanted.mode):
            return columns
        return without_field(columns, MARKS_KEY, self._header.samples)

    def _with_marks(self, columns: Columns, marks: pa.BinaryArray | None) -> Columns:
        return columns if marks is None else with_field(columns, MARKS_KEY, self._header.samples, marks)

    def _calls(self, columns: Columns, alleles: Alleles) -> tuple[Calls, pa.BinaryArray | None]:
        """The consequences, and of each record which of them each sample has, if that was asked for."""
        if self._haplotypes:
            texts, meanings, marks = self._haplotypes.answers(columns, alleles)
            return understand_compounds(texts, meanings, alleles, columns.positions), marks
        return understand(self._csq.consequences(alleles.all_queries), alleles), None


def _runs_before(block: Block, line: int) -> list[tuple[bytes, int]]:
    """The contigs of the lines before one, each with its first line."""
    runs: list[tuple[bytes, int]] = []
    lines = block.text.split(b"\n", line - block.line)[: line - block.line]
    for number, text in enumerate(lines, block.line):
        contig = text.partition(b"\t")[0]
        if not runs or runs[-1][0] != contig:
            runs.append((contig, number))
    return runs


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written
