"""What a genotype says of one allele of its record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_SEPARATORS = re.compile(r"[/|]")
_REFERENCE, _NOT_CALLED = "0", "."


class Call(NamedTuple):
    """The genotype of a sample, beside the allele that the row is about.

    :ivar text: as in the file (VCF 4.3, section 1.6.2, GT); None where there is none.
    :ivar allele: counted from 1.
    """

    text: str | None
    allele: int


def calls_wanted(calls: Sequence[Call], genotype: str) -> list[Call]:
    """Those that are what is asked for: one of `services.web.viewer.filters.GENOTYPES`.

    A haploid call of the allele counts as homozygous. One that misses an allele is neither heterozygous nor
    homozygous, but it has the allele if that was called.
    """
    return [call for call in calls if genotype in _kinds(call)]


def _kinds(call: Call) -> set[str]:
    alleles = [each for each in _SEPARATORS.split(call.text or _NOT_CALLED) if each]
    if _NOT_CALLED in alleles or not alleles:
        return {"missing", "carrier"} if str(call.allele) in alleles else {"missing"}
    if str(call.allele) not in alleles:
        return {"reference"} if set(alleles) == {_REFERENCE} else set()
    return {"carrier", "homozygous" if len(set(alleles)) == 1 else "heterozygous"}
