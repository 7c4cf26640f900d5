"""The annotator's summary, read for the job's page.

It was written by another service, perhaps of another version: what is missing or of another shape
leaves its place empty, and what is unknown is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.web.charts import Chart, Histogram, Ratio, charts_of, genotype_chart, indel_histogram, ratio_of
from services.web.ledger import Ledger, allele_ledger, record_ledger
from services.web.summary_counts import Count, Counts, counts, mapping, rows, sentences, text, words
from services.web.tones import impact_tone

MAX_SEVERE = 15
MAX_REMARKS = 10


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
    :ivar charts: counts of one kind each, in the order in which to show them.
    :ivar ledgers: by what they count; one that is not told is left out.
    :ivar remarks: how often the file broke a rule of VCF, by the rule.
    :ivar mitomap: whether any significance is in the words of MITOMAP.
    """

    facts: list[Count]
    charts: list[Chart]
    ratio: Ratio | None
    indels: Histogram | None
    genotypes: Chart | None
    ledgers: dict[str, Ledger]
    remarks: Counts
    first_remarks: list[str]
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
    severe = rows(document.get("severe"))[:MAX_SEVERE]
    remarks = mapping(document.get("remarks"))
    return Summary(
        facts=_facts(document),
        charts=charts_of(document),
        ratio=ratio_of(document),
        indels=indel_histogram(document),
        genotypes=genotype_chart(document),
        ledgers=_ledgers(document),
        remarks=counts(remarks.get("by_rule")),
        first_remarks=sentences(remarks.get("first"))[:MAX_REMARKS],
        severe=[_severe(row) for row in severe],
        mitomap=any(key.startswith("MITOMAP_") for row in severe for key in mapping(row.get("significance"))),
        warnings=sentences(document.get("warnings")),
        notes=sentences(document.get("notes")),
    )


def _ledgers(document: Mapping[str, Any]) -> dict[str, Ledger]:
    both = {"records": record_ledger(document), "alleles": allele_ledger(document)}
    return {name: ledger for name, ledger in both.items() if ledger}


def _facts(document: Mapping[str, Any]) -> list[Count]:
    records, known = mapping(document.get("records")), mapping(document.get("known"))
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
    significance = mapping(row.get("significance"))
    impact = text(row, "impact")
    return SevereVariant(
        place=f"{text(row, 'contig')}:{text(row, 'position')}",
        change=f"{text(row, 'ref')}>{text(row, 'alt')}",
        gene=text(row, "gene"),
        consequence=words(text(row, "consequence")),
        impact=impact,
        tone=impact_tone(impact),
        amino_acids=text(row, "amino_acids"),
        significance="; ".join(words(str(value)) for value in significance.values() if value),
    )
