"""The values of a row as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.web.viewer.columns import Column
from services.web.viewer.content import GENOTYPE

#: Longer texts are cut in the table; the page of the allele has all of them.
MAX_BASES, MAX_TEXT = 20, 80

#: A shorter text stays on one line.
MAX_WORD = 24

#: Digits of a number that is not whole.
_DIGITS = 6

_TONES = {"HIGH": "danger", "MODERATE": "warning", "LOW": "success", "MODIFIER": "secondary"}

#: The worst first.
IMPACTS = tuple(_TONES)

_PLAIN = frozenset({"id", "ref", "alt", "gene", "filter", "hgvsc", "hgvsp", "transcript", "contig"})


@dataclass(frozen=True)
class Cell:
    """A value.

    :ivar kind: how it is set: place, bases, badge, number, word or text.
    :ivar whole: the whole text, where the cell has a part of it.
    :ivar tone: of a badge.
    """

    text: str
    kind: str = "text"
    whole: str = ""
    tone: str = ""


def cells_of(row: Mapping[str, Any], columns: Sequence[Column]) -> list[Cell]:
    """The cells of a row; a missing value is empty."""
    return [_cell(column.name, row) for column in columns]


def value_text(name: str, value: object) -> str:
    """A value in full; empty if there is none."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    if name in _PLAIN or name.startswith(GENOTYPE) or not isinstance(value, str):
        return str(value)
    return value.replace("&", ", ").replace("_", " ")


def impact_tone(impact: str) -> str:
    """The colour of an impact, which its word always goes with."""
    return _TONES.get(impact, "secondary")


def _cell(name: str, row: Mapping[str, Any]) -> Cell:
    value = row[name]
    text = value_text(name, value)
    if name == "position":
        return Cell(f"{row['contig']}:{value:,}", "place")
    if name in {"ref", "alt"}:
        return _cut(text, MAX_BASES, "bases", f"… ({len(text):,})")
    if name == "impact" and text:
        return Cell(text, "badge", tone=impact_tone(text))
    if name in {"hgvsc", "hgvsp"} and ":" in text:
        short = text.partition(":")[2]
        return Cell(_cut(short, MAX_TEXT, "", "…").text, "bases", whole=text)
    if isinstance(value, int | float):
        return Cell(text, "number")
    return Cell(text, "word") if len(text) <= MAX_WORD else _cut(text, MAX_TEXT, "text", "…")


def _cut(text: str, most: int, kind: str, more: str) -> Cell:
    return Cell(text, kind) if len(text) <= most else Cell(text[:most] + more, kind, whole=text[:1000])
