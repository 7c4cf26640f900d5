"""The columns of a record besides INFO and the samples (VCF specification, 1.6.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.records import ALT, CHROM, REF
from services.annotator.vcf.rules.memory import Memory
from services.annotator.vcf.rules.names import is_chrom, is_symbolic, unknown_type
from services.annotator.vcf.rules.remark import Problem, Rule
from services.annotator.vcf.rules.typed_values import FLOAT, MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ID, _QUAL, _FILTER = 2, 5, 6

_NAME = re.compile(rb"[^\s;]+")
_NUMBER = re.compile(FLOAT)
_BASES = re.compile(rb"[ACGTNacgtn]+")
_ALLELES = re.compile(rb"[ACGTNacgtn]+(?:,[ACGTNacgtn]+)*+")
# Section 5.4: the bases stand on one side of the place that they are joined to, both brackets are alike,
# and a breakend without a mate has a point on one side.
_BREAKEND = re.compile(
    rb"[ACGTNacgtn]+(?:\[[^\[\]]+:\d+\[|\][^\[\]]+:\d+\])"
    rb"|(?:\[[^\[\]]+:\d+\[|\][^\[\]]+:\d+\])[ACGTNacgtn]+"
    rb"|\.[ACGTNacgtn]+|[ACGTNacgtn]+\."
)


class ColumnRules:
    """Checks the columns; remembers names that were sound, but no record."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._contigs: Memory[bool] = Memory()
        self._filters: Memory[bool] = Memory({MISSING: True, b"PASS": True})

    def problems(self, fields: Sequence[bytes]) -> Iterator[Problem]:
        """What is wrong with CHROM, ID, REF, ALT, QUAL and FILTER."""
        if fields[CHROM] not in self._contigs:
            yield from self._chrom(fields[CHROM])
        if fields[_ID] != MISSING:
            yield from self._names(fields[_ID], _ID, Rule.ID)
        yield from self._alleles(fields[REF], fields[ALT])
        if fields[_QUAL] != MISSING:
            yield from _qual(fields[_QUAL])
        if fields[_FILTER] not in self._filters:
            yield from self._filter(fields[_FILTER])

    def _chrom(self, chrom: bytes) -> Iterator[Problem]:
        if is_chrom(chrom):
            self._contigs.keep(chrom, found=True)
        else:
            sentence = f"CHROM is {printable(chrom)!r}; such a name is not allowed."
            yield Problem(CHROM + 1, Rule.CHROM, sentence)

    def _names(self, text: bytes, column: int, rule: Rule) -> Iterator[Problem]:
        """A list of names, parted by semicolons."""
        if _NAME.fullmatch(text):
            return
        names = text.split(b";")
        if not all(map(_NAME.fullmatch, names)):
            sentence = f"{rule.upper()} {printable(text)!r} has a blank or an empty name."
            yield Problem(column + 1, rule, sentence)
        # From 4.3 on, the specification says "duplicate values not allowed".
        elif len(set(names)) < len(names) and self._version >= "4.3":
            yield Problem(column + 1, rule, f"{rule.upper()} {printable(text)!r} has a name twice.")

    def _alleles(self, ref: bytes, alt: bytes) -> Iterator[Problem]:
        if not _BASES.fullmatch(ref):
            sentence = f"REF has other letters than A, C, G, T and N: {printable(ref)!r}."
            yield Problem(REF + 1, Rule.REF, sentence)
        if not _ALLELES.fullmatch(alt):
            for allele in alt.split(b","):
                if fault := self._fault(allele):
                    yield Problem(ALT + 1, Rule.ALT, f"The ALT allele {printable(allele)!r} {fault}.")
        if ref.upper() in alt.upper().split(b","):
            yield Problem(ALT + 1, Rule.ALT, f"The ALT allele {printable(ref)!r} is the same as REF.")

    def _fault(self, allele: bytes) -> str:
        """What is wrong with an allele, as the end of a sentence; empty if nothing is."""
        if allele in {b"*", MISSING} or _BASES.fullmatch(allele) or _BREAKEND.fullmatch(allele):
            return ""
        if not (allele.startswith(b"<") and allele.endswith(b">") and is_symbolic(allele[1:-1])):
            return "is none of bases (A, C, G, T, N), <ID>, *, a point and a breakend"
        kind = unknown_type(allele[1:-1], self._version)
        return f"has a type of structural variant that does not exist: {printable(kind)}" if kind else ""

    def _filter(self, text: bytes) -> Iterator[Problem]:
        found = list(self._names(text, _FILTER, Rule.FILTER))
        names = text.split(b";")
        if b"0" in names:
            found.append(Problem(_FILTER + 1, Rule.FILTER, "FILTER has the name 0, which is reserved."))
        if MISSING in names:
            found.append(Problem(_FILTER + 1, Rule.FILTER, "FILTER has a missing value beside a name."))
        if not found:
            self._filters.keep(text, found=True)
        yield from found


def _qual(text: bytes) -> Iterator[Problem]:
    if not _NUMBER.fullmatch(text):
        yield Problem(_QUAL + 1, Rule.QUAL, f"QUAL has to be a number, not {printable(text)!r}.")
    # The logarithm of a probability, times minus ten, is never negative.
    elif text.startswith(b"-") and float(text) < 0:
        yield Problem(_QUAL + 1, Rule.QUAL, f"QUAL cannot be negative, as {printable(text)} is.")
