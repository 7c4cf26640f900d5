"""What a header declares of INFO and FORMAT keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from services.annotator.vcf.rules.meta_lines import meta_lines

if TYPE_CHECKING:
    from services.annotator.vcf.header import Header

_TYPES = (b"Integer", b"Float", b"Flag", b"Character", b"String")
_COUNT = re.compile(rb"\d{1,9}")


class Definition(NamedTuple):
    """How many values a key has, and of which type (VCF specification, 1.4.2 and 1.4.4).

    :ivar number: a whole number, a letter such as ``A``, or ``.`` for any number.
    """

    number: bytes
    type: bytes


class Definitions(NamedTuple):
    """The keys that a header declares soundly."""

    info: dict[bytes, Definition]
    format: dict[bytes, Definition]


def read_definitions(header: Header) -> Definitions:
    """The sound declarations of a header; of two for one key the first counts, as in other readers."""
    definitions = Definitions({}, {})
    tables = {b"INFO": definitions.info, b"FORMAT": definitions.format}
    lines = (line for line in header.meta if line.startswith((b"##INFO=", b"##FORMAT=")))
    for line in meta_lines(lines):
        fields = line.fields or {}
        number, kind = fields.get(b"Number", b""), fields.get(b"Type", b"")
        if b"ID" in fields and is_number(number, line.key, header.version) and is_type(kind, line.key):
            tables[line.key].setdefault(fields[b"ID"], Definition(number, kind))
    return definitions


def is_number(text: bytes, key: bytes, version: str) -> bool:
    """Whether a header line of a kind may have this as its Number in a version of VCF.

    R came with version 4.2, P with 4.4 and the local alleles and base modifications with 4.5; the
    latter two are for FORMAT alone (4.5, 1.4.4).
    """
    if _COUNT.fullmatch(text) or text in {b".", b"A", b"G"}:
        return True
    if text == b"R":
        return version >= "4.2"
    return key == b"FORMAT" and (
        (text == b"P" and version >= "4.4") or (text in {b"LA", b"LR", b"LG", b"M"} and version >= "4.5")
    )


def is_type(text: bytes, key: bytes) -> bool:
    """Whether a header line of a kind may have this as its Type; samples have no flags."""
    return text in _TYPES and not (key == b"FORMAT" and text == b"Flag")
