"""What in a header breaks the specification but does not stand in the way of annotation."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.header import FIXED_COLUMNS
from services.annotator.vcf.rules.definitions import is_number, is_type
from services.annotator.vcf.rules.meta_lines import meta_lines
from services.annotator.vcf.rules.names import (
    is_contig,
    is_format_key,
    is_info_key,
    is_symbolic,
    unknown_type,
)
from services.annotator.vcf.rules.remark import Remark, Rule
from services.annotator.vcf.rules.reserved_keys import (
    allows_number,
    allows_type,
    reserved_format,
    reserved_info,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.annotator.vcf.header import Header
    from services.annotator.vcf.rules.meta_lines import MetaLine

    Found = Iterator[tuple[Rule, str]]

# VCF specification, 1.4.2 and 1.4.4. The Description of FILTER and ALT is asked for as well, but left
# out by many and missed by nobody.
_REQUIRED = dict.fromkeys((b"INFO", b"FORMAT"), (b"ID", b"Number", b"Type", b"Description"))
_DESCRIBED = frozenset({b"INFO", b"FORMAT", b"FILTER", b"ALT"})
_TYPED = _DESCRIBED | {b"META"}
# Lines of other keys may have any value, also one in brackets.
_STRUCTURED = _TYPED | {b"contig", b"SAMPLE", b"PEDIGREE"}

_FILTER_ID = re.compile(rb"[^\s;,]+")


def header_remarks(header: Header) -> Iterator[Remark]:
    """All that is to be said about a header, in the order of its lines.

    Nothing that the specification only recommends, and nothing about lines that no reader of a VCF
    interprets, such as the address of an assembly.
    """
    rules = _LineRules(header.version)
    for line in meta_lines(header.meta):
        for rule, sentence in rules.found(line):
            yield Remark(line.number, None, rule, sentence)
    if header.width == len(FIXED_COLUMNS) + 1:
        sentence = "The #CHROM line has a FORMAT column but names no sample."
        yield Remark(len(header.meta) + 1, header.width, Rule.COLUMNS, sentence)


class _LineRules:
    """The rules for one line after the other; knows the IDs that were met."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._reserved = {b"INFO": reserved_info(version), b"FORMAT": reserved_format(version)}
        self._seen: set[tuple[bytes, bytes]] = set()

    def found(self, line: MetaLine) -> Found:
        if line.fields is None or line.key not in _STRUCTURED:
            return _unstructured(line)
        found = [_structure(line), self._required(line), self._name(line)]
        if line.key in _TYPED:
            found += [self._number_and_type(line), _quoting(line), self._reserved_key(line)]
        return chain.from_iterable(found)

    def _required(self, line: MetaLine) -> Found:
        """Fields that a line has to have; behind a fault they may be there, but cannot be read."""
        # From 4.3 on, every structured line needs an ID (1.4).
        required = _REQUIRED.get(line.key, (b"ID",) if self._version >= "4.3" else ())
        for field in required if not line.fault else ():
            if field not in (line.fields or {}):
                yield Rule.META_FIELD, f"{_named(line)} has no {field.decode()}."

    def _number_and_type(self, line: MetaLine) -> Found:
        fields = line.fields or {}
        number, kind = fields.get(b"Number"), fields.get(b"Type")
        if number is not None and not is_number(number, line.key, self._version):
            yield (
                Rule.META_FIELD,
                f"{_named(line)}: Number={printable(number)} does not exist in VCF {self._version}.",
            )
        if kind is not None and not is_type(kind, line.key):
            yield Rule.META_FIELD, f"{_named(line)}: Type={printable(kind)} does not exist."
        # Before 4.3, 1.4.2 says "should" instead of "must".
        if line.key == b"INFO" and kind == b"Flag" and number not in {None, b"0"} and self._version >= "4.3":
            yield Rule.META_FIELD, f"{_named(line)} is a Flag, so its Number has to be 0."

    def _name(self, line: MetaLine) -> Found:
        """The ID of a line: what it is made of, and that it comes once."""
        name = (line.fields or {}).get(b"ID")
        if name is None:
            return
        if not self._is_name(line.key, name):
            yield Rule.META_ID, f"{_named(line)}: such a name is not allowed."
        if line.key == b"ALT" and (kind := unknown_type(name, self._version)):
            yield Rule.META_ID, f"{_named(line)}: {printable(kind)} is no type of structural variant."
        # Before 4.3, nothing is said of this, but two declarations of one key contradict each other.
        if (line.key, name) in self._seen and (self._version >= "4.3" or line.key in self._reserved):
            yield Rule.META_ID, f"{_named(line)} was declared before; the first declaration counts."
        self._seen.add((line.key, name))

    def _is_name(self, key: bytes, name: bytes) -> bool:
        match key:
            case b"contig":
                return is_contig(name)
            case b"ALT":
                return is_symbolic(name)
            case b"FILTER":
                return _FILTER_ID.fullmatch(name) is not None and name != b"0"
            case b"INFO":
                return is_info_key(name, self._version)
            case b"FORMAT":
                return is_format_key(name, self._version)
        return True

    def _reserved_key(self, line: MetaLine) -> Found:
        fields = line.fields or {}
        name, number, kind = (fields.get(field, b"") for field in (b"ID", b"Number", b"Type"))
        reserved = self._reserved.get(line.key, {}).get(name)
        if not reserved:
            return
        if number and not allows_number(reserved, number):
            meant = reserved.number.decode()
            sentence = f"{_named(line)} is reserved with Number={meant}, not {printable(number)!r}."
            yield Rule.META_RESERVED, sentence
        if kind and not allows_type(line.key, name, kind, reserved):
            meant = reserved.type.decode()
            sentence = f"{_named(line)} is reserved with Type={meant}, not {printable(kind)!r}."
            yield Rule.META_RESERVED, sentence


def _unstructured(line: MetaLine) -> Found:
    if line.value == b"" or (line.value == b"<>" and line.key == b"pedigreeDB"):
        yield Rule.META_STRUCTURE, f"##{printable(line.key)} has no value."
    elif line.key in _STRUCTURED and line.value.startswith(b"<") and line.fields is None:
        yield Rule.META_STRUCTURE, f"##{printable(line.key)} has a bracket that is not closed."
    elif line.key == b"fileformat" and line.number > 1:
        yield Rule.META_STRUCTURE, "There is a second ##fileformat line; the first one counts."


def _structure(line: MetaLine) -> Found:
    if line.fault:
        yield Rule.META_STRUCTURE, f"{_named(line)} {line.fault}."
    elif not line.fields:
        yield Rule.META_STRUCTURE, f"##{printable(line.key)} has no value."


def _quoting(line: MetaLine) -> Found:
    """Descriptions stand in double quotes (1.4.2), the values of ##META in square brackets (1.4.8)."""
    fields = line.fields or {}
    if line.key in _DESCRIBED and not fields.get(b"Description", b'"').startswith(b'"'):
        yield Rule.META_FIELD, f"{_named(line)}: the Description has to be in double quotes."
    if line.key == b"META" and not fields.get(b"Values", b"[").startswith(b"["):
        yield Rule.META_FIELD, f"{_named(line)}: the Values have to be in square brackets."


def _named(line: MetaLine) -> str:
    key = printable(line.key)
    name = (line.fields or {}).get(b"ID")
    return f"##{key}=<ID={printable(name)}>" if name is not None else f"##{key}"
