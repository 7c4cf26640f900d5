"""What the status of an unfinished job shows besides its word and sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from gas.jobs import Job, JobStatus, Progress
from services.web.context import Site
from services.web.durations import Span
from services.web.forecast import Forecast, forecast_of, usual_rest
from services.web.formats import duration, number
from services.web.span_text import span_text

#: From a smaller share of the file, nothing can be told of the whole.
LEAST_SHARE = 0.02

#: A worker tells every second or so; after this time it may have died.
SILENT_SECONDS = 60.0

#: What can be cancelled, and whether that throws work away, so that it is asked for twice.
CANCELLABLE = {JobStatus.PENDING: False, JobStatus.RUNNING: True}


@dataclass(frozen=True, kw_only=True)
class StatusCard:
    """What changes while nothing else on the page does.

    :ivar lines: sentences.
    :ivar running: whether there is a bar, and ``percent`` its value; None while that is not known.
    :ivar version: changes whenever any of it does.
    """

    lines: tuple[str, ...]
    running: bool
    percent: int | None
    cancellable: bool
    confirms: bool
    version: str


def status_card(site: Site, job: Job) -> StatusCard:
    """The status of a job, now."""
    running = job.status is JobStatus.RUNNING
    lines = _running(site, job) if running else _waiting(site, job)
    percent = _percent(job.progress) if running else None
    shown = "\n".join((*lines, str(percent)))
    return StatusCard(
        lines=lines,
        running=running,
        percent=percent,
        cancellable=job.status in CANCELLABLE,
        confirms=CANCELLABLE.get(job.status, False),
        version=hashlib.blake2b(shown.encode(), digest_size=6).hexdigest(),
    )


def _waiting(site: Site, job: Job) -> tuple[str, ...]:
    forecast = forecast_of(site, job)
    if forecast is None:
        return ()
    place = f"Position {number(forecast.position)} of {number(forecast.waiting)} in the queue."
    return tuple(line for line in (place, forecast.reason, _when(forecast)) if line)


def _when(forecast: Forecast) -> str:
    if forecast.start is None or forecast.end is None:
        return ""
    start, end = span_text(forecast.start), span_text(forecast.end)
    if forecast.start.usual:
        return f"It usually starts in {start} then, and is done in {end}."
    return f"By what recent jobs took, it starts in {start} and is done in {end}."


def _running(site: Site, job: Job) -> tuple[str, ...]:
    progress = job.progress
    left = _left(progress) if progress else usual_rest(site, job)
    lines = (
        _done(progress) if progress else "The file is being fetched and read.",
        f"It will take {span_text(left)} more, as it looks now." if left else "",
        _silence(progress, site.clock()) if progress else "",
    )
    return tuple(line for line in lines if line)


def _done(progress: Progress) -> str:
    of = ""
    if progress.share and progress.share >= LEAST_SHARE:
        whole = _rounded(progress.records / progress.share)
        of = f" of about {number(max(whole, progress.records))} ({_percent(progress)} %)"
    place = f", now on contig {progress.contig}" if progress.contig else ""
    rate = f", {number(round(progress.rate))} a second" if progress.rate >= 1 else ""
    return f"{number(progress.records)} records done{of}{place}{rate}."


def _left(progress: Progress) -> Span | None:
    if not progress.share or progress.share < LEAST_SHARE or not progress.rate:
        return None
    seconds = progress.records / progress.rate * (1 - progress.share) / progress.share
    return Span(seconds, seconds, usual=True)


def _silence(progress: Progress, now: float) -> str:
    silent = now - progress.updated_at
    if silent < SILENT_SECONDS:
        return ""
    return (
        f"The annotator was last heard of {duration(silent // 60 * 60)} ago. If it has stopped, another one"
        " takes the job over by itself."
    )


def _percent(progress: Progress | None) -> int | None:
    return None if progress is None or progress.share is None else int(100 * progress.share)


def _rounded(count: float) -> int:
    """To two digits, for it is an estimate."""
    unit = 10 ** max(0, len(str(int(count))) - 2)
    return int(round(count / unit) * unit)
