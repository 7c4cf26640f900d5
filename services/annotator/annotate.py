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
from services.annotator.annotation.blocks import BLOCK_RECORDS, annotate_block, blocks
from services.annotator.annotation.csq import Csq, EngineKilled
from services.annotator.annotation.examination import examine
from services.annotator.annotation.info import OwnKeys
from services.annotator.annotation.known import KnownVariants
from services.annotator.pack.pack import find_pack, load_pack, verify_pack
from services.annotator.pack.reference import Reference
from services.annotator.printable import counted
from services.annotator.result.count_log import count_log
from services.annotator.result.remarks import check_contigs, notes, warnings
from services.annotator.result.report import Report
from services.annotator.result.result_files import Outputs, ResultFiles, result_names
from services.annotator.result.result_header import result_header
from services.annotator.result.summary import summary
from services.annotator.result.tally import Tally
from services.annotator.vcf.genotypes import Genotypes
from services.annotator.vcf.header import read_header
from services.annotator.vcf.records import read_records
from services.annotator.vcf.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.annotator.annotation.annotation import Annotation
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.header import Header

DEFAULT_PACK = "human_mt"

EXIT_MISCONFIGURED = 1
EXIT_INVALID_INPUT = 2


def annotate_file(
    source: Path, outputs: Outputs, pack: Pack, *, file_name: str, block_records: int = BLOCK_RECORDS
) -> Report:
    """Annotate a VCF; the same source and pack give the same bytes, however often.

    :param file_name: what the user calls the file, for the log.
    :param block_records: how many records the engine gets at a time; the result does not depend on it.
    :raises InvalidInput: if the file can never be annotated; no output is left.
    :raises EngineKilled: if the engine was ended from outside; no output is left.
    :raises Misconfigured: if the pack cannot be used.
    """
    with Text(source) as text, ResultFiles(outputs) as result:
        try:
            return _annotate(text, result, pack, file_name, block_records)
        except InvalidInput:
            text.read_to_end()
            raise


def _annotate(text: Text, result: ResultFiles, pack: Pack, file_name: str, block_records: int) -> Report:
    own = OwnKeys(pack.keys)
    tally = Tally(own)
    header = read_header(text)
    genotypes = Genotypes(header)
    for annotation in _annotations(text, header, pack, result.scratch, block_records):
        genotypes.check(annotation.examined.record)
        result.write(annotation.line(own))
        tally.add(annotation)
    check_contigs(tally, pack)
    report = _report(file_name, pack, header, text, tally, genotypes, result.written)
    report.reconcile()
    result.publish(result_header(header, pack, own, tally.contigs), count_log(report), summary(report))
    return report


def _annotations(
    text: Text, header: Header, pack: Pack, scratch: Path, block_records: int
) -> Iterator[Annotation]:
    """Read, examine and annotate, one block at a time."""
    with closing(Reference(pack)) as reference, KnownVariants(pack, reference) as known:
        csq = Csq(pack, scratch)
        examined = (examine(record, pack, reference) for record in read_records(text, header))
        for block in blocks(examined, block_records):
            yield from annotate_block(block, csq, known)


def _report(
    file_name: str, pack: Pack, header: Header, text: Text, tally: Tally, genotypes: Genotypes, written: int
) -> Report:
    return Report(
        **vars(tally.counts),
        file_name=file_name,
        pack=pack,
        samples=header.samples,
        written=written,
        severe=tally.severe.worst_first(),
        warnings=(*text.warnings, *filter(None, [genotypes.warning]), *warnings(header, pack, tally)),
        notes=(*text.notes, *notes(header, tally)),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit status is 2 for a file that can never work, with the reason on stderr."""
    options = _parser().parse_args(arguments)
    outputs = _outputs(options.source, options.result)
    try:
        _check_paths(options.source, outputs)
        pack = load_pack(find_pack(options.pack))
        verify_pack(pack)
        report = annotate_file(options.source, outputs, pack, file_name=options.source.name)
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_INVALID_INPUT
    except (Misconfigured, EngineKilled, OSError) as error:
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


def _check_paths(source: Path, outputs: Outputs) -> None:
    """The input is not to be replaced by a result, nor one result by another."""
    seen: set[Path] = set()
    for path in (source, *vars(outputs).values()):
        if path.resolve() in seen:
            raise InvalidInput(f"{path} would be overwritten: give the result another name or folder.")
        seen.add(path.resolve())


def _print_summary(report: Report, outputs: Outputs) -> None:
    sys.stdout.write(
        f"{counted(report.records, 'record')}: {report.with_consequence:,} in genes, "
        f"{report.without_consequence:,} outside, {report.kept_unannotated:,} kept without annotation; "
        f"{report.known_records:,} with known alleles\n{outputs.vcf}\n{outputs.log}\n"
    )
    for warning in report.warnings:
        sys.stdout.write(f"warning: {warning}\n")


if __name__ == "__main__":
    sys.exit(main())
