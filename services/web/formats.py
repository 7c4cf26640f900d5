"""How sizes, times and durations are written for people and for programs."""

from __future__ import annotations

from datetime import UTC, datetime

_STEP = 1000
_CENT = 0.01
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_PERIODS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def file_size(size: int) -> str:
    """12 bytes, 3.5 MB: decimal units, as file managers and storage prices have them."""
    if size == 1:
        return "1 byte"
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    digits = f"{value:.1f}".removesuffix(".0")
    return f"{digits} {_UNITS[unit]}"


def duration(seconds: float) -> str:
    """3 minutes, 1 day 2 hours: the two largest units."""
    rest, parts = round(seconds), []
    for length, name in _PERIODS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {name}" + ("s" if count > 1 else ""))
    return " ".join(parts[:2]) or "0 seconds"


def another(seconds: float) -> str:
    """Another day, another 3 days, another 1 day 2 hours."""
    text = duration(seconds)
    count, _, unit = text.partition(" ")
    return f"another {unit if count == '1' and ' ' not in unit else text}"


def price(dollars: float) -> str:
    """Of an estimate in US dollars, to the cent."""
    if not dollars:
        return "free of charge"
    return f"about {dollars:,.2f} USD" if dollars >= _CENT else "less than 0.01 USD"


def iso_time(seconds: float | None) -> str | None:
    """2026-01-31T12:00:00Z, for programs."""
    return _utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds is not None else None


def utc_time(seconds: float) -> str:
    """2026-01-31 12:00:00 UTC, for people; a script shows it in their own zone where it can."""
    return _utc(seconds).strftime("%Y-%m-%d %H:%M:%S UTC")


def number(value: int) -> str:
    """1,234,567."""
    return f"{value:,}"


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
