"""A pack looked at from end to end: what a job would stumble over is found before there is a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gas.errors import GasError
from services.annotator.pack.pack import MANIFEST_NAME, load_pack, verify_pack
from services.annotator.pack_tool.engine_trial import try_slice
from services.annotator.pack_tool.genes.collecting import collect
from services.annotator.pack_tool.genes.completing import complete
from services.annotator.pack_tool.genes.flavours import FLAVOURS
from services.annotator.pack_tool.genes.gff3 import read_feature
from services.annotator.pack_tool.known.inspecting import inspect_source
from services.annotator.pack_tool.licences import LICENCES_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.genes.gff3 import Feature


def check_pack(folder: Path, *, deep: bool = False) -> Iterator[str]:
    """What is wrong with a pack, a sentence each; nothing if it is whole.

    :param deep: look at every allele of the sources, and not at some of each part.
    """
    try:
        pack = load_pack(folder)
        verify_pack(pack)
    except GasError as error:
        yield str(error)
        return
    yield from _unlisted_files(pack)
    for name in pack.gene_files:
        yield from _check_slice(pack, name)
    for source in pack.sources:
        yield from inspect_source(pack, source, deep=deep)


def _unlisted_files(pack: Pack) -> Iterator[str]:
    listed = {file.name for file in pack.files} | {MANIFEST_NAME, LICENCES_NAME}
    for path in sorted(pack.folder.rglob("*")):
        name = path.relative_to(pack.folder).as_posix()
        if path.is_file() and name not in listed:
            yield f"{path} is not a part of the pack; it can be removed."


def _check_slice(pack: Pack, name: str) -> Iterator[str]:
    """The gene models are whole and in order, and the engine reads the file and calls a change."""
    path = pack.path(name)
    contigs = [contig for contig in pack.contigs if contig.genes == name]
    try:
        by_contig = _features(path, contigs)
    except GasError as error:
        yield f"{path}: {error}"
        return
    used: set[str] = set()
    tried = False
    for contig in contigs:
        starts = [feature.start for feature in by_contig[contig.name] if feature.type == "gene"]
        if starts != sorted(starts):
            yield f"{path} does not have the genes of {contig.name} in the order of their start."
        models = collect(by_contig[contig.name], FLAVOURS["ensembl"])
        complete(models, contig, used)
        for reason, number in models.left_out.items():
            yield f"{path} has {number:,} {reason}, on {contig.name}."
        transcripts = [transcript for _, own in models.genes for transcript in own]
        if transcripts and not tried:
            tried = True
            if problem := try_slice(pack, contig, transcripts):
                yield f"{path}: {problem}."


def _features(path: Path, contigs: list[Contig]) -> dict[str, list[Feature]]:
    found: dict[str, list[Feature]] = {contig.name: [] for contig in contigs}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                found[line.partition("\t")[0]].append(read_feature(line.rstrip("\n")))
    return found
