"""What contigs, keys and symbolic alleles may be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# VCF specification 4.3, 1.4.7: the names of SAM. An asterisk may stand anywhere but at the start.
_CONTIG = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")

# 1.6.1, ALT: no blanks, commas or angle brackets in the ID of a symbolic allele.
_SYMBOLIC = re.compile(rb"[^\s,<>]+")

# 1.6.1, INFO, and 1.6.2, of 4.3. A FORMAT key may have percent-encoded characters besides: they are sound
# in the corpus of EBI, and no reader takes offence.
_INFO_KEY = re.compile(rb"[A-Za-z_][0-9A-Za-z_.]*|1000G")
_FORMAT_KEY = re.compile(rb"[A-Za-z_](?:[0-9A-Za-z_.]|%[0-9A-F]{2})*")

# 4.1 and 4.2 say nothing of the characters of an INFO key but that blanks are none, and of FORMAT keys
# that they are alphanumeric. The underscore and the point of 4.3 were in use long before.
_OLD_INFO_KEY = re.compile(rb"[^\s;=,]+")
_OLD_FORMAT_KEY = re.compile(rb"(?:[0-9A-Za-z_.]|%[0-9A-F]{2})+")

# 1.4.5: what the ID of a symbolic structural variant starts with.
_STRUCTURAL = frozenset({b"DEL", b"INS", b"DUP", b"INV", b"CNV"})


def is_contig(name: bytes) -> bool:
    """Whether a contig may have this name."""
    return _CONTIG.fullmatch(name) is not None


def is_chrom(text: bytes) -> bool:
    """Whether CHROM may be this: the name of a contig, or of one in the assembly file, in brackets."""
    if text.startswith(b"<") and text.endswith(b">"):
        return _SYMBOLIC.fullmatch(text[1:-1]) is not None
    return is_contig(text)


def is_symbolic(name: bytes) -> bool:
    """Whether a symbolic allele may have this ID, given without its brackets."""
    return _SYMBOLIC.fullmatch(name) is not None


def is_info_key(key: bytes, version: str) -> bool:
    """Whether an INFO field may have this key."""
    return (_INFO_KEY if version >= "4.3" else _OLD_INFO_KEY).fullmatch(key) is not None


def is_format_key(key: bytes, version: str) -> bool:
    """Whether a FORMAT field may have this key."""
    return (_FORMAT_KEY if version >= "4.3" else _OLD_FORMAT_KEY).fullmatch(key) is not None


def repeated(names: Iterable[bytes]) -> bytes | None:
    """The first name that comes again, if one does."""
    seen: set[bytes] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def unknown_type(name: bytes, version: str) -> bytes | None:
    """What stands for the type in a symbolic ID of type and subtype, if it is none; BND is one in 4.3.

    IDs without a colon are free: <NON_REF>, <CN0> and many others are in use in every version.
    """
    first, colon, _ = name.partition(b":")
    if not colon or first in _STRUCTURAL or (first == b"BND" and version == "4.3"):
        return None
    return first
