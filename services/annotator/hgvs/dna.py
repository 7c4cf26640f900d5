"""Describes changes of DNA as HGVS recommends it, on a transcript or on a contig.

Source: HGVS Nomenclature v21 (https://hgvs-nomenclature.org), DNA recommendations and Numbering.
"""

from __future__ import annotations

from collections.abc import Callable

from services.annotator.hgvs.edits import Edit, reverse_complement
from services.annotator.hgvs.transcripts import Transcript

Label = Callable[[int], str | None]


def at_three_prime(change: Edit, transcript: Transcript) -> Edit | None:
    """A change at the place nearest to the end of a transcript, but not beyond it.

    The change moves along the contig, introns included. So it never jumps from one exon to the next,
    which is the exception that HGVS makes at exon/exon junctions, but may leave an exon for its intron.
    None if no place lies before the transcript's end.
    """
    if transcript.forward:
        by = min(change.right, transcript.ends[-1] - change.last)
    else:
        by = max(-change.left, transcript.starts[0] - change.start)
    return change.moved(by) if -change.left <= by <= change.right else None


def describe(change: Edit, label: Label, *, forward: bool) -> str | None:
    """The description of a change that is at its 3' place, as ``76_78del``.

    :param label: the text of a position, or None where the reference sequence does not reach.
    :param forward: whether the reference sequence is read along the contig.
    """
    if not change.ref:
        return _duplication(change, label, forward=forward) or _insertion(change, label, forward=forward)
    where = _range(label, change.start, change.last, forward=forward)
    if where is None:
        return None
    inserted = change.alt if forward else reverse_complement(change.alt)
    if not inserted:
        return f"{where}del"
    if len(change.ref) == len(change.alt) == 1:
        return f"{where}{change.ref if forward else reverse_complement(change.ref)}>{inserted}"
    if change.alt == reverse_complement(change.ref):
        return f"{where}inv"
    return f"{where}delins{inserted}"


def duplicated(change: Edit, *, forward: bool) -> tuple[int, int] | None:
    """The first and last base of which an insertion repeats its 5' neighbours, if it does.

    An insertion that can move by its own length towards the 5' end is a copy of what it moves past.
    """
    length = len(change.alt)
    if change.ref or (change.left if forward else change.right) < length:
        return None
    first = change.start - length if forward else change.start
    return first, first + length - 1


def _duplication(change: Edit, label: Label, *, forward: bool) -> str | None:
    copied = duplicated(change, forward=forward)
    where = copied and _range(label, *copied, forward=forward)
    return f"{where}dup" if where else None


def _insertion(change: Edit, label: Label, *, forward: bool) -> str | None:
    where = _range(label, change.start - 1, change.start, forward=forward)
    return f"{where}ins{change.alt if forward else reverse_complement(change.alt)}" if where else None


def _range(label: Label, first: int, last: int, *, forward: bool) -> str | None:
    """Two positions in the direction of the reference sequence, or one if they are the same."""
    start, end = (label(first), label(last)) if forward else (label(last), label(first))
    if start is None or end is None:
        return None
    return start if first == last else f"{start}_{end}"
