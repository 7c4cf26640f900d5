"""What the pack's known-variant files say about an allele: an exact join on its normal form."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import quote, unquote

import pysam

from services.annotator.annotation.alleles import (
    MAX_SHIFT_BASES,
    Change,
    normalise,
    why_skipped,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from types import TracebackType

    from services.annotator.pack.manifest import Contig, Field, Source
    from services.annotator.pack.pack import Pack
    from services.annotator.pack.reference import Reference

# Wanted positions closer than this are fetched together: reading on through a few thousand known
# variants costs less than another seek in a compressed file.
FETCH_GAP = 10_000

# What stays as it is in an INFO value. The rest is percent-encoded, as section 1.2 of the VCF
# specification asks for ; = % , and blanks (blanks since readers of version 4.2 refuse them).
_SAFE = "!\"#$&'()*+-./:<>?@[]^_`{|}~\\"
_POS, _REF, _ALT, _INFO = 1, 3, 4, 7


class Known(NamedTuple):
    """What is known about one allele.

    :ivar values: INFO key to value, encoded for INFO; of several sources the first in the manifest.
    :ivar sources: names of the sources that have the allele.
    """

    values: Mapping[str, str]
    sources: tuple[str, ...]


class KnownVariants:
    """The known-variant files of a pack, open for the time of one job."""

    def __init__(self, pack: Pack, reference: Reference) -> None:
        self._reference = reference
        self._files = [
            (source, pysam.TabixFile(str(pack.path(source.file)), encoding="utf-8"))
            for source in pack.sources
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, file in self._files:
            file.close()

    def look_up(self, contig: Contig, wanted: Collection[Change]) -> dict[Change, Known]:
        """What is known of those among the wanted changes that any source has."""
        found: dict[Change, Known] = {}
        spans = list(_spans(sorted(change.position for change in wanted)))
        for source, file in self._files:
            if contig.name not in file.contigs:
                continue
            for start, end in spans:
                for change, index, info in self._alleles(file, contig, start, end):
                    if change in wanted:
                        _add(found, change, source, _values(source.fields, index, info))
        return found

    def _alleles(
        self, file: pysam.TabixFile, contig: Contig, start: int, end: int
    ) -> Iterator[tuple[Change, int, str]]:
        """The normal form of each sequence allele of a span, its index in the record, and the INFO."""
        for line in file.fetch(contig.name, max(0, start - 1), min(contig.length, end + MAX_SHIFT_BASES)):
            fields = line.split("\t", _INFO + 1)
            position, ref = int(fields[_POS]), fields[_REF].upper()
            for index, alt in enumerate(fields[_ALT].upper().split(",")):
                if why_skipped(ref, alt) is None:
                    change = normalise(Change(position, ref, alt), contig, self._reference)
                    yield change, index, fields[_INFO]


def _spans(positions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending positions as the few spans that hold them, without wide gaps inside."""
    start = end = None
    for position in positions:
        if start is None or end is None:
            start = position
        elif position - end > FETCH_GAP:
            yield start, end
            start = position
        end = position
    if start is not None and end is not None:
        yield start, end


def _add(found: dict[Change, Known], change: Change, source: Source, values: dict[str, str]) -> None:
    known = found.get(change, Known({}, ()))
    sources = known.sources if source.name in known.sources else (*known.sources, source.name)
    found[change] = Known({**values, **known.values}, sources)


def _values(fields: Iterable[Field], index: int, info: str) -> dict[str, str]:
    """The values that one record of a source gives to its allele of this index."""
    given = dict(entry.partition("=")[::2] for entry in info.split(";"))
    values = ((field.key, _value(field, given.get(field.field, ""), index)) for field in fields)
    return {key: value for key, value in values if value}


def _value(field: Field, text: str, index: int) -> str:
    if field.per_allele:
        text = (text.split(",") + [""] * (index + 1))[index]
    if field.pattern:
        match = field.pattern.search(text)
        text = match[1] if match else ""
    if field.scale is not None:
        text = _scaled(text, field.scale)
    # A source is a VCF itself and may have encoded what it reserves.
    return "" if text == "." else quote(unquote(text), safe=_SAFE)


def _scaled(text: str, scale: Decimal) -> str:
    """A number in another unit; empty for what is not a number, such as the point of a missing value."""
    try:
        return format((scale * Decimal(text)).normalize(), "f")
    except InvalidOperation:
        return ""
