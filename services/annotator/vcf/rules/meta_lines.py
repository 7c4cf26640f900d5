"""The ``##`` lines of a header, taken apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEY = re.compile(rb"##([^=<>]+)=")

# A field of a structured line (VCF specification 4.5, 1.4). In quotes, a quote or a backslash follows a
# backslash; the values of ##META are a list in square brackets. Quotes within an unquoted value mean
# nothing: the names of symbolic alleles may have them.
_FIELD = re.compile(rb'\s*+([^=,"]*+)=("(?:[^"\\]|\\.)*+"|\[[^\]]*\]|(?!")[^,]*)(?:,|\Z)', re.DOTALL)
_OPEN_QUOTE = re.compile(rb'[^=,"]*+="(?:[^"\\]|\\.)*+\Z', re.DOTALL)
_CLOSED_QUOTE = re.compile(rb'[^=,"]*+="')


class MetaLine(NamedTuple):
    """A ``##`` line.

    :ivar number: its line, counted from 1.
    :ivar key: what stands before the first ``=``.
    :ivar value: what stands behind it.
    :ivar fields: the fields of a structured line that could be read, quotes included; None if the line has
        no structure. Of a field that comes twice, the first counts.
    :ivar fault: what is wrong behind the last field that could be read, as the end of a sentence.
    """

    number: int
    key: bytes
    value: bytes
    fields: dict[bytes, bytes] | None
    fault: str


def meta_lines(lines: Iterable[bytes]) -> Iterator[MetaLine]:
    """The ``##`` lines of a header, of which the first is line 1; those without a key are left out."""
    for number, line in enumerate(lines, 1):
        if key := _KEY.match(line):
            yield _meta_line(number, key[1], line[key.end() :].rstrip())


def _meta_line(number: int, key: bytes, value: bytes) -> MetaLine:
    # ##pedigreeDB=<address> has brackets around a plain value (VCF specification 4.2, 1.2.9).
    if key == b"pedigreeDB" or not (value.startswith(b"<") and value.endswith(b">")):
        return MetaLine(number, key, value, None, "")
    return MetaLine(number, key, value, *_fields(value[1:-1]))


def _fields(body: bytes) -> tuple[dict[bytes, bytes], str]:
    fields: dict[bytes, bytes] = {}
    place = 0
    while place < len(body):
        field = _FIELD.match(body, place)
        if not field:
            return fields, _fault(body[place:])
        fields.setdefault(field[1], field[2])
        place = field.end()
    return fields, ""


def _fault(rest: bytes) -> str:
    if _OPEN_QUOTE.match(rest):
        return "has a quote that is not closed"
    if _CLOSED_QUOTE.match(rest):
        return "has text after a closing quote; a quote inside quotes needs a backslash before it"
    return "has a field that is not key=value"
