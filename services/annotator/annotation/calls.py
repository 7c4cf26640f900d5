"""The engine's answers to a block, understood: each distinct one is parsed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import NONE
from services.annotator.annotation.consequences import Consequence, parse, worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles

# What a transcript without a gene name is counted as.
NO_GENE = "(unnamed)"

_TAB = b"\t"


@dataclass(frozen=True)
class Call:
    """One answer, about a record or about one allele of it.

    :ivar bcsq: as the engine gave it; empty for a call about one allele of several.
    :ivar meaning: the same with what its pointers to other records mean in their place.
    :ivar worst: the most severe of the consequences.
    :ivar genes: those that it names.
    """

    bcsq: bytes
    meaning: bytes
    worst: Consequence
    genes: frozenset[str]


@dataclass(frozen=True)
class Calls:
    """The answers to a block.

    :ivar of_record: for each record its number in ``calls``, or `NONE` if no gene is touched.
    :ivar of_allele: the same for each row of the alleles.
    :ivar refused: the records on which the engine failed.
    """

    calls: list[Call]
    of_record: NDArray[np.int32]
    of_allele: NDArray[np.int32]
    refused: NDArray[np.int64]

    def each(self, what: Callable[[Call], Any], kind: Any = None) -> pa.Array:
        """An attribute of each call."""
        return pa.array([what(call) for call in self.calls], kind)

    def counted(self, what: Callable[[Call], Any]) -> Counter[str]:
        """How many records have a call with each value of an attribute, which may be a set of values."""
        times = np.bincount(self.of_record[self.of_record != NONE], minlength=len(self.calls)).tolist()
        counts: Counter[str] = Counter()
        for call, count in zip(self.calls, times, strict=True):
            values = what(call)
            for value in (values,) if isinstance(values, str) else values:
                counts[value] += count
        return +counts


def understand(answers: pa.BinaryArray, alleles: Alleles) -> Calls:
    """Parse the answers of local mode: to what is asked of the records, and then of alleles that share one.

    :param answers: empty outside all genes, null where the engine refused.
    """
    asked = len(alleles.asked)
    calls, numbers = _parsed(answers)
    of_record, of_allele = _placed(numbers[:asked], alleles)
    of_allele[alleles.sharing] = numbers[asked:]
    return Calls(calls, of_record, of_allele, _refused(answers.slice(0, asked), alleles))


def understand_compounds(
    answers: pa.BinaryArray, meanings: pa.BinaryArray, alleles: Alleles, positions: NDArray[np.int64]
) -> Calls:
    """Parse the answers of haplotype-aware mode, in which an allele is of the entries that name its change.

    :param meanings: answers with what their pointers to other records mean in the place of these, or null.
    :param positions: POS of each record.
    """
    calls, numbers = _parsed(pc.coalesce(pc.binary_join_element_wise(answers, meanings, _TAB), answers))
    of_record, of_allele = _placed(numbers, alleles)
    _tell_apart(calls, of_allele, alleles, positions)
    return Calls(calls, of_record, of_allele, _refused(answers, alleles))


def _parsed(answers: pa.BinaryArray) -> tuple[list[Call], NDArray[np.int32]]:
    """The distinct answers, and the number of each."""
    coded = pc.dictionary_encode(pc.if_else(pc.equal(answers, b""), None, answers))
    calls = [_call(text) for text in coded.dictionary.to_pylist()]
    return calls, pc.fill_null(coded.indices, NONE).to_numpy(zero_copy_only=False)


def _placed(numbers: NDArray[np.int32], alleles: Alleles) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The number of the answer for each record, and for each allele, as if it had the record for itself."""
    of_record = np.full(len(alleles.record_skip), NONE, np.int32)
    of_record[alleles.asked] = numbers
    of_allele = np.where(alleles.skip == NONE, of_record[alleles.record], NONE).astype(np.int32)
    return of_record, of_allele


def _refused(answers: pa.BinaryArray, alleles: Alleles) -> NDArray[np.int64]:
    refused: NDArray[np.int64] = alleles.asked[answers.is_null().to_numpy(zero_copy_only=False)]
    return refused


def _tell_apart(
    calls: list[Call],
    of_allele: NDArray[np.int32],
    alleles: Alleles,
    positions: NDArray[np.int64],
) -> None:
    """Replace the calls of alleles that share a record by calls of their own."""
    rows = alleles.sharing[of_allele[alleles.sharing] != NONE]
    refs, alts = (texts.take(pa.array(rows)).to_pylist() for texts in (alleles.ref, alleles.alt))
    places = positions[alleles.record[rows]].tolist()
    by_change: dict[int, dict[str, list[Consequence]]] = {}
    for row, position, ref, alt in zip(rows.tolist(), places, refs, alts, strict=True):
        number = int(of_allele[row])
        if number not in by_change:
            by_change[number] = _by_change(calls[number].meaning)
        entries = by_change[number]
        own = entries.get("", []) + entries.get(f"{position}{ref.decode()}>{alt.decode()}", [])
        of_allele[row] = len(calls) if own else NONE
        if own:
            calls.append(_of_entries(b"", b"", own))


def _by_change(meaning: bytes) -> dict[str, list[Consequence]]:
    """The entries by the changes of coding DNA that they name; those that name none are of every allele."""
    entries: dict[str, list[Consequence]] = {}
    for entry in parse(meaning):
        for change in entry.dna_change.split("+"):
            entries.setdefault(change, []).append(entry)
    return entries


def _call(text: bytes) -> Call:
    bcsq, _, meaning = text.partition(_TAB)
    return _of_entries(bcsq, meaning or bcsq, parse(meaning or bcsq))


def _of_entries(bcsq: bytes, meaning: bytes, entries: list[Consequence]) -> Call:
    genes = frozenset(entry.gene or NO_GENE for entry in entries)
    return Call(bcsq, meaning, worst(entries), genes)
