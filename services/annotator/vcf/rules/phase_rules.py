"""PSL, PSO and PSQ of a sample: a phase set for each allele that is phased (VCF specification 4.4, 1.6.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.vcf.rules.typed_values import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ALLELE = re.compile(rb"([/|]?)[^/|]+")


def phase_faults(keys: Sequence[bytes], values: Sequence[bytes]) -> Iterator[str]:
    """What is wrong with the phase sets of a sample, as sentences.

    :param keys: of FORMAT, with GT first and PSL among them.
    """
    fields = dict(zip(keys, values, strict=False))
    sets = fields.get(b"PSL", MISSING).split(b",")
    phased = _phased(fields[b"GT"])
    if any(name != MISSING and not is_phased for name, is_phased in zip(sets, phased, strict=False)):
        yield "PSL names a phase set for an allele that is not phased."
    for key in (b"PSO", b"PSQ"):
        pairs = zip(fields.get(key, MISSING).split(b","), sets, strict=False)
        if any(value != MISSING and name == MISSING for value, name in pairs):
            yield f"{key.decode()} has a value for an allele that is in no phase set."


def _phased(genotype: bytes) -> list[bool]:
    """Which alleles are phased; a first one without a sign is, unless another one is not."""
    signs = _ALLELE.findall(genotype)
    if signs and not signs[0]:
        signs[0] = b"/" if b"/" in signs else b"|"
    return [sign == b"|" for sign in signs]
