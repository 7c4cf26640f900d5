"""Annotate one VCF from the command line: a path in, paths out, and no other effect.

python -m services.annotator.annotate IN.vcf[.gz] OUT.annot.vcf.gz --pack human_mt
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from gas.errors import InvalidInput, Misconfigured
from services.annotator.annotation.csq import EngineKilled
from services.annotator.annotation.file import Options, annotate_file
from services.annotator.pack.pack import find_pack, load_pack, verify_pack
from services.annotator.printable import counted
from services.annotator.progress import Reporter
from services.annotator.result.result_files import Outputs, result_names
from services.annotator.workers import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.annotator.result.report import Report

DEFAULT_PACK = "human_mt"

EXIT_MISCONFIGURED = 1
EXIT_INVALID_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit status is 2 for a file that can never work, with the reason on stderr."""
    options = _parser().parse_args(arguments)
    # The allocator of the system gives memory back, of which Arrow's own keeps twice as much as is used.
    pa.set_memory_pool(pa.system_memory_pool())
    options.file_name = options.file_name or options.source.name
    outputs = _outputs(options.file_name, options.result)
    outputs = replace(outputs, table=None) if options.no_table else outputs
    try:
        _check_paths(options.source, outputs)
        pack = load_pack(find_pack(options.pack))
        if not options.verified:
            verify_pack(pack)
        report = annotate_file(
            options.source, outputs, pack, file_name=options.file_name, options=_how(options)
        )
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_INVALID_INPUT
    except (Misconfigured, EngineKilled, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_MISCONFIGURED
    if not options.progress:
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
    parser.add_argument(
        "--file-name", metavar="NAME", help="what the log calls the input; names log and table"
    )
    parser.add_argument(
        "--workers", type=int, default=cores(), help="processes that share the work (%(default)s)"
    )
    parser.add_argument("--verified", action="store_true", help="take the files of the pack for what it says")
    parser.add_argument(
        "--haplotypes", action="store_true", help="call what is together on each haplotype of the samples"
    )
    parser.add_argument("--no-names", action="store_true", help="without HGVS names")
    parser.add_argument("--no-table", action="store_true", help="without the Parquet file")
    parser.add_argument(
        "--progress", action="store_true", help="tell on standard output how far it is, as JSON"
    )
    return parser


def _how(options: argparse.Namespace) -> Options:
    told = Options(haplotypes=options.haplotypes, names=not options.no_names, workers=options.workers)
    return replace(told, on_progress=Reporter(sys.stdout)) if options.progress else told


def _outputs(name: str, result: Path) -> Outputs:
    names = result_names(name)
    return Outputs(
        vcf=result,
        index=result.with_name(f"{result.name}.tbi"),
        log=result.with_name(names.log.name),
        summary=result.with_name(names.summary.name),
        table=result.with_name(names.table.name) if names.table else None,
    )


def _check_paths(source: Path, outputs: Outputs) -> None:
    """The input is not to be replaced by a result, nor one result by another."""
    seen: set[Path] = set()
    for path in (source, *filter(None, vars(outputs).values())):
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
