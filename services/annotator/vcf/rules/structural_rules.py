"""Structural variants by the rules of VCF 4.4 and 4.5 (section 3): which INFO fields they need.

They are not annotated, but whoever gets the result may read them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.header import FIXED_COLUMNS
from services.annotator.vcf.records import ALT, INFO
from services.annotator.vcf.rules.remark import Problem, Rule
from services.annotator.vcf.rules.tandem_repeat_rules import TANDEM_REPEAT, interval_fault, repeat_faults
from services.annotator.vcf.rules.typed_values import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FORMAT = len(FIXED_COLUMNS)
_SYMBOLIC = re.compile(rb"<(DEL|INS|DUP|INV|CNV)(?::[^>]*)?>")
_BREAKEND = b"breakend"

# What the alleles of each type may claim to be seen by: abundance (D), adjacency (J) or both.
_CLAIMS = {
    b"DEL": {b"D", b"J", b"DJ"},
    b"DUP": {b"D", b"J", b"DJ"},
    b"CNV": {b"D", MISSING},
    b"INS": {b"J", b"DJ", MISSING},
    b"INV": {b"J", b"DJ", MISSING},
    _BREAKEND: {b"J", MISSING},
}
_COPY_NUMBER = frozenset({b"CNV", b"DEL", b"DUP"})


def structural_problems(fields: Sequence[bytes]) -> Iterator[Problem]:
    """What is wrong with the structural variants of a record of VCF 4.4 or later."""
    alt = fields[ALT]
    if b"<" not in alt and b"[" not in alt and b"]" not in alt:
        return
    alleles = alt.split(b",")
    types = [_type(allele) for allele in alleles]
    info = _lists(fields[INFO])
    for fault in _faults(alleles, types, info):
        yield Problem(INFO + 1, Rule.STRUCTURAL, fault)
    if len(fields) > _FORMAT and b"CN" in fields[_FORMAT].split(b":") and _differ(types, info):
        sentence = "FORMAT has CN, so all DEL, DUP and CNV alleles need the same SVLEN."
        yield Problem(INFO + 1, Rule.STRUCTURAL, sentence)


def _type(allele: bytes) -> bytes:
    """The type of structural variant; empty if it is none, or one without rules."""
    if symbolic := _SYMBOLIC.fullmatch(allele):
        return symbolic[1]
    return _BREAKEND if b"[" in allele or b"]" in allele else b""


def _lists(info: bytes) -> dict[bytes, list[bytes]]:
    """The INFO fields with their values, of which a flag has none."""
    pairs = (entry.partition(b"=") for entry in info.split(b";"))
    return {key: value.split(b",") if equals else [] for key, equals, value in pairs}


def _faults(alleles: list[bytes], types: list[bytes], info: dict[bytes, list[bytes]]) -> Iterator[str]:
    structural = [kind for kind in types if kind and kind != _BREAKEND]
    if structural and b"SVLEN" not in info:
        yield f"INFO has no SVLEN, which {structural[0].decode()} needs."
    yield from _claim_faults(types, info.get(b"SVCLAIM", []))
    for key in (b"CIPOS", b"CIEND"):
        if fault := interval_fault(key, info.get(key, [])):
            yield fault
    if any(allele.startswith(TANDEM_REPEAT) for allele in alleles):
        yield from repeat_faults(alleles, info)


def _claim_faults(types: list[bytes], claims: list[bytes]) -> Iterator[str]:
    # A claim too few is a matter of Number; without any, all are missing.
    for kind, claim in zip(types, claims or [MISSING] * len(types), strict=False):
        if claim not in _CLAIMS.get(kind, {claim}):
            allowed = " ".join(sorted(text.decode() for text in _CLAIMS[kind]))
            yield f"SVCLAIM of {kind.decode()} has to be one of {allowed}, not {printable(claim)!r}."


def _differ(types: list[bytes], info: dict[bytes, list[bytes]]) -> bool:
    lengths = zip(types, info.get(b"SVLEN", []), strict=False)
    return len({length for kind, length in lengths if kind in _COPY_NUMBER}) > 1
