"""What in a record breaks the specification but does not stand in the way of annotation."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from services.annotator.vcf.header import FIXED_COLUMNS
from services.annotator.vcf.records import ALT, INFO
from services.annotator.vcf.rules.column_rules import ColumnRules
from services.annotator.vcf.rules.definitions import read_definitions
from services.annotator.vcf.rules.info_rules import InfoRules
from services.annotator.vcf.rules.remark import Problem, Remark, Rule
from services.annotator.vcf.rules.sample_rules import SampleRules
from services.annotator.vcf.rules.structural_rules import structural_problems
from services.annotator.vcf.rules.typed_values import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.annotator.vcf.header import Header

# Samples of a record that are looked at: what a caller does wrong in one it does wrong in most.
MOST_SAMPLES = 100

# How much of a record is looked at, and how many remarks are made about it: with this, no record takes
# longer than some milliseconds, whatever is in it.
MOST_BYTES = 1 << 16
MOST_REMARKS = 20

_FORMAT = len(FIXED_COLUMNS)
_MOST_FIELDS = _FORMAT + 1 + MOST_SAMPLES

# Characters that no line may have (VCF specification 4.3, 1.2).
_CONTROL = bytes({*range(0x20)} - {0x09})


class RecordRules:
    """Checks records one by one, of which each passed the checks of ``records.read_records``.

    No record is remembered, so the remarks about one do not depend on the others.
    """

    def __init__(self, header: Header) -> None:
        definitions = read_definitions(header)
        self._version = header.version
        self._columns = ColumnRules(header.version)
        self._info = InfoRules(header.version, definitions.info)
        self._samples = SampleRules(header.version, definitions.format)

    def check(self, line: int, raw: bytes) -> Iterator[Remark]:
        """All that is to be said about a record.

        :param line: its line of the uncompressed file, counted from 1.
        :param raw: its bytes, without the line end.
        """
        looked_at = raw if len(raw) <= MOST_BYTES else raw[: raw.rfind(b"\t", 0, MOST_BYTES)]
        fields = looked_at.split(b"\t", _MOST_FIELDS)[:_MOST_FIELDS]
        if len(fields) > INFO:
            for column, rule, sentence in islice(self._problems(looked_at, fields), MOST_REMARKS):
                yield Remark(line, column, rule, sentence)

    def _problems(self, raw: bytes, fields: list[bytes]) -> Iterator[Problem]:
        alleles = 0 if fields[ALT] == MISSING else fields[ALT].count(b",") + 1
        if self._version >= "4.3":
            yield from _encoding(raw)
        yield from self._columns.problems(fields)
        yield from self._info.problems(fields[INFO], alleles)
        if len(fields) > _FORMAT:
            yield from self._samples.problems(fields[_FORMAT], fields[_FORMAT + 1 :], alleles)
        if self._version >= "4.4":
            yield from structural_problems(fields)


def _encoding(raw: bytes) -> Iterator[Problem]:
    if _has_control(raw):
        yield Problem(_first(raw, _has_control), Rule.ENCODING, "The column has a control character.")
    if not raw.isascii() and not _is_utf8(raw):
        column = _first(raw, lambda text: not _is_utf8(text))
        yield Problem(column, Rule.ENCODING, "The column is not in UTF-8.")


def _has_control(text: bytes) -> bool:
    return len(text.translate(None, _CONTROL)) < len(text)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _first(raw: bytes, is_meant: Callable[[bytes], bool]) -> int:
    """The first column, counted from 1, of which something holds."""
    return next(column for column, text in enumerate(raw.split(b"\t"), 1) if is_meant(text))
