"""FORMAT and the samples of a record (VCF specification, 1.6.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.annotator.printable import counted
from services.annotator.vcf.header import FIXED_COLUMNS
from services.annotator.vcf.rules.format_rules import format_faults
from services.annotator.vcf.rules.genotype_rules import GenotypeRules
from services.annotator.vcf.rules.memory import Memory
from services.annotator.vcf.rules.phase_rules import phase_faults
from services.annotator.vcf.rules.remark import Problem, Rule
from services.annotator.vcf.rules.reserved_keys import reserved_format
from services.annotator.vcf.rules.typed_values import MISSING, UNCHECKED, Check, compiled, expected, faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from services.annotator.vcf.rules.definitions import Definition

_FORMAT = len(FIXED_COLUMNS) + 1

# Numbers of alleles and ploidies for which the checks of a FORMAT are remembered.
_MOST_KINDS = 16

# Without GT, values for each genotype are those of a diploid one (1.6.2, GL).
_DIPLOID = 2


@dataclass(frozen=True, slots=True)
class _Form:
    """A FORMAT and how its samples are checked.

    :ivar checks: of the fields in their order, by the number of ALT alleles and the ploidy.
    """

    keys: tuple[bytes, ...]
    has_genotype: bool
    is_phased: bool
    faults: tuple[str, ...]
    checks: dict[tuple[int, int], tuple[Check, ...]] = field(default_factory=dict)


class SampleRules:
    """Checks FORMAT and samples; remembers how to check a FORMAT, but no record."""

    def __init__(self, version: str, declared: Mapping[bytes, Definition]) -> None:
        self._version = version
        self._definitions = {**reserved_format(version), **declared}
        self._genotypes = GenotypeRules(version)
        self._forms: Memory[_Form] = Memory()

    def problems(self, form: bytes, samples: Sequence[bytes], alleles: int) -> Iterator[Problem]:
        """What is wrong with FORMAT and the samples.

        :param alleles: how many alleles ALT has.
        """
        if form == MISSING:
            return
        known = self._forms.get(form) or self._forms.keep(form, self._read(form))
        for fault in known.faults:
            yield Problem(_FORMAT, Rule.FORMAT, fault)
        for column, sample in enumerate(samples, _FORMAT + 1):
            yield from self._sample(known, column, sample.split(b":"), alleles)

    def _sample(self, form: _Form, column: int, values: list[bytes], alleles: int) -> Iterator[Problem]:
        if len(values) > len(form.keys):
            found = counted(len(values), "value")
            sentence = f"The sample has {found}, but FORMAT has {counted(len(form.keys), 'name')}."
            yield Problem(column, Rule.SAMPLE_SYNTAX, sentence)
        ploidy = _DIPLOID
        if form.has_genotype:
            ploidy, fault = self._genotypes.genotype(values[0], alleles)
            if fault:
                yield Problem(column, Rule.GENOTYPE, fault)
        checks = form.checks.get((alleles, ploidy)) or self._compile(form, alleles, ploidy)
        for key, value, check in zip(form.keys, values, checks, strict=False):
            sound, wanted, _ = check
            if not sound(value) or (wanted and value.count(b",") + 1 != wanted and value != MISSING):
                yield from _explained(column, key, value, check)
        if form.is_phased:
            for fault in phase_faults(form.keys, values):
                yield Problem(column, Rule.PHASE_SET, fault)

    def _read(self, form: bytes) -> _Form:
        keys = tuple(form.split(b":"))
        phased = self._version >= "4.4" and keys[0] == b"GT" and b"PSL" in keys
        return _Form(keys, keys[0] == b"GT", phased, tuple(format_faults(keys, self._version)))

    def _compile(self, form: _Form, alleles: int, ploidy: int) -> tuple[Check, ...]:
        """The checks of the fields; GT is looked at by itself."""
        checks = tuple(self._check(key, alleles, ploidy) for key in form.keys)
        if form.has_genotype:
            checks = (UNCHECKED, *checks[1:])
        if len(form.checks) < _MOST_KINDS:
            form.checks[alleles, ploidy] = checks
        return checks

    def _check(self, key: bytes, alleles: int, ploidy: int) -> Check:
        definition = self._definitions.get(key)
        return compiled(definition, expected(definition.number, alleles, ploidy) if definition else 0)


def _explained(column: int, key: bytes, value: bytes, check: Check) -> Iterator[Problem]:
    for is_number, sentence in faults(key, value, check):
        yield Problem(column, Rule.SAMPLE_NUMBER if is_number else Rule.SAMPLE_TYPE, sentence)
