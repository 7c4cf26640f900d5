"""Columns of samples that other tools cannot read: the records are kept, and the first is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.header import FIXED_COLUMNS

if TYPE_CHECKING:
    from services.annotator.vcf.header import Header
    from services.annotator.vcf.records import Record

# The samples of a record are looked at if they are this short, which costs little beside the record,
# or as long as this much was not yet looked at, or in every such-and-such record.
NARROW_BYTES = 1 << 9
CHECKED_BYTES = 2 << 20
SPARSELY = 32

# What the htslib of bcftools reads as GT: alleles by number or a point, parted by / or |, from VCF 4.4
# on with one before the first. A number of more digits than this it does not read.
_GENOTYPE = rb"[/|]?(?:\.|\+?\d{1,9}+)(?:[/|](?:\.|\+?\d{1,9}+))*+"
_ANY = rb"[^:\t]++"
_READABLE = re.compile(_GENOTYPE)

_SAMPLES = len(FIXED_COLUMNS)


class Genotypes:
    """Looks at the columns of samples as they pass.

    :ivar warning: what is wrong with the first column that bcftools cannot read, as a sentence.
    """

    def __init__(self, header: Header) -> None:
        self.warning = ""
        self._columns = header.columns
        self._form = b""
        self._sound: re.Pattern[bytes] = re.compile(b"")
        self._room = CHECKED_BYTES
        self._passed = 0

    def check(self, record: Record) -> None:
        """Look at a record, if it has samples and nothing was found yet."""
        if self.warning or len(record.fields) == _SAMPLES or not self._has_turn(len(record.fields[_SAMPLES])):
            return
        form, tab, samples = record.fields[_SAMPLES].partition(b"\t")
        if form == b"." or not tab:
            return
        if form != self._form:
            self._form, self._sound = form, _sound(form)
        if not self._sound.fullmatch(samples):
            self.warning = self._sentence(record.line, form.split(b":"), samples.split(b"\t"))

    def _has_turn(self, size: int) -> bool:
        if size <= NARROW_BYTES:
            return True
        self._room -= size
        self._passed += 1
        return self._room > 0 or self._passed % SPARSELY == 0

    def _sentence(self, line: int, form: list[bytes], samples: list[bytes]) -> str:
        names = self._columns.split(b"\t")[_SAMPLES + 1 :]
        found = ((name, _problem(form, sample)) for name, sample in zip(names, samples, strict=True))
        name, problem = next((name, problem) for name, problem in found if problem)
        return (
            f"Line {line}, sample {printable(name)}: {problem} cannot be read by bcftools; "
            "the file was annotated all the same."
        )


def _sound(form: bytes) -> re.Pattern[bytes]:
    """What samples of a FORMAT look like, all of them in one text."""
    first, *more = form.split(b":")
    sample = (_GENOTYPE if first == b"GT" else _ANY) + rb"(?::[^:\t]*+){0,%d}+" % len(more)
    return re.compile(rb"(?:%s(?:\t(?!\Z)|\Z))++" % sample)


def _problem(form: list[bytes], sample: bytes) -> str:
    values = sample.split(b":")
    if not sample:
        return "an empty column"
    if len(values) > len(form):
        return f"more values ({len(values):,}) than FORMAT has names ({len(form):,})"
    if form[0] == b"GT":
        return "" if _READABLE.fullmatch(values[0]) else f"GT {printable(values[0])!r}"
    return "" if values[0] else "an empty value"
