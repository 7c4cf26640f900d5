"""Ranges of time in words, no more precise than they are."""

from __future__ import annotations

import math

from services.web.durations import Span

MINUTE, HOUR, DAY = 60, 3600, 86_400

#: Up to so many of a unit are told one by one, above that in fives.
FINE = 20

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)


def span_text(span: Span) -> str:
    """4 to 9 minutes; less than a minute; up to 2 hours; about 5 minutes, where no range is known."""
    if span.high < MINUTE:
        return "less than a minute"
    unit, name = _unit(span.high)
    if span.usual:
        return f"about {_count(max(1, round(span.high / unit)), name)}"
    step = _step(span.high / unit)
    low, high = step * math.floor(span.low / unit / step), step * math.ceil(span.high / unit / step)
    if low == 0:
        return f"up to {_count(high, name)}"
    return f"{low} to {_count(high, name)}" if low < high else f"about {_count(high, name)}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 12th."""
    ending = "th" if number % 100 in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{number:,}{ending}"


def _unit(seconds: float) -> tuple[int, str]:
    """Small enough for the range to say something."""
    if seconds < 3 * HOUR:
        return MINUTE, "minute"
    return (HOUR, "hour") if seconds < 2 * DAY else (DAY, "day")


def _step(units: float) -> int:
    return 1 if units <= FINE else 5


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
