"""The most severe records of a file, kept in bounded memory while it passes."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from services.annotator.annotation.allele_rows import NONE
from services.annotator.pack.manifest import Role
from services.annotator.printable import printable
from services.annotator.result.report import SevereRecord
from services.annotator.vcf.records import ALT, CHROM, REF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.annotation.calls import Calls
    from services.annotator.annotation.consequences import Consequence
    from services.annotator.annotation.known import Known
    from services.annotator.hgvs.names import Names
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.columns import Columns

# More than this is a file of its own; a page shows these.
MAX_SEVERE = 100


class SevereRecords:
    """The worst records of blocks, but for those than which earlier blocks had enough that are worse."""

    def __init__(self, pack: Pack) -> None:
        self._keys = [key.id for key in pack.keys if key.role == Role.SIGNIFICANCE]
        self._worst: list[tuple[int, bool, int]] = []

    def of_block(
        self, columns: Columns, alleles: Alleles, calls: Calls, known: Known, names: Mapping[int, Names]
    ) -> list[SevereRecord]:
        """By consequence, those with a known effect first, then in file order."""
        called = np.flatnonzero(calls.of_record != NONE)
        ranks = np.array([call.worst.rank for call in calls.calls], np.int64)[calls.of_record[called]]
        keys = [key for key in self._keys if key in known.values]
        stated = np.isin(called, _with_effect(alleles, calls, known, keys))
        order = np.lexsort((called, ~stated, ranks))[:MAX_SEVERE]
        found = zip(*(each[order].tolist() for each in (ranks, ~stated, called)), strict=True)
        places = {(rank, no_effect, columns.line + record): record for rank, no_effect, record in found}
        self._worst = heapq.nsmallest(MAX_SEVERE, [*self._worst, *places])
        return [
            _severe_record(columns, alleles, calls, known, names, keys, places[place])
            for place in self._worst
            if place in places
        ]


def worst_first(records: Iterable[SevereRecord]) -> list[SevereRecord]:
    """The worst of several blocks' worst records, in their order."""
    return heapq.nsmallest(MAX_SEVERE, records, key=lambda record: record.order)


def _with_effect(alleles: Alleles, calls: Calls, known: Known, keys: list[str]) -> NDArray[np.int32]:
    """The records of which an allele with the worst consequence has a stated effect."""
    stated = np.zeros(len(alleles), bool)
    for key in keys:
        stated |= known.values[key].is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(stated & (calls.of_allele != NONE))
    numbers: dict[Consequence, int] = {}
    worst = np.array([numbers.setdefault(call.worst, len(numbers)) for call in calls.calls], np.int64)
    records = alleles.record[rows]
    with_effect: NDArray[np.int32] = records[worst[calls.of_allele[rows]] == worst[calls.of_record[records]]]
    return with_effect


def _severe_record(
    columns: Columns,
    alleles: Alleles,
    calls: Calls,
    known: Known,
    names: Mapping[int, Names],
    keys: list[str],
    place: int,
) -> SevereRecord:
    record = columns.record(place)
    worst = calls.calls[calls.of_record[place]].worst
    first, last = np.searchsorted(alleles.record, [place, place + 1]).tolist()
    rows = [row for row in range(first, last) if _is_of(calls, row, worst)]
    effects = ({key: value for key in keys if (value := known.values[key][row].as_py())} for row in rows)
    named = [name for row in rows if row in names for name in names[row].protein + names[row].coding]
    return SevereRecord(
        line=record.line,
        contig=printable(record.fields[CHROM]),
        position=record.position,
        ref=printable(record.fields[REF]),
        alt=printable(record.fields[ALT]),
        gene=printable(worst.gene),
        consequence=worst.terms,
        impact=worst.impact,
        amino_acids=printable(worst.amino_acids),
        name=next((name for name in named if name.startswith(worst.transcript)), ""),
        significance=next(filter(None, effects), {}),
        rank=worst.rank,
    )


def _is_of(calls: Calls, row: int, consequence: Consequence) -> bool:
    number = int(calls.of_allele[row])
    return number != NONE and calls.calls[number].worst == consequence
