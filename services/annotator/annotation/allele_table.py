"""The alleles of a block as a table: a row for each ALT of each record, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import KIND_NUMBERS, NONE, SKIP_NUMBERS, Alleles, ExaminedRows
from services.annotator.annotation.alleles import MAX_ALLELES, TRANSITIONS, Change, Kind, Skip, normalise
from services.annotator.annotation.examination import examine
from services.annotator.annotation.queries import Queries
from services.annotator.vcf.columns import flat
from services.annotator.vcf.records import ALT, REF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.annotator.annotation.examination import Examined
    from services.annotator.annotation.screening import Screened
    from services.annotator.pack.pack import Pack
    from services.annotator.pack.reference import Reference
    from services.annotator.vcf.columns import Columns

_SNV, _INSERTION, _DELETION = (KIND_NUMBERS[kind] for kind in (Kind.SNV, Kind.INSERTION, Kind.DELETION))
_UNKNOWN = SKIP_NUMBERS[Skip.UNKNOWN_CONTIG]

# Whether an exchange of two bases, given by their codes, is a transition.
_IS_TRANSITION = np.zeros((256, 256), bool)
for _pair in TRANSITIONS:
    _IS_TRANSITION[ord(_pair[0]), ord(_pair[1])] = True


def tabulate(columns: Columns, screened: Screened, pack: Pack, reference: Reference) -> Alleles:
    """The alleles of a block, each held against the reference."""
    examined = [examine(columns.record(index), pack, reference) for index in screened.others.tolist()]
    rows = ExaminedRows()
    for index, one in zip(screened.others.tolist(), examined, strict=True):
        _add_rows(rows, index, one)
    return _merge(columns, screened, examined, rows, _changes(columns, screened, pack, reference))


def _add_rows(rows: ExaminedRows, index: int, one: Examined) -> None:
    """Rows of a record that was examined; of one with too many alleles only the first."""
    given = one.record.fields[ALT].decode("latin-1").split(",", MAX_ALLELES)[:MAX_ALLELES]
    if one.alleles:
        for number, (allele, alt) in enumerate(zip(one.alleles, given, strict=True)):
            # Case means something in what is no sequence: the name of a contig in a breakend, say.
            rows.add(index, number, one.ref, alt if allele.skip else allele.alt, allele.skip, allele.change)
        return
    ref = one.record.fields[REF].decode("latin-1")
    for number, alt in enumerate(given):
        rows.add(index, number, ref, alt, one.skip, None)


class _Changes(NamedTuple):
    """The normal forms of plain alleles."""

    positions: NDArray[np.int64]
    refs: pa.BinaryArray
    alts: pa.BinaryArray


def _changes(columns: Columns, screened: Screened, pack: Pack, reference: Reference) -> _Changes:
    """The normal forms of plain alleles, most of which are what stands in the record."""
    plain = pa.array(screened.plain)
    positions = columns.positions[screened.plain]
    refs, alts = columns.column(REF).take(plain), columns.column(ALT).take(plain)
    rows = np.flatnonzero(screened.shifting)
    if not len(rows):
        return _Changes(positions, refs, alts)
    given = (texts.take(pa.array(rows)).to_pylist() for texts in (refs, alts))
    on = screened.contigs[screened.plain[rows]].tolist()
    normal = [
        normalise(Change(position, ref.decode(), alt.decode()), pack.contigs[number], reference)
        for number, position, ref, alt in zip(on, positions[rows].tolist(), *given, strict=True)
    ]
    positions[rows] = [change.position for change in normal]
    mask = pa.array(screened.shifting)
    return _Changes(
        positions,
        pc.replace_with_mask(refs, mask, pa.array([change.ref.encode() for change in normal], pa.binary())),
        pc.replace_with_mask(alts, mask, pa.array([change.alt.encode() for change in normal], pa.binary())),
    )


def _merge(
    columns: Columns, screened: Screened, examined: list[Examined], rows: ExaminedRows, changes: _Changes
) -> Alleles:
    """Bring what was told at once and what was examined into the order of the file."""
    plain, foreign, others = screened.plain, screened.foreign, screened.others
    refs, alts = columns.column(REF), columns.column(ALT)
    plain_refs, plain_alts = refs.take(pa.array(plain)), alts.take(pa.array(plain))
    at_once = np.concatenate([plain, foreign])
    record = np.concatenate([at_once, np.array(rows.record, np.int64)])
    order = np.argsort(record, kind="stable")
    take = pa.array(order)
    kinds, transitions = _plain_kinds(plain_refs, plain_alts)
    blank = np.zeros(len(foreign), np.int64)

    def numbers(of_plain: Any, of_foreign: Any, of_others: list[Any], kind: Any) -> NDArray[Any]:
        return np.concatenate([of_plain, of_foreign, np.array(of_others, kind)])[order].astype(kind)

    def texts(of_plain: pa.Array, of_foreign: pa.Array, of_others: Sequence[bytes | None]) -> pa.BinaryArray:
        return pa.concat_arrays([of_plain, of_foreign, pa.array(of_others, pa.binary())]).take(take)

    no_change = pa.nulls(len(foreign), pa.binary())
    asked_others = [place for place, one in enumerate(examined) if one.skip is None]
    return Alleles(
        record=record[order].astype(np.int32),
        number=numbers(np.zeros(len(plain)), blank, rows.number, np.int32),
        ref=texts(plain_refs, refs.take(pa.array(foreign)), rows.ref),
        alt=texts(plain_alts, alts.take(pa.array(foreign)), rows.alt),
        position=numbers(changes.positions, blank, rows.position, np.int64),
        change_ref=texts(changes.refs, no_change, rows.change_ref),
        change_alt=texts(changes.alts, no_change, rows.change_alt),
        kind=numbers(kinds, blank + NONE, rows.kind, np.int8),
        transition=numbers(transitions, blank, rows.transition, bool),
        skip=numbers(np.full(len(plain), NONE), blank + _UNKNOWN, rows.skip, np.int8),
        record_skip=_record_skips(columns.size, screened, examined),
        allele_counts=_allele_counts(columns.size, screened, examined),
        **_queries(
            columns,
            screened,
            plain_refs,
            plain_alts,
            others[asked_others],
            [examined[i] for i in asked_others],
        ),
    )


def _plain_kinds(refs: pa.BinaryArray, alts: pa.BinaryArray) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """The kinds of plain alleles, and which are transitions."""
    ref_offsets, ref_letters = flat(refs)
    alt_offsets, alt_letters = flat(alts)
    growth = np.diff(alt_offsets) - np.diff(ref_offsets)
    kinds = np.where(growth == 0, _SNV, np.where(growth > 0, _INSERTION, _DELETION)).astype(np.int8)
    exchanged = _IS_TRANSITION[ref_letters[ref_offsets[:-1]], alt_letters[alt_offsets[:-1]]]
    return kinds, exchanged & (growth == 0)


def _record_skips(size: int, screened: Screened, examined: list[Examined]) -> NDArray[np.int8]:
    skips = np.full(size, NONE, np.int8)
    skips[screened.foreign] = _UNKNOWN
    skips[screened.others] = [NONE if one.skip is None else SKIP_NUMBERS[one.skip] for one in examined]
    return skips


def _allele_counts(size: int, screened: Screened, examined: list[Examined]) -> NDArray[np.int64]:
    counts = np.ones(size, np.int64)
    counts[screened.others] = [one.allele_count for one in examined]
    return counts


def _queries(
    columns: Columns,
    screened: Screened,
    refs: pa.BinaryArray,
    alts: pa.BinaryArray,
    others: NDArray[np.int64],
    examined: list[Examined],
) -> dict[str, Any]:
    """What the engine is asked: of a record with several alleles those that can be annotated."""
    other_refs = pa.array([one.ref.encode() for one in examined], pa.binary())
    other_alts = pa.array([_asked_alts(one) for one in examined], pa.binary())
    asked = np.concatenate([screened.plain, others])
    order = np.argsort(asked, kind="stable")
    asked, take = asked[order], pa.array(order)
    queries = Queries(
        contigs=screened.contigs[asked],
        positions=columns.positions[asked],
        refs=pa.concat_arrays([refs, other_refs]).take(take),
        alts=pa.concat_arrays([alts, other_alts]).take(take),
    )
    return {"asked": asked, "queries": queries}


def _asked_alts(one: Examined) -> bytes:
    return ",".join(allele.alt for allele in one.alleles if allele.skip is None).encode()
