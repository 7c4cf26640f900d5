"""In which order waiting jobs are taken, so that no user's jobs hold back another's first.

A user's k-th waiting job has the rank k, plus one for each of this user's jobs that run or have just ended.
Jobs are taken by rank, and those of one rank as they were queued: with one user that is the order of
arrival, with several they take turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: A job that has ended counts for this long, so that whoever submits one after the other takes turns as well.
RECENT_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True)
class QueueEntry:
    """What the queue shows of a job. Times are seconds since the epoch.

    :ivar queued_at: since when it waits, or has waited.
    :ivar input_bytes: size of its file, None while that is not known.
    """

    job_id: str
    user_id: str
    queued_at: float
    input_bytes: int | None = None
    started_at: float | None = None
    finished_at: float | None = None


@dataclass(frozen=True)
class Place:
    """The place of a waiting job in the fair order.

    :ivar rank: which job of its user it is, counting those that run or have just ended.
    """

    entry: QueueEntry
    rank: int


def fair_order(
    waiting: Iterable[QueueEntry], running: Iterable[QueueEntry], ended: Iterable[QueueEntry]
) -> list[Place]:
    """The waiting jobs in the order in which they are to be taken.

    :param ended: the jobs that have ended within the last `RECENT_SECONDS`.
    """
    ranks = Counter(entry.user_id for entry in (*running, *ended))
    places = []
    for entry in sorted(waiting, key=_arrival):
        ranks[entry.user_id] += 1
        places.append(Place(entry, ranks[entry.user_id]))
    return sorted(places, key=lambda place: (place.rank, *_arrival(place.entry)))


def places_before(order: Sequence[Place], job_id: str) -> list[QueueEntry]:
    """The jobs that are to be taken before this waiting one, first things first; none if it may be taken now.

    A job gives way only if a job of another user has a smaller rank: among those of one rank, and among
    those of one user, it does not matter which of them an annotator hears of first.
    """
    at = next((at for at, place in enumerate(order) if place.entry.job_id == job_id), 0)
    mine = order[at]
    before = [place for place in order[:at] if place.rank < mine.rank]
    others = any(place.entry.user_id != mine.entry.user_id for place in before)
    return [place.entry for place in before] if others else []


def _arrival(entry: QueueEntry) -> tuple[float, str]:
    return (entry.queued_at, entry.job_id)
