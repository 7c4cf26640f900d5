"""The values of a key: whether they are of its type, and as many as its Number asks for."""

from __future__ import annotations

import re
from math import comb
from typing import TYPE_CHECKING, NamedTuple

from services.annotator.printable import counted, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.annotator.vcf.rules.definitions import Definition

    _Test = Callable[[bytes], object]

MISSING = b"."

# VCF specification 4.3, 1.3. A point at the end of a number is not in its expression, but all readers take
# it. Numbers of fewer than ten digits fit into 32 bits; the longer ones are looked at more closely.
_DECIMAL = rb"(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?|(?i:infinity|inf|nan)"
FLOAT = rb"[-+]?(?:%s)" % _DECIMAL
_INTEGER = rb"[-+]?\d{1,9}"
_UNSIGNED_FLOAT = rb"\+?(?:%s)" % _DECIMAL
_UNSIGNED_INTEGER = rb"\+?\d{1,9}"
# How an ALT allele is aligned to REF: the letters of the SAM specification, 1.4.6.
_CIGAR = rb"(?:\d+[MIDNSHP=X])+"

# Genotypes of more alleles are none; the number of possible ones grows beyond all sense.
_MOST_PLOIDY = 16

# The values from -2^31 to -2^31+7 have meanings of their own in BCF (1.3).
_LEAST_INTEGER, _GREATEST_INTEGER = -(1 << 31) + 8, (1 << 31) - 1
_DIGITS = re.compile(rb"[-+]?\d+")
_MOST_DIGITS = 20

_SPOKEN = {
    b"Integer": "a whole number",
    b"Float": "a number",
    b"Character": "one character",
    b"CIGAR": "numbers and letters such as 2M1I",
}


def _list_of(item: bytes) -> _Test:
    return re.compile(rb"(?:%s|\.)(?:,(?:%s|\.))*+" % (item, item)).fullmatch


_TEXT: _Test = re.compile(rb".+", re.DOTALL).fullmatch
# That a flag is set by =1 or, which is odd, by =0 is common, and sound in the corpus of EBI.
_FLAG: _Test = re.compile(rb"[01]?").fullmatch
_LISTS: dict[bytes, _Test] = {
    b"Integer": _list_of(_INTEGER),
    b"Float": _list_of(FLOAT),
    b"Character": _list_of(rb"[^,]"),
    b"String": _TEXT,
    b"CIGAR": _list_of(_CIGAR),
    b"Flag": _FLAG,
}
_UNSIGNED_LISTS: dict[bytes, _Test] = {
    b"Integer": _list_of(_UNSIGNED_INTEGER),
    b"Float": _list_of(_UNSIGNED_FLOAT),
}


class Check(NamedTuple):
    """What the values of a key have to be like.

    :ivar sound: true for values that are surely of the type; some others may be as well.
    :ivar wanted: how many values there have to be; 0 if any number is right.
    :ivar definition: what the header or the specification says of the key.
    """

    sound: _Test
    wanted: int
    definition: Definition | None


# For a key that is looked at elsewhere.
UNCHECKED = Check(re.compile(rb".*", re.DOTALL).fullmatch, 0, None)


def compiled(definition: Definition | None, wanted: int, *, not_negative: bool = False) -> Check:
    """The check of a key; of an undeclared one, that there is a value at all."""
    if definition is None:
        return Check(_TEXT, wanted, None)
    lists = _LISTS | _UNSIGNED_LISTS if not_negative else _LISTS
    return Check(lists[definition.type], 0 if definition.type == b"Flag" else wanted, definition)


def expected(number: bytes, alleles: int, ploidy: int) -> int:
    """How many values a Number asks for; 0 if any number is right or none can be told.

    Where ALT is missing, there is one value as well as none for "each" allele, so nothing is expected.

    :param alleles: how many alleles ALT has.
    :param ploidy: how many alleles the genotype has; 0 if it is unknown.
    """
    if number.isdigit():
        return int(number)
    match number:
        case b"A":
            return alleles
        case b"R":
            return alleles and alleles + 1
        case b"G":
            return comb(alleles + ploidy, ploidy) if alleles and 0 < ploidy <= _MOST_PLOIDY else 0
        case b"P":
            return ploidy
    return 0


def faults(key: bytes, value: bytes, check: Check) -> Iterator[tuple[bool, str]]:
    """What is wrong with values that are not surely sound, and whether it is their number."""
    name = printable(key)
    if not value:
        yield False, f"{name} has no value."
        return
    if not check.sound(value) and (fault := _type_fault(value.split(b","), check)):
        yield False, f"{name} {fault}."
    found = value.count(b",") + 1
    if check.wanted and found != check.wanted and value != MISSING:
        yield True, f"{name} has {counted(found, 'value')} {_wanted(check)}."


def _wanted(check: Check) -> str:
    number = check.definition.number if check.definition else MISSING
    if number == MISSING or number.isdigit():
        return f"instead of {check.wanted:,}"
    return f"where Number={number.decode()} asks for {check.wanted:,}"


def _type_fault(values: list[bytes], check: Check) -> str:
    """What the first value is that is not of the type; empty if all are."""
    assert check.definition is not None
    kind = check.definition.type
    if kind == b"Flag":
        return f"is a flag and has no value, not {printable(b','.join(values))!r}"
    for value in values:
        if not _is_of(kind, value):
            fits = ", one that fits into 32 bits" if kind == b"Integer" and _DIGITS.fullmatch(value) else ""
            return f"has to be {_SPOKEN[kind]}{fits}, not {printable(value)!r}"
        if value.startswith(b"-") and check.sound not in _LISTS.values() and not check.sound(value):
            return f"cannot be negative, as {printable(value)} is"
    return ""


def _is_of(kind: bytes, value: bytes) -> bool:
    if value == MISSING or _LISTS[kind](value):
        return True
    if kind == b"Integer":
        is_short = len(value) <= _MOST_DIGITS and _DIGITS.fullmatch(value)
        return bool(is_short) and _LEAST_INTEGER <= int(value) <= _GREATEST_INTEGER
    return kind == b"Character" and len(value.decode("utf-8", "replace")) == 1
