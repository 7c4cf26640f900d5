"""Gene models of realistic numbers and sizes: exons, introns, transcripts that share exons, both strands.

The sizes are those of human genes in round numbers (Piovesan et al., BMC Research Notes 2019, 12:315):
exons of 130 bases, introns of some thousand, nine or ten exons in a coding gene.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from benchmarks.synthetic.shape import Shape

_PURPOSE = 2

# Coding genes have more transcripts: on average this makes 2,400 of 700 genes.
_CODING_GENES = 0.35
_TRANSCRIPTS = {True: 6.0, False: 2.0}
_EXONS = {True: 9.0, False: 2.5}
_MOST_TRANSCRIPTS, _MOST_EXONS = 30, 60

# Of the transcripts of a coding gene some have no coding sequence; an inner exon may be left out.
_NOT_CODING = 0.3
_KEPT_EXONS = 0.8

_CODONS_IN_EXON = 43.0
_INTRON_BASES, _LEAST_INTRON_BASES = 3_000.0, 60
_FIRST_UTR_BASES, _LAST_UTR_BASES = 120.0, 700.0

# A gene takes at most this part of the contig, which only matters to a small one.
_LARGEST_PART = 10


class Stretch(NamedTuple):
    """Bases of the contig, counted from 0, without the end."""

    start: int
    end: int


class Transcript(NamedTuple):
    """A transcript; its parts are in the order of the contig.

    :ivar coding: what is translated, a multiple of three bases, or nothing.
    """

    name: str
    forward: bool
    exons: tuple[Stretch, ...]
    coding: tuple[Stretch, ...]


class Gene(NamedTuple):
    """A gene; of a coding one the first transcript has all exons and is coding."""

    name: str
    forward: bool
    coding: bool
    transcripts: tuple[Transcript, ...]

    @property
    def stretch(self) -> Stretch:
        """From its first base to its last."""
        exons = [exon for transcript in self.transcripts for exon in transcript.exons]
        return Stretch(min(exon.start for exon in exons), max(exon.end for exon in exons))


def draw_genes(shape: Shape) -> list[Gene]:
    """The genes of the contig in the order of their starts; some overlap."""
    generator = shape.generator(_PURPOSE)
    genes = [_draw_gene(generator, number, shape) for number in range(1, shape.genes + 1)]
    return sorted(genes, key=lambda gene: gene.stretch)


def _draw_gene(generator: np.random.Generator, number: int, shape: Shape) -> Gene:
    coding, forward = bool(generator.random() < _CODING_GENES), bool(generator.random() < 0.5)
    exons, coding_bases = _draw_exons(generator, coding)
    room = shape.bases - shape.first_base
    while exons[-1].end > room // _LARGEST_PART and len(exons) > 1:
        exons, coding_bases = _draw_exons(generator, coding)
    start = shape.first_base + int(generator.integers(0, room - exons[-1].end))
    count = min(int(generator.geometric(1 / _TRANSCRIPTS[coding])), _MOST_TRANSCRIPTS)
    transcripts = []
    for index in range(count):
        kept = exons if not index else [exon for exon in exons if _is_kept(generator, exon, exons)]
        translated = coding and (not index or generator.random() >= _NOT_CODING)
        parts = _coding_parts(kept, coding_bases) if translated else []
        name = f"SYNT{number:05}{index:03}"
        transcripts.append(
            Transcript(
                name, forward, *(_placed(each, start, exons[-1].end, forward) for each in (kept, parts))
            )
        )
    return Gene(f"SYNG{number:05}", forward, coding, tuple(transcripts))


def _draw_exons(generator: np.random.Generator, coding: bool) -> tuple[list[Stretch], Stretch]:
    """The exons of a gene from its own start on, and where its coding sequence begins and ends.

    An exon between others is a multiple of three bases long: without it the frame is the same.
    """
    count = min(int(generator.geometric(1 / _EXONS[coding])), _MOST_EXONS)
    utrs = [max(20, int(_draw(generator, size))) for size in (_FIRST_UTR_BASES, _LAST_UTR_BASES)]
    lengths = [3 * max(10, int(_draw(generator, _CODONS_IN_EXON))) for _ in range(count)]
    shift = int(generator.integers(0, 3)) if count > 1 else 0
    lengths[0] += utrs[0] + shift
    lengths[-1] += utrs[1] - shift
    exons, place = [], 0
    for length in lengths:
        exons.append(Stretch(place, place + length))
        place += length + _LEAST_INTRON_BASES + int(_draw(generator, _INTRON_BASES, 1.3))
    return exons, Stretch(utrs[0], exons[-1].end - utrs[1])


def _draw(generator: np.random.Generator, median: float, spread: float = 0.5) -> float:
    return float(median * generator.lognormal(0, spread))


def _is_kept(generator: np.random.Generator, exon: Stretch, exons: list[Stretch]) -> bool:
    return exon in {exons[0], exons[-1]} or bool(generator.random() < _KEPT_EXONS)


def _coding_parts(exons: list[Stretch], coding: Stretch) -> list[Stretch]:
    return [Stretch(max(exon.start, coding.start), min(exon.end, coding.end)) for exon in exons]


def _placed(parts: list[Stretch], start: int, length: int, forward: bool) -> tuple[Stretch, ...]:
    """Parts of a gene on the contig, where a gene on the reverse strand runs from its end."""
    if forward:
        return tuple(Stretch(start + part.start, start + part.end) for part in parts)
    end = start + length
    return tuple(Stretch(end - part.end, end - part.start) for part in reversed(parts))
