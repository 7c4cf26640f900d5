"""The ledger of a result: every record that went in is accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.web.summary_counts import Counts, counts, mapping


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """In = out, and out = annotated + kept without annotation; of records or of alleles.

    :ivar reasons: why some were kept without annotation.
    """

    read: int
    written: int
    annotated: int
    kept: int
    reasons: Counts

    @property
    def reconciles(self) -> bool:
        """Whether the totals agree; if they do not, the result is not to be trusted."""
        listed = sum(row.number for row in self.reasons.rows)
        explained = listed == self.kept or self.reasons.more > 0
        return self.read == self.written == self.annotated + self.kept and explained


def record_ledger(document: Mapping[str, Any]) -> Ledger | None:
    """That of the records; None if a summary of another version does not say all of it."""
    records = mapping(document.get("records"))
    return _ledger(records, "read", "written", "annotated", "kept_unannotated")


def allele_ledger(document: Mapping[str, Any]) -> Ledger | None:
    """That of the ALT alleles, whose table is filtered by the same reasons."""
    alleles = mapping(document.get("alleles"))
    total, annotated = alleles.get("total"), alleles.get("annotated")
    if not isinstance(total, int) or not isinstance(annotated, int):
        return None
    return _ledger({**alleles, "kept": total - annotated}, "total", "total", "annotated", "kept")


def _ledger(numbers: Mapping[str, Any], read: str, written: str, annotated: str, kept: str) -> Ledger | None:
    found = [numbers.get(name) for name in (read, written, annotated, kept)]
    if not all(isinstance(each, int) for each in found):
        return None
    return Ledger(
        read=numbers[read],
        written=numbers[written],
        annotated=numbers[annotated],
        kept=numbers[kept],
        reasons=counts(numbers.get("skipped")),
    )
