"""The command line of gas-pack."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from services.annotator.pack_tool.genes.flavours import FLAVOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

_BUILD = "make a pack from FASTA, GFF3 and files of known variants"
_CHECK = "look at a pack from end to end; exit status 1 if something is wrong with it"
_ADD = "add a source of known variants to a pack, or replace the one of its name"
_FETCH = "download sequence and gene models from a mirror of Ensembl and make a pack of them"
_PUSH = "publish a pack in S3"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What is wanted; ends the process with the usage if that is not clear."""
    parser = argparse.ArgumentParser(prog="gas-pack", description="Makes and checks reference packs.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_build(commands.add_parser("build", help=_BUILD, description=_BUILD))
    _add_check(commands.add_parser("check", help=_CHECK, description=_CHECK))
    _add_add(commands.add_parser("add", help=_ADD, description=_ADD))
    _add_fetch(commands.add_parser("fetch", help=_FETCH, description=_FETCH))
    push = commands.add_parser("push", help=_PUSH, description=_PUSH)
    push.add_argument("pack", metavar="FOLDER")
    push.add_argument("address", metavar="s3://BUCKET/PREFIX", help="a prefix of its own for each version")
    return parser.parse_args(arguments)


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument("--name", required=True, help="a short name, as human_grch38")
    parser.add_argument("--title", required=True, help="what people are to read")
    parser.add_argument("--assembly", required=True, help="of the sequence, as GRCh38.p14")
    parser.add_argument("--version", required=True, help="of the pack; a new one for each change")
    parser.add_argument("--attribution", required=True, help="who made the data, and their terms")
    parser.add_argument("--fasta", required=True, type=Path, help="plain, gzip or bgzip")
    parser.add_argument("--genes", required=True, type=Path, metavar="GFF3", help="plain, gzip or bgzip")
    parser.add_argument("--gene-model-version", required=True, metavar="TEXT", help="as 'GENCODE 49'")
    parser.add_argument("--flavour", default="auto", choices=["auto", *FLAVOURS], help="whose GFF3 it is")
    _add_choices(parser)


def _add_choices(parser: argparse.ArgumentParser) -> None:
    """What `build` and `fetch` have in common."""
    parser.add_argument("--contigs", type=_names, metavar="LIST", help="take these alone, as 1,2,MT")
    parser.add_argument("--aliases", type=Path, metavar="FILE", help="lines of names for the same contig")
    parser.add_argument(
        "--code",
        action="append",
        type=_code,
        default=[],
        metavar="CONTIG=TABLE",
        help="NCBI genetic code of a contig, as chrM=5; MT and chrM have 2 by themselves",
    )
    parser.add_argument("--licences", type=Path, metavar="FILE", help="text for LICENCES.txt")
    parser.add_argument(
        "--source", action="append", default=[], metavar="SPEC.json", help="known variants; may be repeated"
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", metavar="FOLDER", help="or the name of a built-in pack")
    parser.add_argument("--deep", action="store_true", help="look at every allele, not at some of each part")


def _add_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", type=Path, metavar="FOLDER")
    parser.add_argument("--source", required=True, metavar="SPEC", help="a JSON file, or clinvar, dbsnp, ...")
    parser.add_argument("--version", required=True, help="the new version of the pack")
    parser.add_argument("--file", action="append", type=Path, default=[], help="instead of those of SPEC")
    parser.add_argument("--source-version", default="", metavar="TEXT", help="instead of the one in SPEC")


def _add_fetch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument("--mirror", required=True, metavar="URL", help="the folder above release-N")
    parser.add_argument("--species", required=True, help="as homo_sapiens")
    parser.add_argument("--release", required=True, type=int, help="as 115")
    parser.add_argument("--assembly", required=True, help="as GRCh38")
    parser.add_argument("--downloads", type=Path, metavar="FOLDER", help="to keep them in; OUT.downloads")
    _add_choices(parser)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _code(text: str) -> tuple[str, int]:
    contig, _, table = text.rpartition("=")
    if not contig or not table.isdecimal() or int(table) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not CONTIG=TABLE, as chrM=5")
    return contig, int(table)
