"""Where records end: no further than the index of the result can hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gas.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# A .tbi index holds positions below 2^29 (SAM specification, "Tabix").
MAX_POSITION = (1 << 29) - 1

_REF, _ALT, _INFO, _SAMPLES = 3, 4, 7, 8

# What tells of an end besides REF (VCF specification 4.5, rlen in 1.6.1 and END in 3): END for any
# allele, SVLEN for those that take reference bases away or double them, and LEN for blocks.
_END = re.compile(rb"(?:^|;)END=\s*\+?0*(\d{1,18})")
_SVLEN = re.compile(rb"(?:^|;)SVLEN=([^;]*)")
_SPANNING = re.compile(rb"<(?:DEL|DUP|INV|CNV)[:>]")
_BLOCK = re.compile(rb"<(?:\*|NON_REF)>")
_LENGTH = re.compile(rb"\d{1,18}")


def record_end(fields: Sequence[bytes], position: int, number: int) -> int:
    """The last position of a record by all that it says of its end.

    :param number: of its line.
    :raises InvalidInput: if that is more than the index can hold, naming the column that says so.
    """
    last = position
    for column, name, end in _ends(fields, position):
        last = max(last, end)
        if end > MAX_POSITION:
            raise InvalidInput(
                f"By its {name} the record ends beyond {MAX_POSITION:,}, "
                "the last position that the index of a result can hold.",
                line=number,
                column=column,
            )
    return last


def _ends(fields: Sequence[bytes], position: int) -> Iterator[tuple[int, str, int]]:
    """Column, name and value of all that says where a record ends."""
    yield _REF + 1, "REF", position + len(fields[_REF]) - 1
    info = fields[_INFO]
    if b"END=" in info and (end := _END.search(info)):
        yield _INFO + 1, "END", int(end[1])
    if b"SVLEN=" in info and (lengths := _SVLEN.search(info)) and _SPANNING.search(fields[_ALT]):
        yield _INFO + 1, "SVLEN", position + _longest([lengths[1]])
    if len(fields) > _SAMPLES and _BLOCK.search(fields[_ALT]):
        form, _, samples = fields[_SAMPLES].partition(b"\t")
        names = form.split(b":")
        if b"LEN" in names:
            place = names.index(b"LEN")
            for column, sample in enumerate(samples.split(b"\t"), _SAMPLES + 2):
                yield column, "LEN", position + _longest(sample.split(b":")[place : place + 1]) - 1


def _longest(texts: Iterable[bytes]) -> int:
    """The largest number in texts, whatever its sign; 0 if there is none."""
    return max((int(match[0]) for text in texts for match in _LENGTH.finditer(text)), default=0)
