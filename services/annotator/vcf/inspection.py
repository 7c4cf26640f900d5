"""A look at some of the records for what breaks the specification: at the first ones, and then at samples."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from services.annotator.vcf.rules.record_rules import RecordRules
from services.annotator.vcf.rules.repeats import Repeats

if TYPE_CHECKING:
    from services.annotator.vcf.columns import Columns
    from services.annotator.vcf.header import Header
    from services.annotator.vcf.rules.remark import Remark
    from services.annotator.vcf.text import Block

# A look takes twenty times as long as all the rest of the work on a record. What a caller does wrong it does
# from the start and again and again: the first records are looked at, and then one of so many.
FIRST_RECORDS = 2_000
SAMPLED = 500

# A look takes the longer the more samples there are: of these it has this many at the start, and of
# records at least so many.
_FIRST_SAMPLES = 100_000
_LEAST_RECORDS = 100

# Remarks of a block beyond this number are counted in no list; each is about another place of one mistake.
MAX_REMARKS = 100


def first_records(samples: int) -> int:
    """How many of the first records of a file are looked at."""
    return max(_LEAST_RECORDS, min(FIRST_RECORDS, _FIRST_SAMPLES // max(1, samples)))


class Inspection:
    """Looks at sound records, each by itself."""

    def __init__(self, header: Header) -> None:
        self._rules = RecordRules(header)
        self._first = first_records(header.samples)

    def remarks(self, columns: Columns, number: int) -> tuple[int, list[Remark]]:
        """How many records of a block were looked at, and what there is to say about them.

        :param number: of the first record in the file, counted from 0.
        """
        numbers = np.arange(number, number + columns.size)
        chosen = np.flatnonzero((numbers < self._first) | (numbers % SAMPLED == 0)).tolist()
        found: list[Remark] = []
        for index in chosen:
            found += self._rules.check(columns.line + index, columns.raw(index))
        return len(chosen), found


class FirstRepeats:
    """Looks for changes that the first records have more than once, across blocks."""

    def __init__(self) -> None:
        self._repeats = Repeats()
        self._left = FIRST_RECORDS
        self.remarks: list[Remark] = []

    def read(self, block: Block) -> None:
        """Take in a block that was not looked at yet; of one that is broken nothing is said here."""
        lines = (
            block.text.split(b"\n", self._left)[: min(self._left, block.text.count(b"\n"))]
            if self._left
            else []
        )
        self._left -= len(lines)
        with suppress(ValueError, IndexError):
            for line, raw in enumerate(lines, block.line):
                self.remarks += self._repeats.check(line, raw)
