"""When waiting jobs start and end, played through with what recent jobs took."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from gas.fair_share import QueueEntry
from services.web.durations import Durations

#: How often the queue is played through; each time every job takes as long as some recent one did.
DRAWS = 20

#: Prime and far apart, so that no two jobs of one play, and no two plays of one job, are alike for long. The
#: same queue is always played alike, so that a page does not flicker.
_JOB_STEP, _DRAW_STEP = 7919, 104_729


class Plays:
    """Starts and ends of jobs, in seconds from now, one of each for each play.

    :ivar starts: by the place in the order; jobs behind one of which nothing can be said have none.
    """

    def __init__(self, running: Sequence[float], annotators: int) -> None:
        self._free = [[0.0] * max(0, annotators - len(running)) for _ in range(DRAWS)]
        for draw, free in enumerate(self._free):
            # Of a job that runs, nothing is known but how long it has: on average it runs as long again.
            free += [2 * elapsed * (draw + 0.5) / DRAWS for elapsed in running]
            heapq.heapify(free)
        self.starts: list[list[float]] = []
        self.ends: list[list[float]] = []

    def add(self, taken: Sequence[float]) -> None:
        """One more job, which takes as long as one of these."""
        place = len(self.starts)
        starts, ends = [], []
        for draw, free in enumerate(self._free):
            seconds = taken[(place * _JOB_STEP + draw * _DRAW_STEP) % len(taken)]
            starts.append(free[0])
            ends.append(free[0] + seconds)
            heapq.heapreplace(free, ends[-1])
        self.starts.append(sorted(starts))
        self.ends.append(sorted(ends))


def play(
    order: Sequence[QueueEntry],
    running: Sequence[QueueEntry],
    durations: Durations,
    *,
    annotators: int,
    now: float,
) -> Plays:
    """The queue as it is, if nobody comes and nobody goes."""
    elapsed = [max(0.0, now - (entry.started_at or now)) for entry in running]
    plays = Plays(elapsed, max(annotators, len(running), 1))
    for entry in order:
        taken = durations.of(entry.input_bytes)
        if not taken:
            break
        plays.add(taken)
    return plays
