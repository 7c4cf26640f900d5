"""Genes and transcripts, whoever's file they come from, and how bcftools csq reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PART_TYPES = frozenset({"exon", "CDS", "five_prime_UTR", "three_prime_UTR"})

# csq takes a name as it stands into BCSQ, where these end a field, an entry, a value or the column.
_RESERVED = re.compile(r"[|,;=&%\s]")


class Span(NamedTuple):
    """A part of a transcript.

    :ivar start: its first base, counted from 1.
    :ivar end: its last base.
    :ivar phase: of a CDS, else a point.
    """

    start: int
    end: int
    phase: str = "."

    @property
    def length(self) -> int:
        """In bases."""
        return self.end - self.start + 1


@dataclass(slots=True)
class Gene:
    """A gene.

    :ivar id: without a prefix, for instance ENSG00000012048.
    :ivar name: its symbol, or nothing.
    :ivar version: of the id where it is given apart from it, or nothing.
    """

    id: str
    name: str
    biotype: str
    source: str
    start: int
    end: int
    strand: str
    version: str = ""


@dataclass(slots=True)
class Transcript:
    """A transcript and its parts, each list in the order of the contig once it is complete.

    :ivar id: without a prefix, as BCSQ shows it, for instance ENST00000357654.9 or NM_007294.4.
    :ivar spare_id: one that is its own in any case, where several transcripts of a file may have one id.
    :ivar version: of the id where it is given apart from it, or nothing.
    :ivar tags: such as MANE_Select, separated by commas, or nothing.
    :ivar protein: the id of what it is translated to, or nothing.
    """

    id: str
    biotype: str
    source: str
    start: int
    end: int
    strand: str
    spare_id: str = ""
    version: str = ""
    tags: str = ""
    protein: str = ""
    exons: list[Span] = field(default_factory=list)
    cds: list[Span] = field(default_factory=list)
    five_prime_utrs: list[Span] = field(default_factory=list)
    three_prime_utrs: list[Span] = field(default_factory=list)

    def parts(self) -> Iterator[tuple[str, list[Span]]]:
        """Each type of part in GFF3's words, with the parts."""
        yield "exon", self.exons
        yield "CDS", self.cds
        yield "five_prime_UTR", self.five_prime_utrs
        yield "three_prime_UTR", self.three_prime_utrs


def gene_line(contig: str, gene: Gene) -> str:
    """A gene as csq wants it: ``ID=gene:``, ``Name`` and ``biotype``."""
    attributes = {
        "ID": f"gene:{plain(gene.id)}",
        "Name": plain(gene.name),
        "biotype": plain(gene.biotype),
        "version": plain(gene.version),
    }
    return _line(contig, gene.source, "gene", Span(gene.start, gene.end), gene.strand, attributes)


def transcript_lines(contig: str, transcript: Transcript, gene: Gene) -> Iterator[str]:
    """A transcript and its parts as csq wants them: ``ID=transcript:``, ``Parent=gene:`` and ``biotype``."""
    attributes = {
        "ID": f"transcript:{plain(transcript.id)}",
        "Parent": f"gene:{plain(gene.id)}",
        "biotype": plain(transcript.biotype),
        "version": plain(transcript.version),
        "tag": ",".join(map(plain, transcript.tags.split(","))),
        "protein_id": plain(transcript.protein),
    }
    span = Span(transcript.start, transcript.end)
    yield _line(contig, transcript.source, "transcript", span, transcript.strand, attributes)
    parent = {"Parent": f"transcript:{plain(transcript.id)}"}
    for type_, spans in transcript.parts():
        for part in spans:
            yield _line(contig, ".", type_, part, transcript.strand, parent)


def plain(text: str) -> str:
    """A name with what BCSQ reserves replaced."""
    return _RESERVED.sub("_", text)


def _line(contig: str, source: str, type_: str, span: Span, strand: str, attributes: dict[str, str]) -> str:
    last = ";".join(f"{name}={value}" for name, value in attributes.items() if value)
    return f"{contig}\t{source}\t{type_}\t{span.start}\t{span.end}\t.\t{strand}\t{span.phase}\t{last}\n"
