"""Annotate one VCF: a path in, paths out, and no other effect.

The result has every record of the input, in its order and with its own bytes, plus our INFO keys;
the log accounts for each. As a command::

    python -m services.annotator.annotate IN.vcf[.gz] OUT.annot.vcf.gz --pack human_mt
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from gas.errors import InvalidInput, Misconfigured
from services.annotator.blocks import annotate_block, blocks
from services.annotator.count_log import count_log
from services.annotator.csq import Csq
from services.annotator.examination import examine
from services.annotator.header import read_header
from services.annotator.info import OwnKeys
from services.annotator.known import KnownVariants
from services.annotator.pack import find_pack, load_pack, verify_pack
from services.annotator.records import read_records
from services.annotator.reference import Reference
from services.annotator.remarks import check_contigs, notes, warnings
from services.annotator.report import Report
from services.annotator.result_files import Outputs, ResultFiles, result_names
from services.annotator.result_header import result_header
from services.annotator.summary import summary
from services.annotator.tally import Tally
from services.annotator.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.annotator.annotation import Annotation
    from services.annotator.header import Header
    from services.annotator.pack import Pack

DEFAULT_PACK = "human_mt"

EXIT_MISCONFIGURED = 1
EXIT_INVALID_INPUT = 2


def annotate_file(source: Path, outputs: Outputs, pack: Pack, *, file_name: str) -> Report:
    """Annotate a VCF; the same source and pack give the same bytes, however often.

    :param file_name: what the user calls the file, for the log.
    :raises InvalidInput: if the file can never be annotated; no output is left.
    :raises EngineKilled: if the engine was ended from outside; no output is left.
    :raises Misconfigured: if the pack cannot be used.
    """
    with Text(source) as text, ResultFiles(outputs) as result:
        try:
            return _annotate(text, result, pack, file_name)
        except InvalidInput:
            text.read_to_end()
            raise


def _annotate(text: Text, result: ResultFiles, pack: Pack, file_name: str) -> Report:
    own = OwnKeys(pack.keys)
    tally = Tally(own)
    header = read_header(text)
    for annotation in _annotations(text, header, pack, result.scratch):
        result.write(annotation.line(own))
        tally.add(annotation)
    check_contigs(tally, pack)
    report = _report(file_name, pack, header, text, tally, result.written)
    report.reconcile()
    result.publish(result_header(header, pack, own, tally.contigs), count_log(report), summary(report))
    return report


def _annotations(text: Text, header: Header, pack: Pack, scratch: Path) -> Iterator[Annotation]:
    """Read, examine and annotate, one block at a time."""
    with closing(Reference(pack)) as reference, KnownVariants(pack, reference) as known:
        csq = Csq(pack, scratch)
        examined = (examine(record, pack, reference) for record in read_records(text, header))
        for block in blocks(examined):
            yield from annotate_block(block, csq, known)


def _report(file_name: str, pack: Pack, header: Header, text: Text, tally: Tally, written: int) -> Report:
    return Report(
        file_name=file_name,
        pack=pack,
        samples=header.samples,
        records=tally.records,
        written=written,
        with_consequence=tally.with_consequence,
        without_consequence=tally.without_consequence,
        skip_reasons=tally.skipped,
        alleles=tally.alleles,
        skipped_alleles=tally.skipped_alleles,
        consequences=tally.consequences,
        impacts=tally.impacts,
        genes=tally.genes,
        types=tally.types,
        transitions=tally.transitions,
        transversions=tally.transversions,
        known_sources=tally.known_sources,
        known_records=tally.known_records,
        skipped_records=tuple(tally.skipped_records),
        severe=tally.severe.worst_first(),
        warnings=(*text.warnings, *warnings(header, pack, tally)),
        notes=(*text.notes, *notes(header, tally)),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit status is 2 for a file that can never work, with the reason on stderr."""
    options = _parser().parse_args(arguments)
    try:
        pack = load_pack(find_pack(options.pack))
        verify_pack(pack)
        outputs = _outputs(options.source, options.result)
        report = annotate_file(options.source, outputs, pack, file_name=options.source.name)
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_INVALID_INPUT
    except (Misconfigured, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_MISCONFIGURED
    _print_summary(report, outputs)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="annotate", description="Annotate one VCF.")
    parser.add_argument("source", type=Path, metavar="IN.vcf[.gz]", help="plain, gzip or bgzip")
    parser.add_argument(
        "result", type=Path, metavar="OUT.annot.vcf.gz", help="index, log and summary go beside it"
    )
    parser.add_argument(
        "--pack", default=DEFAULT_PACK, help="folder of a pack, or the name of a built-in one"
    )
    return parser


def _outputs(source: Path, result: Path) -> Outputs:
    names = result_names(source.name)
    return Outputs(
        vcf=result,
        index=result.with_name(f"{result.name}.tbi"),
        log=result.with_name(names.log.name),
        summary=result.with_name(names.summary.name),
    )


def _print_summary(report: Report, outputs: Outputs) -> None:
    sys.stdout.write(
        f"{report.records:,} records: {report.with_consequence:,} in genes, "
        f"{report.without_consequence:,} outside, {report.kept_unannotated:,} kept without annotation; "
        f"{report.known_records:,} with known alleles\n{outputs.vcf}\n{outputs.log}\n"
    )
    for warning in report.warnings:
        sys.stdout.write(f"warning: {warning}\n")


if __name__ == "__main__":
    sys.exit(main())
