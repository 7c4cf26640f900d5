"""The most severe records of a file, kept in bounded memory while it passes."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from services.annotator.annotation import consequences
from services.annotator.printable import printable
from services.annotator.result.report import SevereRecord
from services.annotator.vcf.records import ALT, CHROM, REF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.annotation.annotation import Annotation
    from services.annotator.annotation.consequences import Consequence
    from services.annotator.annotation.info import OwnKeys

# More than this is a file of its own; a page shows these.
MAX_SEVERE = 100


class SevereRecords:
    """The worst records so far: by consequence, those with a known effect first, then in file order."""

    def __init__(self, own: OwnKeys) -> None:
        self._keys = [key.id for key in own.keys if key.significance]
        self._heap: list[tuple[int, bool, int, SevereRecord]] = []

    def add(self, annotation: Annotation, worst: Consequence) -> None:
        """Take a record into account, with the worst of its consequences."""
        rank = -consequences.severity(worst.words[0])
        if len(self._heap) == MAX_SEVERE and rank < self._heap[0][0]:
            return
        significance = self._significance(annotation, worst)
        order = (rank, bool(significance), -annotation.examined.record.line)
        if len(self._heap) < MAX_SEVERE:
            heapq.heappush(self._heap, (*order, _severe_record(annotation, worst, significance)))
        elif order > self._heap[0][:3]:
            heapq.heapreplace(self._heap, (*order, _severe_record(annotation, worst, significance)))

    def worst_first(self) -> tuple[SevereRecord, ...]:
        """The records in their order."""
        return tuple(entry[-1] for entry in sorted(self._heap, reverse=True))

    def _significance(self, annotation: Annotation, worst: Consequence) -> Mapping[str, str]:
        """The keys that state an effect, of the first allele with this consequence that has any."""
        examined = annotation.examined
        for allele, known in zip(examined.alleles, annotation.known, strict=True):
            if known and worst.is_of(examined.record.position, examined.ref, allele.alt):
                stated = {key: known.values[key] for key in self._keys if key in known.values}
                if stated:
                    return stated
        return {}


def _severe_record(
    annotation: Annotation, worst: Consequence, significance: Mapping[str, str]
) -> SevereRecord:
    record = annotation.examined.record
    return SevereRecord(
        line=record.line,
        contig=printable(record.fields[CHROM]),
        position=record.position,
        ref=printable(record.fields[REF]),
        alt=printable(record.fields[ALT]),
        gene=printable(worst.gene),
        consequence="&".join(worst.words),
        impact=consequences.impact(worst.words[0]),
        amino_acids=printable(worst.amino_acids),
        significance=significance,
    )
