"""Gene models as GFF3 in the words of Ensembl (GFF3 specification 1.26, Sequence Ontology project)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.synthetic.genes import Stretch
from benchmarks.synthetic.shape import CONTIG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.synthetic.genes import Gene, Transcript

_CODING, _NOT_CODING = "protein_coding", "lncRNA"


def write_gene_file(path: Path, genes: Sequence[Gene], bases: int) -> None:
    """The genes of the contig.

    :param bases: how long the contig is.
    """
    head = f"##gff-version 3\n##sequence-region {CONTIG} 1 {bases}\n"
    path.write_text(head + "".join(line for gene in genes for line in _gene_lines(gene)))


def _gene_lines(gene: Gene) -> Iterator[str]:
    biotype = _CODING if gene.coding else _NOT_CODING
    attributes = f"ID=gene:{gene.name};Name={gene.name};biotype={biotype};version=1"
    yield _line("gene" if gene.coding else "ncRNA_gene", gene.stretch, gene.forward, attributes)
    for transcript in gene.transcripts:
        yield from _transcript_lines(transcript, gene)
    yield "###\n"


def _transcript_lines(transcript: Transcript, gene: Gene) -> Iterator[str]:
    kind, biotype = ("mRNA", _CODING) if transcript.coding else ("lnc_RNA", _NOT_CODING)
    whole = Stretch(transcript.exons[0].start, transcript.exons[-1].end)
    attributes = f"ID=transcript:{transcript.name};Parent=gene:{gene.name};biotype={biotype};version=1"
    yield _line(kind, whole, transcript.forward, attributes)
    parent = f"Parent=transcript:{transcript.name}"
    for number, exon in enumerate(transcript.exons, start=1):
        rank = number if transcript.forward else len(transcript.exons) + 1 - number
        yield _line("exon", exon, transcript.forward, f"{parent};rank={rank}")
    for part, phase in zip(transcript.coding, _phases(transcript), strict=True):
        yield _line("CDS", part, transcript.forward, f"ID=CDS:{transcript.name};{parent}", str(phase))
    for name, part in _untranslated(transcript):
        yield _line(name, part, transcript.forward, parent)


def _phases(transcript: Transcript) -> list[int]:
    """How many of the first bases of each part belong to a codon that began before it."""
    parts = transcript.coding if transcript.forward else transcript.coding[::-1]
    phases, length = [], 0
    for part in parts:
        phases.append(-length % 3)
        length += part.end - part.start
    return phases if transcript.forward else phases[::-1]


def _untranslated(transcript: Transcript) -> Iterator[tuple[str, Stretch]]:
    """The ends of the first and the last exon, where the coding sequence is not."""
    if not transcript.coding:
        return
    names = ("five_prime_UTR", "three_prime_UTR")
    first, last = names if transcript.forward else names[::-1]
    yield first, Stretch(transcript.exons[0].start, transcript.coding[0].start)
    yield last, Stretch(transcript.coding[-1].end, transcript.exons[-1].end)


def _line(kind: str, part: Stretch, forward: bool, attributes: str, phase: str = ".") -> str:
    strand = "+" if forward else "-"
    return f"{CONTIG}\tsynthetic\t{kind}\t{part.start + 1}\t{part.end}\t.\t{strand}\t{phase}\t{attributes}\n"
