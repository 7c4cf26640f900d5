"""A change as HGVS needs it: the fewest bases, and how far it can be moved without changing the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from services.annotator.pack.manifest import Contig

# How many bases are read at first to see how far a change can move, and how much more at each further
# attempt: almost all move less than the first window.
_FIRST_WINDOW = 64
_GROWTH = 8

# A change moves no further than this even in a longer repeat. Tandem repeats of this length are satellite
# DNA, where no aligner places a change well enough for a name to mean anything.
MAX_MOVE = _FIRST_WINDOW * _GROWTH**3

# Which base, or IUPAC code of several (NC-IUB 1984), stands opposite each.
COMPLEMENTS = dict(zip("ACGTRYKMSWBDHVN", "TGCAYRMKSWVHDBN", strict=True))
_COMPLEMENT = str.maketrans(COMPLEMENTS)


class Bases(Protocol):
    """What gives the bases of the reference."""

    def bases(self, contig: Contig, position: int, length: int) -> str:
        """Upper-case bases from a position counted from 1; fewer at the end of the contig."""


class Edit(NamedTuple):
    """The bases ``ref`` from ``start`` on become ``alt``; they share no base at either end.

    An insertion has an empty ``ref`` and stands before the base at ``start``.

    :ivar left: how many bases towards the start of the contig the same change can also be placed.
    :ivar right: the same towards the end; both are 0 unless ``ref`` or ``alt`` is empty.
    """

    start: int
    ref: str
    alt: str
    left: int
    right: int

    @property
    def last(self) -> int:
        """The last base that is replaced, or the base before an insertion."""
        return self.start + len(self.ref) - 1

    @property
    def reach(self) -> tuple[int, int]:
        """The first and the last base that the change touches in any of its places."""
        first, last = sorted((self.start, self.last))
        return first - self.left, last + self.right

    def moved(self, by: int) -> Edit:
        """The same change ``by`` bases further, which has to be within ``-left`` and ``right``."""
        if not by:
            return self
        ref, alt = _rotated(self.ref, by), _rotated(self.alt, by)
        return Edit(self.start + by, ref, alt, self.left + by, self.right - by)


def reverse_complement(bases: str) -> str:
    """The other strand, read in its own direction."""
    return bases.translate(_COMPLEMENT)[::-1]


def shared_start(one: str, other: str) -> int:
    """How many characters two texts share at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def edit(reference: Bases, contig: Contig, position: int, ref: str, alt: str) -> Edit:
    """The change of a record's allele; both alleles are upper case and differ."""
    head = shared_start(ref, alt)
    start, ref, alt = position + head, ref[head:], alt[head:]
    tail = shared_start(ref[::-1], alt[::-1])
    ref, alt = ref[: len(ref) - tail], alt[: len(alt) - tail]
    if ref and alt:
        return Edit(start, ref, alt, 0, 0)
    sequence, end = ref or alt, start + len(ref)

    def after(length: int) -> str:
        return reference.bases(contig, end, length)

    def before(length: int) -> str:
        first = max(1, start - length)
        return reference.bases(contig, first, start - first)[::-1]

    return Edit(start, ref, alt, _room(sequence[::-1], before), _room(sequence, after))


def _room(sequence: str, read: Callable[[int], str]) -> int:
    """How far bases that come or go can move into those that follow them.

    They can move past a base that equals their first one, which then is their last.
    """
    window = _FIRST_WINDOW
    while True:
        following = read(window)
        room = shared_start(following, sequence + following)
        if room < window or window == MAX_MOVE:
            return room
        window *= _GROWTH


def _rotated(bases: str, by: int) -> str:
    turn = by % len(bases) if bases else 0
    return bases[turn:] + bases[:turn]
