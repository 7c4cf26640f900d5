"""INFO of a record against what is declared and reserved (VCF specification, 1.6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.records import INFO
from services.annotator.vcf.rules.memory import Memories, Memory
from services.annotator.vcf.rules.names import is_info_key, repeated
from services.annotator.vcf.rules.remark import Problem, Rule
from services.annotator.vcf.rules.reserved_keys import NOT_NEGATIVE, PER_ALLELE, reserved_info
from services.annotator.vcf.rules.typed_values import MISSING, Check, compiled, expected, faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.annotator.vcf.rules.definitions import Definition

_COLUMN = INFO + 1


class InfoRules:
    """Checks INFO; remembers how to check a key, but no record."""

    def __init__(self, version: str, declared: Mapping[bytes, Definition]) -> None:
        self._version = version
        self._definitions = {**reserved_info(version), **declared}
        if (cigar := self._definitions[b"CIGAR"]).type == b"String":
            self._definitions[b"CIGAR"] = cigar._replace(type=b"CIGAR")
        self._checks: Memories[Check] = Memories()
        # A declared key with a name that is not allowed is a matter of the header.
        self._names: Memory[bool] = Memory(dict.fromkeys(self._definitions, True))

    def problems(self, info: bytes, alleles: int) -> Iterator[Problem]:
        """What is wrong with INFO.

        :param alleles: how many alleles ALT has.
        """
        if info == MISSING:
            return
        checks = self._checks.of(alleles)
        keys: set[bytes] = set()
        entries = info.split(b";")
        for entry in entries:
            key, equals, value = entry.partition(b"=")
            keys.add(key)
            check = checks.get(key) or checks.keep(key, self._check(key, alleles))
            sound, wanted, definition = check
            # An undeclared key without a value is a flag.
            if (not sound(value) and (equals or definition)) or (
                wanted and value.count(b",") + 1 != wanted and value != MISSING
            ):
                yield from _explained(key, value, check)
        yield from self._syntax(info, entries, keys)

    def _check(self, key: bytes, alleles: int) -> Check:
        definition = self._definitions.get(key)
        number = definition.number if definition else MISSING
        # INFO has no genotype, so that no number follows from G.
        wanted = expected(number, alleles, 0)
        if number == MISSING and self._version >= "4.4":
            wanted = PER_ALLELE.get(key, 0) * alleles
        return compiled(definition, wanted, not_negative=key in NOT_NEGATIVE)

    def _syntax(self, info: bytes, entries: list[bytes], keys: set[bytes]) -> Iterator[Problem]:
        """What is wrong with INFO besides its values."""
        if len(keys) < len(entries) and (again := repeated(filter(None, _keys(entries)))):
            yield _problem(f"INFO has {printable(again)} more than once.")
        if b" " in info and self._version < "4.3":
            yield _problem(f"INFO has a blank, which VCF {self._version} does not allow.")
        for key in keys - self._names.keys():
            if not key:
                yield _problem("INFO has an empty entry.")
            elif not is_info_key(key, self._version):
                yield _problem(f"INFO has the key {printable(key)!r}; such a name is not allowed.")
            else:
                self._names.keep(key, found=True)


def _keys(entries: list[bytes]) -> Iterator[bytes]:
    return (entry.partition(b"=")[0] for entry in entries)


def _explained(key: bytes, value: bytes, check: Check) -> Iterator[Problem]:
    for is_number, sentence in faults(key, value, check):
        yield Problem(_COLUMN, Rule.INFO_NUMBER if is_number else Rule.INFO_TYPE, sentence)


def _problem(sentence: str) -> Problem:
    return Problem(_COLUMN, Rule.INFO_SYNTAX, sentence)
