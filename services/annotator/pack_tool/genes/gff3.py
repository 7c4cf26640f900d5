"""Lines of GFF3: the columns, and the attributes of the last one.

https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from gas.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMNS = 9


class Feature(NamedTuple):
    """A line.

    :ivar start: the first base, counted from 1.
    :ivar end: the last base.
    :ivar phase: of a CDS the bases to skip before the first whole codon, as text, or a point.
    """

    source: str
    type: str
    start: int
    end: int
    strand: str
    phase: str
    attributes: Mapping[str, str]

    @property
    def id(self) -> str:
        """Its ID, or nothing."""
        return self.attributes.get("ID", "")

    @property
    def parents(self) -> list[str]:
        """The IDs of what it is a part of."""
        parent = self.attributes.get("Parent")
        return parent.split(",") if parent else []


def read_feature(line: str) -> Feature:
    """What a line says, given without its end.

    :raises InvalidInput: if it is not a line of GFF3.
    """
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise InvalidInput(
            f"A line of the gene models has {len(columns)} columns and not nine: {line[:80]!r}"
        )
    _, source, type_, start, end, _, strand, phase, attributes = columns
    if not start.isdecimal() or not end.isdecimal():
        raise InvalidInput(f"A line of the gene models has no start and end: {line[:80]!r}")
    return Feature(source, type_, int(start), int(end), strand, phase, read_attributes(attributes))


def read_attributes(text: str) -> dict[str, str]:
    """The attributes by name; what is percent-encoded is decoded, but commas still separate values."""
    pairs = (entry.partition("=") for entry in text.split(";"))
    if "%" in text:
        return {name.strip(): unquote(value) for name, _, value in pairs if name.strip()}
    return {name.strip(): value for name, _, value in pairs if name.strip()}
