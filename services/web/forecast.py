"""What can honestly be said of the wait: the place in the queue, when it ends, and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gas.accounts import Account
from gas.fair_share import Place, QueueEntry, fair_order
from gas.jobs import Job, JobStatus
from services.web.context import Site
from services.web.durations import Span, span_of
from services.web.queue_simulation import Plays, play
from services.web.queue_view import QueueView
from services.web.span_text import ordinal, span_text


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The wait of one job.

    :ivar position: its place among all waiting jobs, counted from 1.
    :ivar start: when it starts, in seconds from now; None if too little is known.
    :ivar end: when it is done.
    """

    position: int
    waiting: int
    start: Span | None
    end: Span | None
    reason: str


def forecast_of(site: Site, job: Job) -> Forecast | None:
    """The wait of a queued job; None for any other, and while the queue cannot be read."""
    view = site.queue.look() if job.status is JobStatus.PENDING else None
    at = view.places.get(job.job_id) if view else None
    if view is None or at is None:
        return None
    return _forecast(view.order, view.plays, view, at)


def usual_rest(site: Site, job: Job) -> Span | None:
    """How much longer a running job takes, by the recent ones that took longer than it has until now."""
    view = site.queue.look()
    if view is None or job.started_at is None:
        return None
    elapsed = site.clock() - job.started_at
    longer = [seconds - elapsed for seconds in view.durations.of(job.input_bytes) if seconds > elapsed]
    return span_of(longer, len(longer))


def estimate(site: Site, account: Account, size: int) -> dict[str, Any]:
    """The wait and the time of a file of this size, were it submitted now.

    ``{"position": 3, "waiting": {"seconds": [240, 540], "text": "4 to 9 minutes"}, "running": {...}}``; what
    cannot be said is None.
    """
    view = site.queue.look()
    if view is None:
        return {"position": None, "waiting": None, "running": None}
    new = QueueEntry(job_id="", user_id=account.user_id, queued_at=view.at, input_bytes=size)
    order = fair_order([*(place.entry for place in view.order), new], view.running, view.recent)
    at = next(at for at, place in enumerate(order) if place.entry is new)
    before = [place.entry for place in order[: at + 1]]
    plays = play(before, view.running, view.durations, annotators=view.annotators, now=view.at)
    found = _forecast(order, plays, view, at)
    taken = view.durations.of(size)
    return {
        "position": found.position,
        "waiting": _told(found.start),
        "running": _told(span_of(taken, len(taken))),
    }


def _forecast(order: Sequence[Place], plays: Plays, view: QueueView, at: int) -> Forecast:
    known = len(view.durations.of(order[at].entry.input_bytes))
    said = at < len(plays.starts)
    return Forecast(
        position=at + 1,
        waiting=len(order),
        start=span_of(plays.starts[at], known) if said else None,
        end=span_of(plays.ends[at], known) if said else None,
        reason=_reason(order, view, at),
    )


def _reason(order: Sequence[Place], view: QueueView, at: int) -> str:
    if at == 0 and len(view.running) < view.annotators:
        return "An annotator is about to take it."
    mine = order[at]
    others = [
        place for place in order[:at] if place.entry.user_id != mine.entry.user_id and place.rank < mine.rank
    ]
    sentences = [_busy(view)] if len(view.running) >= view.annotators else []
    if others:
        whose = "first jobs" if min(place.rank for place in others) == 1 else "earlier jobs"
        sentences.append(f"Other users' {whose} go before your {ordinal(mine.rank)}.")
    return " ".join(sentences)


def _busy(view: QueueView) -> str:
    count = len(view.running)
    if count == 1:
        return "The annotator is on another job."
    who = "Both annotators are" if count == 2 else f"All {count} annotators are"  # noqa: PLR2004 - both.
    return f"{who} on other jobs."


def _told(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"seconds": [round(span.low), round(span.high)], "text": span_text(span)}
