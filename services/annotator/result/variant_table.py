"""The result as a table, a row for each ALT allele: what a viewer filters, sorts and pages through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import KINDS, NONE, SKIPS
from services.annotator.vcf.genotype_counts import first_genotypes
from services.annotator.vcf.records import CHROM, FILTER, ID, QUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.annotation.calls import Call, Calls
    from services.annotator.annotation.known import Known
    from services.annotator.hgvs.names import Names
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.columns import Columns

# Longer texts are cut in the table; the VCF has all of them.
MAX_TEXT_BYTES = 10_000

# Of the samples so many have their genotypes in the table; of more, the VCF has them.
MAX_TABLE_SAMPLES = 8

_WORDS = pa.dictionary(pa.int32(), pa.string())
# A Float of VCF 4.3, section 1.3.
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:inf|infinity|nan)", re.IGNORECASE)

_GENOTYPE = "genotype_"
_TYPES = {"String": pa.string(), "Integer": pa.int64(), "Float": pa.float64()}


def schema(pack: Pack, samples: int) -> pa.Schema:
    """The columns: place and allele, what the record says itself, what was found.

    :param samples: of the file; the first of them have a column ``genotype_1`` and so on.
    """
    return pa.schema(
        [
            ("line", pa.int64()),
            ("contig", _WORDS),
            ("position", pa.int32()),
            ("id", pa.string()),
            ("ref", pa.string()),
            ("alt", pa.string()),
            ("allele", pa.int32()),
            ("qual", pa.float32()),
            ("filter", _WORDS),
            ("type", _WORDS),
            ("consequence", _WORDS),
            ("severity", pa.int8()),
            ("impact", _WORDS),
            ("gene", _WORDS),
            ("transcript", _WORDS),
            ("hgvsc", pa.string()),
            ("hgvsp", pa.string()),
            ("skip", _WORDS),
            *((key.id, _TYPES[key.type]) for key in pack.keys),
            *((_genotype(sample), _WORDS) for sample in range(min(samples, MAX_TABLE_SAMPLES))),
        ]
    )


def tabulate_variants(
    columns: Columns,
    alleles: Alleles,
    calls: Calls,
    known: Known,
    stretches: Mapping[str, pa.Array],
    names: Mapping[int, Names],
    wanted: pa.Schema,
) -> pa.Table:
    """The rows of a block.

    :param wanted: the columns.
    """
    genotypes = first_genotypes(columns, sum(name.startswith(_GENOTYPE) for name in wanted.names))
    record = pa.array(alleles.record)
    of_allele = pa.array(calls.of_allele, mask=calls.of_allele == NONE)

    def called(what: Callable[[Call], str | None]) -> pa.Array:
        # Encoded by row, not by call: so the words come in the order of the file, wherever blocks end.
        return calls.each(what, pa.string()).take(of_allele)

    hgvs = _names_of(calls, names, len(alleles))
    values = {
        "line": pa.array(alleles.record.astype(np.int64) + columns.line),
        "contig": _texts(columns.column(CHROM)).take(record),
        "position": pa.array(columns.positions[alleles.record].astype(np.int32)),
        "id": _given(columns.column(ID)).take(record),
        "ref": _texts(alleles.ref),
        "alt": _texts(alleles.alt),
        "allele": pa.array(alleles.number + 1),
        "qual": _numbers(_given(columns.column(QUAL)), pa.float32()).take(record),
        "filter": _given(columns.column(FILTER)).take(record),
        "type": _words(alleles.kind, KINDS),
        "consequence": called(lambda call: call.worst.terms),
        "severity": calls.each(lambda call: call.worst.rank, pa.int8()).take(of_allele),
        "impact": called(lambda call: str(call.worst.impact)),
        "gene": called(lambda call: call.worst.gene or None),
        "transcript": called(lambda call: call.worst.transcript or None),
        "hgvsc": hgvs[0],
        "hgvsp": hgvs[1],
        "skip": _words(
            np.where(alleles.skip == NONE, alleles.record_skip[alleles.record], alleles.skip), SKIPS
        ),
        **{key: values.take(record) for key, values in stretches.items()},
        **known.values,
        **{_genotype(sample): _texts(texts).take(record) for sample, texts in enumerate(genotypes)},
    }
    return pa.table(
        [_typed(values.get(field.name), field.type, len(alleles)) for field in wanted], schema=wanted
    )


def _genotype(sample: int) -> str:
    return f"{_GENOTYPE}{sample + 1}"


def _texts(texts: pa.BinaryArray) -> pa.StringArray:
    """Texts that may be long and not UTF-8, as text that is neither."""
    if (pc.max(pc.binary_length(texts)).as_py() or 0) > MAX_TEXT_BYTES:
        texts = pc.binary_slice(texts, 0, MAX_TEXT_BYTES)
    try:
        return texts.cast(pa.string())
    except pa.ArrowInvalid:
        decoded = (text and text.decode("utf-8", "replace") for text in texts.to_pylist())
        return pa.array(decoded, pa.string())


def _given(texts: pa.BinaryArray) -> pa.StringArray:
    """Texts, null where there is a point for a missing value."""
    return _texts(pc.if_else(pc.equal(texts, b"."), None, texts))


def _numbers(texts: pa.StringArray, kind: pa.DataType) -> pa.Array:
    """Texts as numbers, null where they are none."""
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        return pa.array([_number(text) for text in texts.to_pylist()], pa.float64()).cast(kind, safe=False)


def _number(text: str | None) -> float | None:
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _words(numbers: Any, words: Iterable[str]) -> pa.Array:
    return pa.array(map(str, words)).dictionary_encode().take(pa.array(numbers, mask=numbers == NONE))


def _typed(values: pa.Array | None, kind: pa.DataType, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, kind)
    if pa.types.is_string(values.type) and kind in (pa.int64(), pa.float64()):
        return _numbers(values, kind)
    return pc.cast(values, kind)


def _names_of(calls: Calls, names: Mapping[int, Names], rows: int) -> tuple[pa.Array, pa.Array]:
    """For each row the names on the transcript of its worst consequence, or else on the first one."""
    coding: list[str | None] = [None] * rows
    protein: list[str | None] = [None] * rows
    for row, named in names.items():
        number = calls.of_allele[row]
        transcript = calls.calls[number].worst.transcript if number != NONE else ""
        coding[row] = _of_transcript(named.coding, transcript)
        protein[row] = _of_transcript(named.protein, transcript)
    return pa.array(coding, pa.string()), pa.array(protein, pa.string())


def _of_transcript(names: tuple[str, ...], transcript: str) -> str | None:
    return next(
        (name for name in names if transcript and name.startswith(transcript)), names[0] if names else None
    )
