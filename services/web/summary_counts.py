"""Counts in the annotator's summary, read whatever their shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Rows of each list on the page; the summary file holds more.
MAX_COUNTS = 12


@dataclass(frozen=True)
class Count:
    """How often something occurs.

    :ivar name: as people read it.
    :ivar tone: how its badge is coloured, if it has one.
    :ivar value: what the annotator calls it, which is what a table is filtered by.
    """

    name: str
    number: int
    tone: str = ""
    value: str = field(default="", compare=False)


@dataclass(frozen=True)
class Counts:
    """The largest counts of a kind.

    :ivar more: how many smaller ones are not shown.
    """

    rows: list[Count]
    more: int = 0


def words(name: str) -> str:
    """A name of the annotator's as people read it."""
    return name.replace("&", ", ").replace("_", " ")


def _no_tone(_name: str) -> str:
    return ""


def counts(
    value: object,
    shown: Callable[[str], str] = words,
    *,
    tone: Callable[[str], str] = _no_tone,
    total: object = None,
    most: int = MAX_COUNTS,
) -> Counts:
    """Counts by name, with the largest first as the annotator wrote them.

    :param shown: a name as people read it.
    :param total: how many there are, if the summary may hold fewer.
    """
    rows = [
        Count(shown(name), number, tone(name), name)
        for name, number in mapping(value).items()
        if isinstance(number, int)
    ]
    there_are = max(total, len(rows)) if isinstance(total, int) else len(rows)
    return Counts(rows[:most], max(there_are - most, 0) if rows else 0)


def text(row: Mapping[str, Any], key: str) -> str:
    """The value of a key as text; empty where there is none."""
    value = row.get(key)
    return "" if value is None else str(value)


def mapping(value: object) -> Mapping[str, Any]:
    """The value, or nothing if it is no mapping."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list, or nothing if it is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def numbers(value: object) -> list[int]:
    """The whole numbers of a list, or nothing if it is no list of them."""
    whole = isinstance(value, list) and all(isinstance(each, int) for each in value)
    return list(value) if whole else []  # type: ignore[call-overload]


def sentences(value: object) -> list[str]:
    """The texts of a list, or nothing if it is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
