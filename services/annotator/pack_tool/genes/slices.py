"""The gene models of a pack in slices, so that a run of the engine loads those of few contigs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple

from gas.errors import InvalidInput
from services.annotator.pack_tool.genes.collecting import Models, collect
from services.annotator.pack_tool.genes.completing import complete
from services.annotator.pack_tool.genes.gene_models import gene_line, transcript_lines
from services.annotator.pack_tool.genes.gff3 import read_feature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack_tool.genes.flavours import Flavour
    from services.annotator.pack_tool.genes.splitting import Split

GENES_FOLDER = "genes"

# csq loads two lines in a microsecond and starts in 0.07 s: this many are 10 ms more.
SLICE_LINES = 20_000

_HEADER = "##gff-version 3\n"


class Sliced(NamedTuple):
    """The gene models of a pack.

    :ivar contigs: those of the pack, each with the file of its genes.
    :ivar genes: how many were taken.
    :ivar transcripts: how many were taken.
    :ivar left_out: what was not taken, by reason.
    """

    contigs: list[Contig]
    genes: int
    transcripts: int
    left_out: Counter[str]


def write_slices(split: Split, contigs: Sequence[Contig], folder: Path) -> Sliced:
    """Write the gene models of the contigs of a pack into its folder, in the dialect of bcftools csq.

    A contig with many lines has a file of its own; small ones of one genetic code share some.

    :raises InvalidInput: if no contig of the pack has a transcript that the engine can use.
    """
    (folder / GENES_FOLDER).mkdir()
    slices = _Slices(folder)
    used: set[str] = set()
    genes, left_out = 0, Counter[str]()
    found = _files_of(split, contigs, left_out)
    for contig in contigs:
        models = _models(found.get(contig.name, []), split.flavour, contig, used)
        slices.add(contig, list(_lines(contig, models)))
        genes += len(models.genes)
        left_out += models.left_out
    if not genes:
        raise InvalidInput("The gene models have no transcript on a contig of the FASTA that can be used.")
    slices.finish()
    done = [replace(contig, genes=slices.file_of.get(contig.name)) for contig in contigs]
    return Sliced(done, genes, len(used), left_out)


def _files_of(split: Split, contigs: Iterable[Contig], left_out: Counter[str]) -> dict[str, list[Path]]:
    """The files of lines for each contig of the pack, by its name there."""
    names = {name: contig.name for contig in contigs for name in (contig.name, *contig.aliases)}
    found: dict[str, list[Path]] = {}
    for name, path in split.files.items():
        if name in names:
            found.setdefault(names[name], []).append(path)
        else:
            left_out["contigs with genes that the pack does not have"] += 1
    return found


def _models(paths: Iterable[Path], flavour: Flavour, contig: Contig, used: set[str]) -> Models:
    features = [
        read_feature(line.decode("utf-8", "replace"))
        for path in paths
        for line in path.read_bytes().splitlines()
    ]
    models = collect(features, flavour)
    complete(models, contig, used)
    return models


def _lines(contig: Contig, models: Models) -> Iterator[str]:
    for gene, transcripts in models.genes:
        yield gene_line(contig.name, gene)
        for transcript in transcripts:
            yield from transcript_lines(contig.name, transcript, gene)


class _Slices:
    """The files, and what is gathered for those that contigs share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gathered: dict[int, dict[str, list[str]]] = {}
        self.file_of: dict[str, str] = {}

    def add(self, contig: Contig, lines: list[str]) -> None:
        """Write the lines of a contig, or gather them with those of other small contigs."""
        if len(lines) > SLICE_LINES:
            self._write({contig.name: lines})
        elif lines:
            gathered = self._gathered.setdefault(contig.genetic_code, {})
            if sum(map(len, gathered.values())) + len(lines) > SLICE_LINES:
                self._write(gathered)
                gathered.clear()
            gathered[contig.name] = lines

    def finish(self) -> None:
        """Write what was gathered."""
        for gathered in self._gathered.values():
            self._write(gathered)

    def _write(self, slice_: Mapping[str, list[str]]) -> None:
        first, *others = slice_
        name = self._new_name("shared" if others else re.sub("[^0-9A-Za-z_.-]", "_", first).lstrip(".-"))
        with (self._folder / name).open("w", encoding="utf-8") as out:
            out.writelines(chain([_HEADER], *slice_.values()))
        self.file_of |= dict.fromkeys(slice_, name)

    def _new_name(self, stem: str) -> str:
        taken = set(self.file_of.values())
        names = (f"{GENES_FOLDER}/{stem}{ending}.gff3" for ending in chain([""], map("_{}".format, count(2))))
        return next(name for name in names if name not in taken)
