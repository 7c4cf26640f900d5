"""A transcript: where its exons lie on the contig, and how HGVS numbers its bases."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class CodingSpan(NamedTuple):
    """The coding part of a transcript.

    :ivar start: first coding base on the contig, counted from 1, whichever way it is read.
    :ivar end: the last one.
    :ivar bases: how many bases all its pieces have together.
    :ivar phase: how many of the first bases belong to a codon of which the rest is not known.
    """

    start: int
    end: int
    bases: int
    phase: int


@dataclass(frozen=True, slots=True, eq=False)
class Transcript:
    """One transcript of a contig.

    Its spliced bases have numbers: 1 is the first coding base, or the first of all without a coding
    part, and 0 and less are the bases before it.

    :ivar forward: whether it is read along the contig.
    :ivar starts: first base of each exon on the contig, ascending.
    :ivar ends: last base of each exon.
    :ivar origins: by exon, what leads from positions to numbers: a base has the number
        ``origin + position`` if ``forward``, else ``origin - position``.
    :ivar coding: number of the last coding base; 0 without a coding part.
    :ivar phase: as in :class:`CodingSpan`.
    :ivar started: whether translation is known to start at base 1.
    :ivar regular: whether the coding part is the exons from its start to its end with nothing skipped or
        read twice, as it is where the ribosome slips.
    """

    name: str
    forward: bool
    starts: Sequence[int]
    ends: Sequence[int]
    origins: Sequence[int]
    coding: int
    phase: int
    started: bool
    regular: bool

    @property
    def prefix(self) -> str:
        """What stands before the description of a change, as ``NAME:c.``."""
        return f"{self.name}:c." if self.coding else f"{self.name}:n."

    def place(self, position: int) -> tuple[int, int] | None:
        """The number of the nearest base of an exon, and how far into the intron the position is.

        The distance is positive after that base, negative before it and 0 in an exon; a base as far
        from the one exon as from the other counts from the one before it (HGVS, Numbering, introns).
        None outside the transcript.
        """
        exon = bisect_right(self.starts, position) - 1
        if exon < 0:
            return None
        left = position - self.ends[exon]
        if left <= 0:
            return self._number(exon, position), 0
        if exon + 1 == len(self.starts):
            return None
        right = self.starts[exon + 1] - position
        if left < right or (left == right and self.forward):
            return self._number(exon, self.ends[exon]), left if self.forward else -left
        return self._number(exon + 1, self.starts[exon + 1]), -right if self.forward else right

    def text(self, number: int, distance: int) -> str:
        """A place as HGVS writes it: ``12``, ``-3``, ``*5``, ``12+1`` or ``13-2``."""
        if number < 1:
            base = str(number - 1)
        elif self.coding and number > self.coding:
            base = f"*{number - self.coding}"
        else:
            base = str(number)
        return f"{base}{distance:+d}" if distance else base

    def label(self, position: int) -> str | None:
        """A position of the contig as HGVS writes it, or None outside the transcript."""
        place = self.place(position)
        return None if place is None else self.text(*place)

    def _number(self, exon: int, position: int) -> int:
        return self.origins[exon] + position if self.forward else self.origins[exon] - position


def transcript(
    name: str,
    *,
    forward: bool,
    exons: Sequence[tuple[int, int]],
    span: CodingSpan | None = None,
    started: bool = True,
) -> Transcript:
    """A transcript of exons that are given as first and last base, ascending.

    One whose coding part does not start and end in an exon counts as not coding.
    """
    starts, ends = zip(*exons, strict=True)
    origins = _origins(forward, exons)
    bare = Transcript(name, forward, starts, ends, origins, 0, 0, started=False, regular=False)
    edges = () if span is None else (bare.place(span.start), bare.place(span.end))
    numbers = [place[0] for place in edges if place and not place[1]]
    if span is None or len(numbers) != len(edges):
        return bare
    first, last = sorted(numbers)
    return Transcript(
        *(name, forward, starts, ends),
        origins=tuple(origin - first + 1 for origin in origins),
        coding=last - first + 1,
        phase=span.phase,
        started=started and not span.phase,
        regular=span.bases == last - first + 1,
    )


def _origins(forward: bool, exons: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """What leads from positions to numbers when the first base of all has number 1."""
    origins = []
    before = 0
    for start, end in exons if forward else reversed(exons):
        origins.append(before + 1 - start if forward else before + 1 + end)
        before += end - start + 1
    return tuple(origins if forward else reversed(origins))
