"""Run as a process group of its own: annotates a file with a program that is not ours.

::

    python -m services.annotator.engines.external SOURCE RESULT --file-name=NAME --progress \
        --title "Ensembl VEP" --program '["vep", "-i", "{input}", "-o", "{output}"]'

is a command as `services.annotator.engines.command_engine` describes it. The user's file is checked as the
built-in engine checks it, so that a file is refused with the same sentences, and the program gets sound
records in BGZF with an index. What it leaves out is put back; index, log and summary are made here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pysam

from gas.errors import InvalidInput
from services.annotator.engines.command_engine import EXIT_INVALID_INPUT
from services.annotator.engines.external.csq_counts import CsqCounts
from services.annotator.engines.external.input import prepare_input
from services.annotator.engines.external.pages import count_log, summary
from services.annotator.engines.external.program import ProgramFailed, run_program
from services.annotator.engines.external.result import write_result
from services.annotator.result.result_files import result_names

EXIT_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit status is 2 for a file that can never work, with the reason on stderr."""
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(dir=options.result.parent, prefix=".annotating-") as scratch:
            _annotate(options, Path(scratch))
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_INVALID_INPUT
    except (ProgramFailed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAILED
    return 0


def _annotate(options: argparse.Namespace, scratch: Path) -> None:
    prepared = prepare_input(options.source, scratch / "input.vcf.gz")
    output = scratch / "output.vcf"
    run_program(options.program, prepared.path, output, tell_progress=options.progress)
    counts = CsqCounts()
    write_result(options.result, prepared, output, counts)
    pysam.tabix_index(str(options.result), preset="vcf", force=True)
    names = result_names(options.file_name)
    facts = (options.file_name, options.title, prepared, counts)
    options.result.with_name(names.log.name).write_text(count_log(*facts), encoding="utf-8")
    options.result.with_name(names.summary.name).write_text(summary(*facts), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="external", description="Annotate one VCF with another program.")
    parser.add_argument("source", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--file-name", required=True, help="what the user calls the file")
    parser.add_argument("--progress", action="store_true", help="say on standard output how far it is")
    parser.add_argument("--title", required=True, help="what people call the program")
    parser.add_argument("--program", type=json.loads, required=True, help="its command line as a JSON list")
    return parser


if __name__ == "__main__":
    sys.exit(main())
