"""Ensembl VEP and vepyr for tests: their command lines, as strict as theirs, and CSQ of a fixed kind.

Run under the name of the one or the other. Records at even positions are missense in GENE1 and intronic in
GENE2, those at odd positions intergenic. The file ``behaviour.json`` in the cache folder, or beside the gene
models, makes it misbehave: ``drop``, ``bare`` and ``move`` name positions of records that it leaves out,
gives back without CSQ, or writes once more at the end; ``fail`` is a message to end with; ``stay`` is a
position after which it goes no further.
"""

from __future__ import annotations

import argparse
import gzip
import json
import signal
import sys
import time
from pathlib import Path

FIELDS = "Allele|Consequence|IMPACT|SYMBOL|Gene"
MISSENSE = "{alt}|intron_variant|MODIFIER|GENE2|E2,{alt}|missense_variant|MODERATE|GENE1|E1"
INTERGENIC = "{alt}|intergenic_variant|MODIFIER||"


def main() -> None:
    name = Path(sys.argv[0]).name
    parser = argparse.ArgumentParser(prog=name, allow_abbrev=False)
    options = vep_options(parser) if name == "vep" else vepyr_options(parser)
    indexed = Path(f"{options.input_file}.tbi").is_file()
    if not Path(options.fasta).is_file():
        parser.error("no such FASTA file")
    if options.fork > 1 and not indexed:
        parser.error("--fork needs a tabix-indexed input")
    sys.stdout.write("Starting...\n")
    annotate(options, name)


def vep_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """As GetOptions in the script ``vep`` has them, as far as they are asked for here."""
    parser.add_argument("-i", "--input_file", required=True)
    parser.add_argument("-o", "--output_file", required=True)
    parser.add_argument("--format", required=True, choices=["vcf"])
    parser.add_argument("--fasta", required=True)
    parser.add_argument("--fork", type=int, default=0)
    for text in ("--gff", "--dir_cache", "--assembly"):
        parser.add_argument(text)
    flags = "vcf force_overwrite no_stats no_progress symbol allow_non_variant dont_skip cache offline hgvs"
    for flag in flags.split():
        parser.add_argument(f"--{flag}", action="store_true")
    options = parser.parse_args()
    if not options.vcf:
        parser.error("this stand-in writes VCF only")
    if options.gff:
        if options.offline or not Path(f"{options.gff}.tbi").is_file():
            parser.error("gene models need an index and no cache")
        options.dir_cache = str(Path(options.gff).parent)
    elif not (options.cache and options.offline and options.assembly and Path(options.dir_cache).is_dir()):
        parser.error("no annotation source")
    return options


def vepyr_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """As ``vepyr annotate --help`` of version 0.10 has them, as far as they are asked for here."""
    commands = parser.add_subparsers(required=True)
    annotate = commands.add_parser("annotate", allow_abbrev=False)
    annotate.add_argument("-i", "--input_file", required=True)
    annotate.add_argument("-o", "--output_file", required=True)
    annotate.add_argument("--dir_cache", required=True)
    annotate.add_argument("--fasta", required=True)
    annotate.add_argument("--fork", type=int, default=1)
    annotate.add_argument("--allow_non_variant", action="store_true")
    annotate.add_argument("--no_progress", action="store_true")
    return parser.parse_args()


def annotate(options: argparse.Namespace, name: str) -> None:
    path = Path(options.dir_cache) / "behaviour.json"
    behaviour = json.loads(path.read_text()) if path.exists() else {}
    moved = []
    with gzip.open(options.input_file, "rt") as source, Path(options.output_file).open("w") as output:
        for line in source:
            if line.startswith("#"):
                output.write((own_header(name) if line.startswith("#CHROM") else "") + line)
                continue
            columns = line.rstrip("\n").split("\t")
            position = int(columns[1])
            if position not in behaviour.get("drop", []):
                output.write("\t".join(annotated(columns, bare=position in behaviour.get("bare", []))) + "\n")
            if position in behaviour.get("move", []):
                moved.append(line)
            if position == behaviour.get("stay"):
                output.flush()
                signal.pause()
        output.writelines(moved)
    if "fail" in behaviour:
        sys.exit(behaviour["fail"])


def own_header(name: str) -> str:
    """With what is different in each run."""
    return (
        f'##VEP="v115" time="{time.time_ns()}" API="v115"\n'
        f'##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations. Format: {FIELDS}">\n'
        f"##VEP-command-line='{name} {' '.join(sys.argv[1:])}'\n"
    )


def annotated(columns: list[str], *, bare: bool) -> list[str]:
    csq = (INTERGENIC if int(columns[1]) % 2 else MISSENSE).format(alt=columns[4])
    if bare:
        return columns
    info = f"CSQ={csq}" if columns[7] == "." else f"{columns[7]};CSQ={csq}"
    return [*columns[:7], info, *columns[8:]]


if __name__ == "__main__":
    main()
