"""What is written into INFO: the entries of each record of a block, one value for each ALT allele."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import NONE, SKIPS
from services.annotator.annotation.info import (
    CALLS_KEY,
    CODING_NAMES_KEY,
    CONSEQUENCE_KEY,
    GENE_KEY,
    GENOMIC_NAMES_KEY,
    IMPACT_KEY,
    PROTEIN_NAMES_KEY,
    SKIP_KEY,
)
from services.annotator.annotation.naming import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.annotation.calls import Call, Calls
    from services.annotator.annotation.known import Known
    from services.annotator.hgvs.names import Names

_NO_VALUE = "."


def info_entries(
    alleles: Alleles,
    calls: Calls,
    known: Known,
    names: dict[int, Names],
    stretches: Mapping[str, pa.Array],
) -> pa.BinaryArray:
    """The new entries of each record, each after a semicolon; empty where there are none.

    :param names: by row of the alleles.
    :param stretches: by key what is known of the stretch of each record, or null.
    """
    rows = np.searchsorted(alleles.record, np.arange(len(alleles.record_skip)))
    shared = np.flatnonzero((alleles.allele_counts > 1) & (alleles.record_skip == NONE))
    is_single = (alleles.allele_counts == 1) & (alleles.record_skip == NONE)
    columns = [
        _of_calls(calls, is_single),
        _of_names(names, rows, is_single),
        *_of_known(known, rows, is_single),
        _of_shared(alleles, calls, known, names, rows, shared),
        *(pc.binary_join_element_wise(f";{key}=", values, "") for key, values in stretches.items()),
        _of_skips(alleles),
    ]
    # Arrow 26 loses rows of nothing but nulls when it is to skip these: they count as empty texts.
    given = [pc.cast(column, pa.binary()) for column in columns if column.null_count < len(column)]
    none = pa.array([b""], pa.binary()).take(pa.array(np.zeros(len(rows), np.int8)))
    return pc.binary_join_element_wise(none, *given, b"", null_handling="replace", null_replacement="")


def _of_calls(calls: Calls, chosen: NDArray[np.bool_]) -> pa.BinaryArray:
    texts = calls.each(lambda call: _call_entries(call.bcsq, [call]), pa.binary())
    return texts.take(pa.array(calls.of_record, mask=(calls.of_record == NONE) | ~chosen))


def _call_entries(bcsq: bytes, calls: Sequence[Call | None]) -> bytes:
    """The entries of a record's calls, one for each allele; each entry is after a semicolon."""
    terms = ",".join(call.worst.terms if call else _NO_VALUE for call in calls)
    impacts = ",".join(call.worst.impact if call else _NO_VALUE for call in calls)
    genes = ",".join((call and call.worst.gene) or _NO_VALUE for call in calls)
    named = f";{GENE_KEY}={genes}" if genes.strip(",.") else ""
    worst = f";{CONSEQUENCE_KEY}={terms};{IMPACT_KEY}={impacts}{named}"
    return f";{CALLS_KEY}=".encode() + bcsq + worst.encode()


def _of_names(names: dict[int, Names], rows: NDArray[np.int64], chosen: NDArray[np.bool_]) -> pa.Array:
    texts: list[str | None] = [None] * len(rows)
    named = np.fromiter(names, np.int64, len(names))
    records = np.searchsorted(rows, named, side="right") - 1
    own = chosen[records]
    for row, record in zip(named[own].tolist(), records[own].tolist(), strict=True):
        texts[record] = _name_entries([names[row]]) or None
    return pa.array(texts, pa.string())


def _name_entries(names: Iterable[Names | None]) -> str:
    """The entries of the names of a record's alleles; each has one place on the genome, or a point."""
    given = list(names)
    named = [name for name in given if name]
    places = [name.genomic if name and ":m." in name.genomic else _NO_VALUE for name in given]
    values = (
        (CODING_NAMES_KEY, [text for name in named for text in name.coding]),
        (PROTEIN_NAMES_KEY, [text for name in named for text in name.protein]),
        (GENOMIC_NAMES_KEY, places if {*places} != {_NO_VALUE} else []),
    )
    return "".join([f";{key}={joined(texts)}" for key, texts in values if texts])


def _of_known(known: Known, rows: NDArray[np.int64], chosen: NDArray[np.bool_]) -> list[pa.Array]:
    take = pa.array(np.minimum(rows, max(0, _size(known) - 1)), mask=~chosen)
    return [
        pc.binary_join_element_wise(f";{key}=", values.take(take), "") for key, values in known.values.items()
    ]


def _size(known: Known) -> int:
    return len(next(iter(known.values.values()), ()))


def _of_shared(
    alleles: Alleles,
    calls: Calls,
    known: Known,
    names: dict[int, Names],
    rows: NDArray[np.int64],
    shared: NDArray[np.int64],
) -> pa.Array:
    """The entries of records with several alleles, made one by one."""
    texts: list[bytes | None] = [None] * len(rows)
    for record in shared.tolist():
        own = range(rows[record], rows[record] + int(alleles.allele_counts[record]))
        entries = [_known_entry(key, values, own) for key, values in known.values.items()]
        if calls.of_record[record] != NONE:
            each = [
                calls.calls[calls.of_allele[row]] if calls.of_allele[row] != NONE else None for row in own
            ]
            texts_of_calls = [_call_entries(calls.calls[calls.of_record[record]].bcsq, each)]
        else:
            texts_of_calls = []
        named = _name_entries(names.get(row) for row in own).encode()
        texts[record] = b"".join([*texts_of_calls, named, *entries]) or None
    return pa.array(texts, pa.binary())


def _known_entry(key: str, values: pa.Array, rows: range) -> bytes:
    given = values.slice(rows.start, len(rows)).to_pylist()
    return f";{key}={','.join(value or _NO_VALUE for value in given)}".encode() if any(given) else b""


def _of_skips(alleles: Alleles) -> pa.Array:
    texts = pa.array([f";{SKIP_KEY}={skip}" for skip in SKIPS])
    return texts.take(pa.array(alleles.record_skip, mask=alleles.record_skip == NONE))
