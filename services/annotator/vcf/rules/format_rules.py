"""The FORMAT column: what it names and in which order (VCF specification, 1.6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.annotator.printable import printable
from services.annotator.vcf.rules.names import is_format_key, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOCAL = frozenset({b"LAD", b"LADF", b"LADR", b"LEC", b"LGL", b"LGP", b"LPL", b"LPP"})


def format_faults(keys: Sequence[bytes], version: str) -> Iterator[str]:
    """What is wrong with the keys of a FORMAT column, as sentences."""
    for key in keys:
        if not key:
            yield "FORMAT has an empty name."
        elif not is_format_key(key, version):
            yield f"FORMAT has the key {printable(key)!r}; such a name is not allowed."
    if b"GT" in keys[1:]:
        yield "GT has to be the first key of FORMAT."
    if again := repeated(filter(None, keys)):
        yield f"FORMAT has {printable(again)} more than once."
    if version >= "4.5":
        yield from _local_allele_faults(keys)


def _local_allele_faults(keys: Sequence[bytes]) -> Iterator[str]:
    """From 4.5 on, LAA goes with the fields of local alleles and precedes all but GT."""
    if not _LOCAL.isdisjoint(keys) and b"LAA" not in keys[:2]:
        yield "FORMAT has fields of local alleles, so LAA has to come first, or right after GT."
