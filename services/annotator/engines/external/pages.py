"""Log and summary of a result that a program which is not ours has made: only what can be counted in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from services.annotator.engines.external.csq_counts import CsqCounts
from services.annotator.engines.external.input import Prepared
from services.annotator.printable import printable

#: As in the built-in engine's summary, whose fields these are; what cannot be counted is left out.
SCHEMA_VERSION = 1

MAX_GENES = 100

_WIDTH = 40


def count_log(file_name: str, title: str, prepared: Prepared, counts: CsqCounts) -> str:
    """The page for people as text."""
    annotated = counts.read - counts.kept_unannotated
    totals = {
        "samples": prepared.header.samples,
        "records in": prepared.records,
        "records out": counts.read,
        "annotated": annotated,
        "kept: without a consequence": counts.without,
        "kept: left out by the engine": counts.left_out,
    }
    lines = [
        f"Annotation of {printable(file_name)}",
        "",
        f"  engine  {_engine(title, counts)}",
        *_section("Warnings", prepared.warnings),
        *_section("Totals", _table(totals)),
        *_section("Records by worst consequence", _table(_ranked(counts.consequences))),
        *_section("Records by impact", _table(_ranked(counts.impacts))),
        *_section(f"Records by gene (at most {MAX_GENES} genes)", _table(_ranked(counts.genes))),
        *_section("Notes", prepared.notes),
    ]
    return "\n".join(lines) + "\n"


def summary(file_name: str, title: str, prepared: Prepared, counts: CsqCounts) -> str:
    """The same numbers as a JSON document."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "file_name": printable(file_name),
        "engine": _engine(title, counts),
        "samples": prepared.header.samples,
        "records": {
            "read": prepared.records,
            "written": counts.read,
            "annotated": counts.read - counts.kept_unannotated,
            "kept_unannotated": counts.kept_unannotated,
            "skipped": {"no_consequence": counts.without, "left_out_by_engine": counts.left_out},
        },
        "consequences": _ranked(counts.consequences),
        "impacts": _ranked(counts.impacts),
        "gene_count": len(counts.genes),
        "genes": _ranked(counts.genes),
        "warnings": list(prepared.warnings),
        "notes": list(prepared.notes),
    }
    return json.dumps(document, indent=2) + "\n"


def _engine(title: str, counts: CsqCounts) -> str:
    return f"{title} {counts.version}".strip()


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = [f"  {line}" for line in lines]
    return ["", title, "-" * len(title), *body] if body else []


def _table(rows: Mapping[str, int]) -> Iterator[str]:
    return (f"{name:<{_WIDTH}}  {count:>12,}" for name, count in rows.items())


def _ranked(counts: Mapping[bytes, int]) -> dict[str, int]:
    """Counts with the largest first, and by name where they are equal, so that files compare."""
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return {printable(name): count for name, count in ordered[:MAX_GENES]}
