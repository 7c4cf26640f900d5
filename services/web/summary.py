"""The annotator's summary, read for the job's page.

It was written by another service, perhaps of another version: what is missing or of another shape
leaves its place empty, and what is unknown is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Rows of each list on the page; the summary file holds more.
MAX_COUNTS = 12
MAX_SEVERE = 15

_IMPACT_TONES = {"HIGH": "danger", "MODERATE": "warning", "LOW": "success"}


@dataclass(frozen=True)
class Count:
    """How often something occurs.

    :ivar tone: how its badge is coloured, if it has one.
    """

    name: str
    number: int
    tone: str = ""


@dataclass(frozen=True)
class SevereVariant:
    """A record with its most severe consequence."""

    place: str
    change: str
    gene: str
    consequence: str
    impact: str
    tone: str
    amino_acids: str
    significance: str


@dataclass(frozen=True)
class Summary:
    """What the page shows of a summary.

    :ivar facts: single numbers, in the order in which to show them.
    """

    facts: list[Count]
    impacts: list[Count]
    consequences: list[Count]
    genes: list[Count]
    known: list[Count]
    severe: list[SevereVariant]
    warnings: list[str]
    notes: list[str]


def read_summary(data: bytes) -> Summary | None:
    """The summary in these bytes; None if they are none."""
    try:
        document = json.loads(data)
    except ValueError:
        return None
    return _summary(document) if isinstance(document, dict) else None


def _summary(document: Mapping[str, Any]) -> Summary:
    known = _mapping(document.get("known"))
    return Summary(
        facts=_facts(document, known),
        impacts=[Count(each.name, each.number, _tone(each.name)) for each in _counts(document, "impacts")],
        consequences=_counts(document, "consequences"),
        genes=_counts(document, "genes"),
        known=_counts(known, "alleles_by_source"),
        severe=[_severe(row) for row in _rows(document.get("severe"))[:MAX_SEVERE]],
        warnings=_sentences(document.get("warnings")),
        notes=_sentences(document.get("notes")),
    )


def _facts(document: Mapping[str, Any], known: Mapping[str, Any]) -> list[Count]:
    records = _mapping(document.get("records"))
    candidates = (
        ("records read", records.get("read")),
        ("annotated", records.get("annotated")),
        ("with a consequence", records.get("with_consequence")),
        ("known before", known.get("records")),
        ("kept without annotation", records.get("kept_unannotated")),
        ("genes", document.get("gene_count")),
        ("samples", document.get("samples")),
    )
    return [Count(name, value) for name, value in candidates if isinstance(value, int)]


def _severe(row: Mapping[str, Any]) -> SevereVariant:
    significance = _mapping(row.get("significance"))
    impact = _text(row, "impact")
    return SevereVariant(
        place=f"{_text(row, 'contig')}:{_text(row, 'position')}",
        change=f"{_text(row, 'ref')}>{_text(row, 'alt')}",
        gene=_text(row, "gene"),
        consequence=_words(_text(row, "consequence")),
        impact=impact,
        tone=_tone(impact),
        amino_acids=_text(row, "amino_acids"),
        significance="; ".join(_words(str(value)) for value in significance.values() if value),
    )


def _counts(document: Mapping[str, Any], key: str) -> list[Count]:
    counts = _mapping(document.get(key)).items()
    return [Count(_words(str(name)), value) for name, value in counts if isinstance(value, int)][:MAX_COUNTS]


def _tone(impact: str) -> str:
    return _IMPACT_TONES.get(impact, "secondary")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _sentences(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
