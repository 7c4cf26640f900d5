"""The count log, ``x.vcf.count.log``: one page for people on what went in, what came out, and why."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from services.annotator.annotation.csq import ENGINE_VERSION
from services.annotator.annotation.mode import Mode
from services.annotator.printable import printable
from services.annotator.result.result_header import ANNOTATION_VERSION
from services.annotator.result.summary import ranked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from services.annotator.pack.pack import Pack
    from services.annotator.result.report import Report

# Genes of a whole genome would fill pages; the summary of the largest is what is read.
MAX_GENES = 50
MAX_SAMPLES = 50

# One width for most tables, so that their numbers stand under one another.
NAME_WIDTH = 40

# What is said of records without a consequence: on haplotypes only what a sample carries changes a protein.
_WITHOUT = {
    Mode.LOCAL: "annotated, outside all genes",
    Mode.HAPLOTYPES: "annotated, outside genes or not carried",
}


def count_log(report: Report) -> str:
    """The page as text."""
    lines = [
        *_title(report),
        *_section("Warnings", report.warnings),
        *_section("Totals", _totals(report)),
        *_section("Records kept without annotation, by reason", _counts(report.skip_reasons)),
        *_section("Alleles not annotated, by reason", _counts(report.skipped_alleles)),
        *_section("Known variants (alleles found, by source)", _known(report)),
        *_section("Records by worst consequence", _counts(report.consequences)),
        *_section("Records by impact", _counts(report.impacts)),
        *_section(f"Records by gene (at most {MAX_GENES} genes)", _counts(report.genes, MAX_GENES)),
        *_section("Alleles by type", _types(report)),
        *_section("Genotypes (records by sample)", _genotypes(report)),
        *_section("Parts that break the VCF specification", _findings(report)),
        *_section("Notes", report.notes),
        *_section("Reference data", _pack(report.pack)),
        *_section("Records kept without annotation, by line", _skipped_records(report)),
    ]
    return "\n".join(lines) + "\n"


def _title(report: Report) -> Iterator[str]:
    yield f"Annotation of {printable(report.file_name)}"
    yield ""
    yield f"  pack    {report.pack.title}, version {report.pack.version}"
    yield f"  engine  {ENGINE_VERSION}, {report.mode} mode; annotation version {ANNOTATION_VERSION}"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    """A titled block, or nothing if there is nothing to say."""
    body = [f"  {line}" for line in lines]
    return ["", title, "-" * len(title), *body] if body else []


def _totals(report: Report) -> Iterator[str]:
    yield from _table(
        {
            "samples": report.samples,
            "records in": report.records,
            "records out": report.written,
            "annotated, in a gene": report.with_consequence,
            _WITHOUT[report.mode]: report.without_consequence,
            "kept without annotation": report.kept_unannotated,
            "alleles": report.alleles,
            "alleles annotated": report.annotated_alleles,
        }
    )
    parts = (report.with_consequence, report.without_consequence, report.kept_unannotated)
    yield f"in = out: {report.records:,} = {' + '.join(f'{part:,}' for part in parts)} = {report.written:,}"


def _known(report: Report) -> Iterator[str]:
    hits = {source.title: report.known_sources.get(source.name, 0) for source in report.pack.sources}
    yield from _table({**hits, "records with a known allele": report.known_records})


def _types(report: Report) -> Iterator[str]:
    yield from _counts(report.types)
    if report.transition_ratio is not None:
        yield f"Ts/Tv {report.transition_ratio:.2f} ({report.transitions:,} / {report.transversions:,})"


def _genotypes(report: Report) -> Iterator[str]:
    counts = report.genotypes
    rows = zip(
        report.sample_names,
        counts.heterozygous.tolist(),
        counts.homozygous.tolist(),
        counts.missing.tolist(),
        strict=False,
    )
    for name, heterozygous, homozygous, missing in islice(rows, MAX_SAMPLES):
        yield f"{name:<{NAME_WIDTH}}  {heterozygous:>12,} het  {homozygous:>12,} hom  {missing:>12,} missing"
    if report.samples > MAX_SAMPLES:
        yield f"... and {report.samples - MAX_SAMPLES:,} more samples, of which the summary has the numbers"


def _findings(report: Report) -> Iterator[str]:
    """What was found and where; all records were annotated nevertheless."""
    findings = report.findings
    if not findings.counts:
        return
    yield f"looked at {findings.inspected:,} of {report.records:,} records; the file was annotated as it is"
    yield from _counts(findings.counts)
    yield from (str(remark) for remark in findings.first)


def _pack(pack: Pack) -> Iterator[str]:
    yield f"{pack.title}, {pack.assembly}, pack {pack.name} {pack.version}"
    yield f"digest sha256:{pack.digest}"
    yield f"genes: {pack.gene_model_version}"
    yield pack.attribution
    for source in pack.sources:
        yield f"{source.title}, {source.version}, {source.licence}: {source.attribution} <{source.url}>"


def _skipped_records(report: Report) -> Iterator[str]:
    for record in report.skipped_records:
        yield f"line {record.line}  {record.contig}:{record.position}  {record.reason}"
    more = report.kept_unannotated - len(report.skipped_records)
    if more:
        yield f"... and {more:,} more, which the counts by reason above include"


def _counts(counts: Mapping[str, int], most: int | None = None) -> Iterator[str]:
    return _table(ranked(counts, most))


def _table(rows: Mapping[str, int]) -> Iterator[str]:
    width = max(NAME_WIDTH, *map(len, rows)) if rows else 0
    return (f"{name:<{width}}  {count:>12,}" for name, count in rows.items())
