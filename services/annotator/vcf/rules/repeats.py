"""Changes that a file has more than once.

The specification allows it, but it is seldom meant: whoever counts changes counts them twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.records import ALT, CHROM, POS, REF
from services.annotator.vcf.rules.remark import Remark, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASES = re.compile(rb"[ACGT]+")

# Changes that are remembered at a time, alleles of one record that are looked at, and how long they are
# with REF: enough for all that callers write of small variants, and quickly done.
_MOST_CHANGES = 1_000
_MOST_ALLELES = 100
_MOST_BASES = 2_000

_Change = tuple[int, bytes, bytes]


class Repeats:
    """Finds changes that are in several records, given the records in their order.

    Two descriptions of a change are told to be one when they are so after removing the bases that REF and
    ALT share, without a look at the reference. What lies behind the current position is forgotten.
    """

    def __init__(self) -> None:
        self._contig = b""
        self._position = 0
        self._lines: dict[_Change, int] = {}

    def check(self, line: int, raw: bytes) -> Iterator[Remark]:
        """The alleles of a record that were in an earlier one.

        :param line: its line of the uncompressed file, counted from 1.
        :param raw: its bytes, of which the columns up to ALT have been checked.
        """
        fields = raw.split(b"\t", ALT + 1)
        position = int(fields[POS])
        self._forget(fields[CHROM], position)
        ref = fields[REF].upper()
        if not _BASES.fullmatch(ref):
            return
        for alt in fields[ALT].upper().split(b",", _MOST_ALLELES)[:_MOST_ALLELES]:
            if len(ref) + len(alt) > _MOST_BASES or not _BASES.fullmatch(alt) or alt == ref:
                continue
            change = _trimmed(position, ref, alt)
            if (earlier := self._lines.get(change, line)) < line:
                shown = f"{printable(ref)}>{printable(alt)}"
                sentence = f"The change {shown} is in line {earlier} already."
                yield Remark(line, ALT + 1, Rule.REPEATED, sentence)
            elif len(self._lines) < _MOST_CHANGES:
                self._lines[change] = line

    def _forget(self, contig: bytes, position: int) -> None:
        if contig != self._contig:
            self._contig = contig
            self._lines.clear()
        elif position != self._position:
            self._lines = {change: line for change, line in self._lines.items() if change[0] >= position}
        self._position = position


def _trimmed(position: int, ref: bytes, alt: bytes) -> _Change:
    """A change without what both alleles share at the end and then at the start, but a base each."""
    spare = min(len(ref), len(alt)) - 1
    if not spare:
        return position, ref, alt
    tail = _shared(ref[::-1], alt[::-1], spare)
    head = _shared(ref, alt, spare - tail)
    return position + head, ref[head : len(ref) - tail], alt[head : len(alt) - tail]


def _shared(one: bytes, other: bytes, most: int) -> int:
    """How many bases two alleles share at their start, up to a number."""
    pairs = enumerate(zip(one[:most], other[:most], strict=True))
    return next((place for place, (a, b) in pairs if a != b), most)
