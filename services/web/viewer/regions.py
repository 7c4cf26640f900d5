"""Regions of the reference as people write them: MT, MT:3243, MT:3000-4000, MT:3,000-."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

#: Positions of VCF are 32-bit integers.
MAX_POSITION = 2**31 - 1

_WITH_POSITIONS = re.compile(r"(?P<contig>.+):(?P<start>[0-9][0-9,]*)(?:(?P<dash>-)(?P<end>[0-9][0-9,]*)?)?")
_SHOWN_CONTIGS = 5


@dataclass(frozen=True)
class Region:
    """A contig, or a part of one; both positions are counted from 1 and inside.

    :ivar end: None for the end of the contig.
    """

    contig: str
    start: int = 1
    end: int | None = None

    def __str__(self) -> str:
        if self.end is None:
            return self.contig if self.start == 1 else f"{self.contig}:{self.start}-"
        if self.start == self.end:
            return f"{self.contig}:{self.start}"
        return f"{self.contig}:{self.start}-{self.end}"


def read_region(text: str, contigs: Collection[str]) -> Region:
    """The region that a text means in a file with these contigs.

    A contig may be written with or without "chr", and the mitochondrion as M or MT.

    :raises ValueError: there is none; the text of the error is for the user.
    """
    whole = _spelling(text, contigs)
    if whole:  # A name may have a colon in it.
        return Region(whole)
    match = _WITH_POSITIONS.fullmatch(text)
    contig = _spelling(match["contig"] if match else text, contigs)
    if not contig:
        raise ValueError(_no_contig(match["contig"] if match else text, contigs))
    assert match
    start = _position(match["start"])
    end = start if not match["dash"] else _position(match["end"]) if match["end"] else None
    if end is not None and end < start:
        raise ValueError(f"{text} ends before it starts; write it as {contig}:{end}-{start}.")
    return Region(contig, start, end)


def looks_like_region(text: str, contigs: Collection[str]) -> bool:
    """Whether a text is rather a region than the name of a gene."""
    return bool(_WITH_POSITIONS.fullmatch(text) or _spelling(text, contigs))


def _spelling(name: str, contigs: Collection[str]) -> str | None:
    """What the file calls a contig, None if it does not have it."""
    if name in contigs:
        return name
    plain = _plain(name)
    return next((contig for contig in contigs if _plain(contig) == plain), None)


def _plain(name: str) -> str:
    bare = name.upper().removeprefix("CHR")
    return "MT" if bare == "M" else bare


def _position(text: str) -> int:
    digits = text.replace(",", "")
    position = int(digits) if len(digits) <= len(str(MAX_POSITION)) else MAX_POSITION + 1
    if not 1 <= position <= MAX_POSITION:
        raise ValueError(f"{text} is no position; positions go from 1 to {MAX_POSITION:,}.")
    return position


def _no_contig(name: str, contigs: Collection[str]) -> str:
    shown = ", ".join(sorted(contigs)[:_SHOWN_CONTIGS])
    more = " and others" if len(contigs) > _SHOWN_CONTIGS else ""
    return f"This file has no contig {name}; it has {shown}{more}."
