"""GT: whether it can be read, whether its alleles exist, and how many it has."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.annotator.printable import counted, printable
from services.annotator.vcf.rules.memory import Memories

# VCF specification, 1.6.2, GT. From 4.4 on, the first allele may have a phase as well.
_GENOTYPE = re.compile(rb"(?:\.|\d{1,9}+)(?:[/|](?:\.|\d{1,9}+))*+")
_PHASED_GENOTYPE = re.compile(rb"[/|]?" + _GENOTYPE.pattern)
_ALLELE = re.compile(rb"\d+|\.")


class Genotype(NamedTuple):
    """What is to be said of a GT.

    :ivar ploidy: how many alleles it has; 0 if that is unknown.
    :ivar fault: what is wrong with it, as a sentence; empty if nothing is.
    """

    ploidy: int
    fault: str


class GenotypeRules:
    """Checks GT; remembers those that were sound."""

    def __init__(self, version: str) -> None:
        self._pattern = _PHASED_GENOTYPE if version >= "4.4" else _GENOTYPE
        self._known: Memories[Genotype] = Memories()

    def genotype(self, text: bytes, alleles: int) -> Genotype:
        """A GT and what is wrong with it.

        :param alleles: how many alleles ALT has.
        """
        known = self._known.of(alleles)
        return known.get(text) or known.keep(text, self._examined(text, alleles))

    def _examined(self, text: bytes, alleles: int) -> Genotype:
        if not self._pattern.fullmatch(text):
            return Genotype(0, f"GT {printable(text)!r} is not alleles parted by / or |.")
        called = _ALLELE.findall(text)
        highest = max((int(allele) for allele in called if allele != b"."), default=0)
        if highest > alleles:
            there = counted(alleles, "allele")
            return Genotype(0, f"GT {printable(text)} names allele {highest}, but ALT has {there}.")
        # A single point is also how many write that nothing at all is known.
        return Genotype(0 if text == b"." else len(called), "")
