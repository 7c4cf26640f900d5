"""The annotator's summary, read for the job's page.

It was written by another service, perhaps of another version: what is missing or of another shape
leaves its place empty, and what is unknown is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
class Counts:
    """The largest counts of a kind.

    :ivar more: how many smaller ones are not shown.
    """

    rows: list[Count]
    more: int = 0


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
    :ivar mitomap: whether any significance is in the words of MITOMAP.
    """

    facts: list[Count]
    impacts: Counts
    consequences: Counts
    genes: Counts
    known: Counts
    severe: list[SevereVariant]
    mitomap: bool
    warnings: list[str]
    notes: list[str]


def read_summary(data: bytes) -> Summary | None:
    """The summary in these bytes; None if they are none."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return _summary(document) if isinstance(document, dict) else None


def _summary(document: Mapping[str, Any]) -> Summary:
    known = _mapping(document.get("known"))
    severe = _rows(document.get("severe"))[:MAX_SEVERE]
    titles = _source_titles(document)
    return Summary(
        facts=_facts(document, known),
        impacts=_counts(document.get("impacts"), tone=_tone),
        consequences=_counts(document.get("consequences")),
        genes=_counts(document.get("genes"), str, total=document.get("gene_count")),
        known=_counts(known.get("alleles_by_source"), lambda name: titles.get(name) or _words(name)),
        severe=[_severe(row) for row in severe],
        mitomap=any(
            key.startswith("MITOMAP_") for row in severe for key in _mapping(row.get("significance"))
        ),
        warnings=_sentences(document.get("warnings")),
        notes=_sentences(document.get("notes")),
    )


def _facts(document: Mapping[str, Any], known: Mapping[str, Any]) -> list[Count]:
    records = _mapping(document.get("records"))
    candidates = (
        ("record read", "records read", records.get("read")),
        ("annotated", "annotated", records.get("annotated")),
        ("with a consequence", "with a consequence", records.get("with_consequence")),
        ("known before", "known before", known.get("records")),
        ("kept without annotation", "kept without annotation", records.get("kept_unannotated")),
        ("gene", "genes", document.get("gene_count")),
        ("sample", "samples", document.get("samples")),
    )
    return [
        Count(one if value == 1 else many, value) for one, many, value in candidates if isinstance(value, int)
    ]


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


def _source_titles(document: Mapping[str, Any]) -> dict[str, str]:
    sources = _rows(_mapping(document.get("pack")).get("sources"))
    return {_text(source, "name"): _text(source, "title") for source in sources}


def _tone(impact: str) -> str:
    return _IMPACT_TONES.get(impact, "secondary")


def _words(name: str) -> str:
    return name.replace("&", ", ").replace("_", " ")


def _no_tone(_name: str) -> str:
    return ""


def _counts(
    value: object,
    shown: Callable[[str], str] = _words,
    *,
    tone: Callable[[str], str] = _no_tone,
    total: object = None,
) -> Counts:
    """Counts by name, with the largest first as the annotator wrote them.

    :param shown: a name as people read it.
    :param total: how many there are, if the summary may hold fewer.
    """
    rows = [
        Count(shown(name), number, tone(name))
        for name, number in _mapping(value).items()
        if isinstance(number, int)
    ]
    there_are = max(total, len(rows)) if isinstance(total, int) else len(rows)
    return Counts(rows[:MAX_COUNTS], max(there_are - MAX_COUNTS, 0) if rows else 0)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _sentences(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
