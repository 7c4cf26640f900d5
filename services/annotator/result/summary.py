"""The summary of a result as JSON, for pages and programs; bounded whatever the file."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from services.annotator.annotation.csq import ENGINE_VERSION
from services.annotator.printable import printable
from services.annotator.result.result_header import ANNOTATION_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.pack.pack import Pack
    from services.annotator.result.report import Report, SevereRecord

# Raised when a field changes its meaning or goes away; new fields do not raise it.
SCHEMA_VERSION = 1

MAX_GENES = 100
MAX_CONTIGS = 100
MAX_SIGNIFICANCES = 50


def summary(report: Report) -> str:
    """The numbers of a report as a JSON document."""
    return json.dumps(_document(report), indent=2, ensure_ascii=True) + "\n"


def _document(report: Report) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "file_name": printable(report.file_name),
        "annotation_version": ANNOTATION_VERSION,
        "engine": ENGINE_VERSION,
        "mode": report.mode,
        "pack": _pack(report.pack),
        "samples": report.samples,
        "genotypes": _genotypes(report),
        "contigs": {printable(name): count for name, count in [*report.contigs.items()][:MAX_CONTIGS]},
        "records": _records(report),
        "alleles": {
            "total": report.alleles,
            "annotated": report.annotated_alleles,
            "skipped": ranked(report.skipped_alleles),
            "types": ranked(report.types),
            "indel_lengths": {
                str(length): report.indel_lengths[length] for length in sorted(report.indel_lengths)
            },
            "transitions": report.transitions,
            "transversions": report.transversions,
            "ts_tv": report.transition_ratio,
        },
        "consequences": ranked(report.consequences),
        "impacts": ranked(report.impacts),
        "gene_count": len(report.genes),
        "genes": ranked(report.genes, MAX_GENES),
        "known": {"records": report.known_records, "alleles_by_source": _sources(report)},
        "significance": {
            key: ranked(counts, MAX_SIGNIFICANCES) for key, counts in report.significances.items()
        },
        "remarks": {
            "records_inspected": report.findings.inspected,
            "by_rule": ranked(report.findings.counts),
            "first": [str(remark) for remark in report.findings.first],
        },
        "severe": [_severe(record) for record in report.severe],
        "warnings": list(report.warnings),
        "notes": list(report.notes),
    }


def _genotypes(report: Report) -> dict[str, Any]:
    """Records by genotype for each sample; lists in the order of the samples."""
    counts = report.genotypes
    return {
        "samples": list(report.sample_names[: len(counts.missing)]),
        "heterozygous": counts.heterozygous.tolist(),
        "homozygous": counts.homozygous.tolist(),
        "missing": counts.missing.tolist(),
    }


def _sources(report: Report) -> dict[str, int]:
    names = (source.name for source in report.pack.sources)
    return {name: report.known_sources[name] for name in names if name in report.known_sources}


def _records(report: Report) -> dict[str, Any]:
    return {
        "read": report.records,
        "written": report.written,
        "annotated": report.annotated,
        "with_consequence": report.with_consequence,
        "without_consequence": report.without_consequence,
        "kept_unannotated": report.kept_unannotated,
        "skipped": ranked(report.skip_reasons),
    }


def _pack(pack: Pack) -> dict[str, Any]:
    sources = [
        {"name": source.name, "title": source.title, "version": source.version} for source in pack.sources
    ]
    return {
        "name": pack.name,
        "title": pack.title,
        "assembly": pack.assembly,
        "version": pack.version,
        "digest": f"sha256:{pack.digest}",
        "sources": sources,
        "keys": [asdict(key) for key in pack.keys],
    }


def _severe(record: SevereRecord) -> dict[str, Any]:
    document = asdict(record)
    del document["rank"]
    return document


def ranked(counts: Mapping[str, int], most: int | None = None) -> dict[str, int]:
    """Counts with the largest first, and by name where they are equal, so that files compare."""
    ordered = sorted(Counter(counts).items(), key=lambda entry: (-entry[1], entry[0]))
    return dict(ordered[:most])
