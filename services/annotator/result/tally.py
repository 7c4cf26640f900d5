"""Counts the records of a block, in memory that does not grow with the file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import KINDS, NONE, SKIPS
from services.annotator.annotation.alleles import Kind, Skip
from services.annotator.pack.manifest import Role
from services.annotator.printable import printable
from services.annotator.result.report import (
    FIRST_RECORDS,
    MAX_INDEL,
    MAX_SKIPPED_NAMED,
    Counts,
    SkippedRecord,
)
from services.annotator.vcf.columns import flat
from services.annotator.vcf.records import CHROM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.annotation.calls import Calls
    from services.annotator.annotation.known import Known
    from services.annotator.annotation.merging import Merged
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.columns import Columns

_BASES = np.frombuffer(b"ACGT", np.uint8)
_SNV = KINDS.index(Kind.SNV)
_LENGTH_CHANGING = [KINDS.index(kind) for kind in (Kind.INSERTION, Kind.DELETION)]

_MISMATCH = SKIPS.index(Skip.REFERENCE_MISMATCH)

# Reasons that are found before the reference bases were compared.
_NOT_COMPARED = [
    SKIPS.index(skip)
    for skip in (
        Skip.UNKNOWN_CONTIG,
        Skip.OUTSIDE_CONTIG,
        Skip.ALLELE_TOO_LONG,
        Skip.TOO_MANY_ALLELES,
    )
]


def tally(
    columns: Columns, alleles: Alleles, calls: Calls, known: Known, pack: Pack, merged: Merged, number: int
) -> Counts:
    """The numbers of a block.

    :param number: of its first record in the file, counted from 0.
    """
    skips = alleles.record_skip
    annotated = skips == NONE
    called = calls.of_record != NONE
    compared = ~np.isin(skips, _NOT_COMPARED)
    first = slice(0, max(0, FIRST_RECORDS - number))
    rows_known = np.logical_or.reduce([np.zeros(len(alleles), bool), *known.sources.values()])
    transitions = int(alleles.transition.sum())
    return Counts(
        records=columns.size,
        written=merged.lines,
        with_consequence=int(called.sum()),
        without_consequence=int((annotated & ~called).sum()),
        skip_reasons=_named(skips, SKIPS),
        alleles=int(alleles.allele_counts.sum()),
        skipped_alleles=_skipped_alleles(alleles),
        contigs=Counter({name: last - first for name, first, last in columns.runs}),
        consequences=calls.counted(lambda call: call.worst.terms.partition("&")[0]),
        impacts=calls.counted(lambda call: str(call.worst.impact)),
        genes=calls.counted(lambda call: call.genes),
        types=_named(alleles.kind, KINDS),
        indel_lengths=_indel_lengths(alleles),
        transitions=transitions,
        transversions=_transversions(alleles),
        known_sources=+Counter({name: int(hits.sum()) for name, hits in known.sources.items()}),
        known_records=len(np.unique(alleles.record[rows_known])),
        significances=_significances(known, pack),
        skipped_records=_skipped_records(columns, skips),
        on_contigs=columns.size - int((skips == SKIPS.index(Skip.UNKNOWN_CONTIG)).sum()),
        compared=int(compared.sum()),
        first_compared=int(compared[first].sum()),
        first_mismatched=int((skips[first] == _MISMATCH).sum()),
        replaced=merged.replaced,
    )


def _named(numbers: NDArray[np.int8], names: Sequence[str]) -> Counter[str]:
    counts = np.bincount(numbers[numbers != NONE], minlength=len(names)).tolist()
    return +Counter({str(name): count for name, count in zip(names, counts, strict=True)})


def _skipped_alleles(alleles: Alleles) -> Counter[str]:
    """The alleles that are not annotated; records with too many have fewer rows than alleles."""
    counts: Counter[str] = Counter()
    of_records = alleles.record_skip != NONE
    for skip in np.unique(alleles.record_skip[of_records]).tolist():
        counts[str(SKIPS[skip])] += int(alleles.allele_counts[alleles.record_skip == skip].sum())
    counts.update(_named(np.where(of_records[alleles.record], NONE, alleles.skip), SKIPS))
    return counts


def _transversions(alleles: Alleles) -> int:
    """Exchanges of one base that are no transitions; what takes the place of an N is neither."""
    rows = np.flatnonzero((alleles.kind == _SNV) & ~alleles.transition)
    _, letters = flat(alleles.change_ref.take(pa.array(rows)))
    return int(np.isin(letters, _BASES).sum())


def _indel_lengths(alleles: Alleles) -> Counter[int]:
    rows = pa.array(np.flatnonzero(np.isin(alleles.kind, _LENGTH_CHANGING)))
    growth = pc.subtract(pc.binary_length(alleles.alt.take(rows)), pc.binary_length(alleles.ref.take(rows)))
    clipped = np.clip(growth.to_numpy(zero_copy_only=False), -MAX_INDEL, MAX_INDEL)
    lengths, counts = np.unique(clipped, return_counts=True)
    return Counter(dict(zip(lengths.tolist(), counts.tolist(), strict=True)))


def _significances(known: Known, pack: Pack) -> dict[str, Counter[str]]:
    keys = [key.id for key in pack.keys if key.role == Role.SIGNIFICANCE and key.id in known.values]
    return {key: _value_counts(known.values[key].drop_null()) for key in keys}


def _value_counts(values: Any) -> Counter[str]:
    return Counter({entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()})


def _skipped_records(columns: Columns, skips: NDArray[np.int8]) -> list[SkippedRecord]:
    chosen = np.flatnonzero(skips != NONE)[:MAX_SKIPPED_NAMED].tolist()
    return [
        SkippedRecord(one.line, printable(one.fields[CHROM]), one.position, SKIPS[skips[place]])
        for place, one in zip(chosen, map(columns.record, chosen), strict=True)
    ]
