"""A workbench for HGVS names: one gene on a contig of its own, written as one reads it.

A gene is a text in the direction of its transcript. Upper case is exon, lower case is not; ``[`` stands
before the first coding base and ``]`` after the last. Blanks only help the reader.
"""

import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.annotator.hgvs.gene_models import GeneModels
from services.annotator.hgvs.names import Hgvs, Names
from services.annotator.pack.manifest import Contig

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def other_strand(bases):
    return bases.translate(COMPLEMENT)[::-1]


@dataclass(frozen=True)
class Gene:
    """A gene; ``forward`` says in which direction the contig has it."""

    text: str
    forward: bool = True
    code: int = 1
    phase: int = 0
    tags: str = ""
    name: str = "c"
    accession: str | None = "NC_1.1"
    aliases: tuple[str, ...] = ()
    read_twice: tuple[int, int] | None = None

    @cached_property
    def marks(self):
        """The text without blanks."""
        return self.text.replace(" ", "")

    @cached_property
    def sequence(self):
        """The bases in the direction of the transcript."""
        return re.sub(r"[\[\]]", "", self.marks).upper()

    @cached_property
    def bases_of_contig(self):
        return self.sequence if self.forward else other_strand(self.sequence)

    @cached_property
    def contig(self):
        length = len(self.sequence)
        return Contig(self.name, length, "", self.code, self.aliases, self.accession, "genes.gff3")

    @cached_property
    def exons(self):
        """First and last base of each exon, counted from 1 in the direction of the transcript."""
        return [
            (found.start() + 1, found.end())
            for found in re.finditer("[A-Z]+", re.sub(r"[\[\]]", "", self.marks))
        ]

    @cached_property
    def coding(self):
        """First and last coding base, likewise; None without a coding part."""
        if "[" not in self.marks:
            return None
        return self.marks.index("[") + 1, self.marks.index("]") - 1

    def on_contig(self, first, last):
        """A range of the transcript's direction in that of the contig."""
        size = len(self.sequence)
        return (first, last) if self.forward else (size - last + 1, size - first + 1)

    def bases(self, contig, position, length):
        """As the reference of a pack gives them."""
        assert contig is self.contig
        assert position >= 1
        return self.bases_of_contig[position - 1 : position - 1 + length]

    @cached_property
    def gff(self):
        """The gene in the dialect of bcftools csq."""
        parts = [("exon", *exon, ".") for exon in self.exons]
        if self.coding:
            first, last = self.coding
            pieces = [(max(start, first), min(end, last)) for start, end in self.exons]
            pieces = [(start, end) for start, end in pieces if start <= end]
            parts += [("CDS", *piece, 0 if place else self.phase) for place, piece in enumerate(pieces)]
            parts += [("CDS", *self.read_twice, 0)] if self.read_twice else []
        attributes = f"ID=transcript:T;Parent=gene:G;biotype=x{self.tags}"
        lines = [self.line("transcript", 1, len(self.sequence), ".", attributes)]
        lines += [self.line(*part, "Parent=transcript:T") for part in parts]
        return "".join(lines)

    def line(self, kind, first, last, phase, attributes):
        first, last = self.on_contig(first, last)
        strand = "+" if self.forward else "-"
        return f"{self.name}\t.\t{kind}\t{first}\t{last}\t.\t{strand}\t{phase}\t{attributes}\n"

    @cached_property
    def hgvs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "genes.gff3"
            path.write_text(self.gff)
            models = GeneModels({self.name: path})
            models.on(self.name)
        return Hgvs(models, self)

    def change(self, first, ref, alt) -> Names:
        """The names of a change that is given in the direction of the transcript."""
        assert self.sequence[first - 1 : first - 1 + len(ref)] == ref
        position, _ = self.on_contig(first, first + len(ref) - 1)
        if not self.forward:
            ref, alt = other_strand(ref), other_strand(alt)
        return self.hgvs.names(self.contig, position, ref, alt)

    def named(self, context, changed):
        """The c. or n. name and the p. name, without the transcript, when a part becomes another.

        The part occurs once in the gene.
        """
        assert self.sequence.count(context) == 1, f"{context} is not unique"
        names = self.change(self.sequence.index(context) + 1, context, changed)
        return tuple(
            next((name.removeprefix("T:") for name in kind), None) for kind in (names.coding, names.protein)
        )
