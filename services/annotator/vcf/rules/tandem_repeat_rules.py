"""Tandem repeats, <CNV:TR>, by the rules of VCF 4.4 and 4.5 (sections 3 and 5.7): lists of lists in INFO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.printable import counted
from services.annotator.vcf.rules.typed_values import FLOAT, MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Lists = Mapping[bytes, Sequence[bytes]]

TANDEM_REPEAT = b"<CNV:TR"

_WHOLE = re.compile(rb"\d{1,9}")
_NUMBER = re.compile(FLOAT)

# Fields with one value for each repeat sequence of all alleles, and their confidence intervals.
_BY_SEQUENCE = (b"RUS", b"RUL", b"RUC", b"RB")
_INTERVALS = {b"CIRUC": b"RUC", b"CIRB": b"RB"}


def repeat_faults(alleles: Sequence[bytes], info: Lists) -> Iterator[str]:
    """What is wrong with the fields of a record that has a tandem repeat."""
    if b"RUS" not in info and b"RUL" not in info:
        yield "INFO has neither RUS nor RUL, of which a CNV:TR needs one."
    sequences = _sequences(alleles, info)
    for key in _BY_SEQUENCE:
        if key in info and len(info[key]) != sequences:
            found = counted(len(info[key]), "value")
            yield f"{key.decode()} has {found} for {counted(sequences, 'repeat sequence')} (RN)."
    if _lengths_differ(info):
        yield "RUL differs from the lengths of the sequences in RUS."
    for key, centre in _INTERVALS.items():
        if key in info:
            yield from _interval_faults(key, centre, info)
    yield from _unit_faults(info)


def interval_fault(key: bytes, bounds: Sequence[bytes]) -> str:
    """What is wrong with pairs of bounds that are relative to a value; empty if nothing is.

    :param bounds: from below and above, in turns; a missing one is never wrong.
    """
    numbers = [float(bound) if _NUMBER.fullmatch(bound) else 0.0 for bound in bounds]
    if any(lower > 0 for lower in numbers[::2]) or any(upper < 0 for upper in numbers[1::2]):
        return f"An interval of {key.decode()} does not have 0 in it."
    return ""


def _sequences(alleles: Sequence[bytes], info: Lists) -> int:
    """How many repeat sequences the alleles have in all: the sum of RN, or one for each tandem repeat."""
    if b"RN" in info:
        return sum(int(count) for count in info[b"RN"] if _WHOLE.fullmatch(count))
    return sum(allele.startswith(TANDEM_REPEAT) for allele in alleles)


def _lengths_differ(info: Lists) -> bool:
    pairs = zip(info.get(b"RUS", ()), info.get(b"RUL", ()), strict=False)
    return any(MISSING not in {unit, length} and length != b"%d" % len(unit) for unit, length in pairs)


def _interval_faults(key: bytes, centre: bytes, info: Lists) -> Iterator[str]:
    values = info.get(centre, ())
    if len(info[key]) != 2 * len(values):
        found, there = counted(len(info[key]), "value"), counted(len(values), "value")
        yield f"{key.decode()} has {found}, but needs two for each of {there} of {centre.decode()}."
    bounds = zip(info[key][::2], info[key][1::2], values, strict=False)
    if any(value == MISSING != lower or value == MISSING != upper for lower, upper, value in bounds):
        yield f"{key.decode()} has an interval where {centre.decode()} is missing."
    if fault := interval_fault(key, info[key]):
        yield fault


def _unit_faults(info: Lists) -> Iterator[str]:
    """RUB has the length of each single unit, so the numbers of units have to be there and whole."""
    if b"RUB" not in info:
        return
    counts = info.get(b"RUC", ())
    if not counts or not all(map(_WHOLE.fullmatch, counts)):
        yield "RUB needs RUC, and in it whole numbers alone."
    elif len(info[b"RUB"]) != sum(map(int, counts)):
        found = counted(len(info[b"RUB"]), "value")
        yield f"RUB has {found} for {counted(sum(map(int, counts)), 'repeat unit')} (RUC)."
