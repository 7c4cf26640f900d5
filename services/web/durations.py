"""How long an annotation takes, from those that have ended lately."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gas.fair_share import QueueEntry

#: With fewer jobs than this nothing is said, with fewer than `ENOUGH` only what is usual, and no range.
FEWEST = 5
ENOUGH = 20

#: So many jobs of the nearest size are looked at. A file that is larger than they are by this factor is like
#: none of them; a smaller one takes at least as long as the quickest of all.
NEAREST = 40
MAX_FACTOR = 10.0

#: Sizes are told apart by this part of a doubling, so that a long queue is counted quickly.
STEPS = 8

#: The range that is promised leaves out a tenth of the cases at either end.
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Span:
    """A range of seconds.

    :ivar usual: only the middle is known, so that both ends are it.
    """

    low: float
    high: float
    usual: bool = False


class Durations:
    """What recent jobs took, by the size of their files."""

    def __init__(self, ended: Sequence[QueueEntry]) -> None:
        self._known = [
            (max(1, entry.input_bytes), max(0.0, entry.finished_at - entry.started_at))
            for entry in ended
            if entry.input_bytes is not None
            and entry.started_at is not None
            and entry.finished_at is not None
        ]
        self._least = min((seconds for _, seconds in self._known), default=0.0)
        self._found: dict[int, list[float]] = {}

    def of(self, size: int | None) -> list[float]:
        """What jobs of about this size took, in seconds and in order; empty if too few are known.

        The time grows with the size, and is never less than that of the quickest job of all. Without a size,
        what all of them took.
        """
        step = -1 if size is None else round(STEPS * math.log2(max(1, size)))
        if step not in self._found:
            self._found[step] = self._of(None if size is None else 2.0 ** (step / STEPS))
        return self._found[step]

    def _of(self, size: float | None) -> list[float]:
        if size is None:
            taken = [seconds for _, seconds in self._known]
        else:
            like = [(known, seconds) for known, seconds in self._known if size <= MAX_FACTOR * known]
            like.sort(key=lambda pair: abs(math.log(pair[0] / size)))
            taken = [max(seconds * size / known, self._least) for known, seconds in like[:NEAREST]]
        return sorted(taken) if len(taken) >= FEWEST else []


def span_of(seconds: Sequence[float], known: int) -> Span | None:
    """The range of these values, in order.

    :param known: from how many jobs they were drawn.
    """
    if not seconds:
        return None
    if known < ENOUGH:
        middle = quantile(seconds, 0.5)
        return Span(middle, middle, usual=True)
    return Span(quantile(seconds, LOW), quantile(seconds, HIGH))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
