"""The annotation of a whole file: its blocks are annotated by workers and put together in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gas.errors import InvalidInput
from services.annotator.annotation.block import BlockAnnotator, Task, Wanted
from services.annotator.annotation.gene_blocks import GeneBlocks
from services.annotator.annotation.info import OwnKeys
from services.annotator.annotation.mode import Mode
from services.annotator.pack.manifest import Role
from services.annotator.progress import Progress
from services.annotator.result.count_log import count_log
from services.annotator.result.remarks import check_assembly, check_contigs, notes, warnings
from services.annotator.result.report import Report
from services.annotator.result.result_files import Outputs, ResultFiles
from services.annotator.result.result_header import result_header
from services.annotator.result.summary import summary
from services.annotator.result.totals import Totals
from services.annotator.result.variant_table import schema
from services.annotator.vcf.header import read_header
from services.annotator.vcf.inspection import FirstRepeats
from services.annotator.vcf.records import ContigOrder
from services.annotator.vcf.rules.header_rules import header_remarks
from services.annotator.vcf.text import BLOCK_BYTES, Text
from services.annotator.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from services.annotator.annotation.block import Annotated
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.header import Header
    from services.annotator.vcf.text import Block

# POS of more digits is no position.
_MAX_DIGITS = 18


@dataclass(frozen=True)
class Options:
    """How a file is annotated; but for the names and haplotypes, the text of the result is always the same.

    :ivar haplotypes: whether records of a gene are called together, on each haplotype of the samples.
    :ivar names: whether changes get HGVS names.
    :ivar workers: how many processes share the work.
    :ivar block_bytes: how much text one of them takes at a time; where BGZF blocks end depends on it.
    :ivar on_progress: called after each block with what is done.
    """

    haplotypes: bool = False
    names: bool = True
    workers: int = 1
    block_bytes: int = BLOCK_BYTES
    on_progress: Callable[[Progress], None] = lambda _: None

    @property
    def mode(self) -> Mode:
        """How records are looked at."""
        return Mode.HAPLOTYPES if self.haplotypes else Mode.LOCAL


_USUAL = Options()


def annotate_file(
    source: Path, outputs: Outputs, pack: Pack, *, file_name: str, options: Options = _USUAL
) -> Report:
    """Annotate a VCF; the same source and pack give the same bytes, however often.

    :param file_name: what the user calls the file, for the log.
    :raises InvalidInput: if the file can never be annotated; no output is left.
    :raises EngineKilled: if the engine was ended from outside; no output is left.
    :raises Misconfigured: if the pack cannot be used.
    """
    with Text(source) as text, ResultFiles(outputs) as result:
        try:
            return _annotate(text, result, pack, file_name, options)
        except InvalidInput:
            text.read_to_end()
            raise


def _annotate(text: Text, result: ResultFiles, pack: Pack, file_name: str, options: Options) -> Report:
    own = OwnKeys.of_pack(pack)
    header = read_header(text)
    totals = Totals(header)
    _check_samples(header, options.mode)
    numbers = [key.id for key in pack.keys if key.role == Role.RSID]
    result.start_table(schema(pack, header.samples), numbers)
    wanted = Wanted(mode=options.mode, names=options.names, table=result.has_table)
    annotator = BlockAnnotator(pack, header, own, result.scratch, wanted)
    blocks = text.blocks(options.block_bytes)
    if options.haplotypes:
        blocks = GeneBlocks(pack, annotator.genes, header.width).regroup(blocks)
    tasks = _Tasks(blocks, text.number + 1)
    for block in _annotated(tasks, annotator, options.workers):
        totals.add(block)
        check_assembly(header, pack, totals.counts, is_whole=False)
        result.write(block)
        options.on_progress(Progress(totals.counts.records, block.runs[-1][0], text.read))
    totals.findings.add(0, [*header_remarks(header), *tasks.repeats.remarks])
    check_assembly(header, pack, totals.counts, is_whole=True)
    check_contigs(totals.counts, pack)
    report = _report(file_name, pack, header, text, totals, options.mode)
    report.reconcile()
    head = result_header(header, pack, own, totals.counts.contigs, options.mode)
    result.publish(head, count_log(report), summary(report))
    return report


def _check_samples(header: Header, mode: Mode) -> None:
    if mode == Mode.HAPLOTYPES and not header.samples:
        raise InvalidInput(
            "The file has no samples, so it tells of no haplotypes: annotate it without haplotypes."
        )


def _annotated(tasks: _Tasks, annotator: BlockAnnotator, workers: int) -> Iterator[Annotated]:
    """The blocks of a file, annotated; of several reasons to refuse it the first in the file counts."""
    order = ContigOrder()
    with Workers(annotator, workers) as processes:
        for block in processes.annotate(tasks):
            order.check(block.runs, block.error)
            yield block
    if tasks.error:
        raise tasks.error


class _Tasks:
    """Blocks, each with the place of the record before it.

    :param first: the line of the first record.
    :ivar repeats: changes that the first records have more than once.
    :ivar error: why the text could not be read to its end, which matters only after what came before.
    """

    def __init__(self, blocks: Iterator[Block], first: int) -> None:
        self._blocks = blocks
        self._first = first
        self.repeats = FirstRepeats()
        self.error: InvalidInput | None = None

    def __iter__(self) -> Iterator[Task]:
        contig, position = b"", 0
        try:
            for block in self._blocks:
                self.repeats.read(block)
                yield Task(block, block.line - self._first, contig, position)
                contig, position = _place(block.text)
        except InvalidInput as error:
            self.error = error


def _place(text: bytes) -> tuple[bytes, int]:
    """CHROM and POS of the last line, if it has them."""
    contig, _, rest = text[text.rfind(b"\n", 0, -1) + 1 :].partition(b"\t")
    position = rest.partition(b"\t")[0]
    return contig, int(position) if position.isdigit() and len(position) <= _MAX_DIGITS else 0


def _report(file_name: str, pack: Pack, header: Header, text: Text, totals: Totals, mode: Mode) -> Report:
    return Report(
        **vars(totals.counts),
        mode=mode,
        file_name=file_name,
        pack=pack,
        samples=header.samples,
        genotypes=totals.genotypes,
        sample_names=header.sample_names,
        severe=tuple(totals.severe),
        findings=totals.findings,
        warnings=(*text.warnings, *warnings(header, pack, totals.counts, totals.findings)),
        notes=(*text.notes, *notes(header, totals.counts, mode)),
    )
