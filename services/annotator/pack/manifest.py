"""The parts of a pack's manifest, each read from its JSON with its shape checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# The INFO key syntax of VCF 4.3, section 1.6.1.
_KEY = re.compile(r"[A-Za-z_][0-9A-Za-z_.]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Contig:
    """A sequence of the reference.

    :ivar length: in bases.
    :ivar md5: of the upper-case bases, as in a SAM header's M5.
    :ivar genetic_code: NCBI translation table, 1 is the standard one and 2 the vertebrate mitochondrial.
    :ivar aliases: other names that files give to this same sequence.
    """

    name: str
    length: int
    md5: str
    genetic_code: int
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class InfoKey:
    """An INFO key that the known variants contribute, with one value for each ALT allele.

    :ivar significance: whether the value is a statement on what the variant does to people.
    """

    id: str
    type: str
    description: str
    significance: bool


@dataclass(frozen=True)
class Field:
    """How one INFO field of a source becomes a value of one of our keys.

    :ivar per_allele: the source gives a comma-separated value for each of its ALT alleles.
    :ivar scale: factor from the source's unit to ours, for instance 0.01 from percent to fraction.
    :ivar pattern: what part of the value is taken: the first group of this regular expression.
    """

    key: str
    field: str
    per_allele: bool
    scale: Decimal | None
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class Source:
    """One file of known variants: a bgzipped VCF with its .tbi beside it."""

    name: str
    title: str
    file: str
    version: str
    licence: str
    attribution: str
    url: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class PackFile:
    """A file of the pack and what its bytes hash to."""

    name: str
    sha256: str


def text(document: Mapping[str, Any], key: str) -> str:
    """The non-empty text under a key."""
    value = document[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} has to be a text, not {value!r}")
    return value


def contig(document: Mapping[str, Any]) -> Contig:
    """A contig of the reference."""
    length, code = document["length"], document["genetic_code"]
    if not isinstance(length, int) or not isinstance(code, int) or length < 1 or code < 1:
        raise ValueError(f"the length and genetic code of contig {document['name']} have to be positive")
    aliases = document["aliases"]
    if not isinstance(aliases, list) or not all(isinstance(alias, str) and alias for alias in aliases):
        raise ValueError(f"the aliases of contig {document['name']} have to be a list of names")
    return Contig(text(document, "name"), length, text(document, "md5"), code, tuple(aliases))


def info_key(document: Mapping[str, Any]) -> InfoKey:
    """An INFO key; its name and type have to be ones that a VCF header can declare."""
    name, kind = text(document, "id"), text(document, "type")
    if not _KEY.fullmatch(name) or kind not in {"String", "Integer", "Float"}:
        raise ValueError(f"{name} of type {kind} is not an INFO key")
    description = text(document, "description")
    if '"' in description or "\\" in description:
        raise ValueError(f"the description of {name} has a quote or a backslash")
    return InfoKey(name, kind, description, bool(document.get("significance", False)))


def source(document: Mapping[str, Any]) -> Source:
    """A file of known variants and the fields that are taken from it."""
    return Source(
        name=text(document, "name"),
        title=text(document, "title"),
        file=text(document, "file"),
        version=text(document, "version"),
        licence=text(document, "licence"),
        attribution=text(document, "attribution"),
        url=text(document, "url"),
        fields=tuple(map(_field, document["fields"])),
    )


def _field(document: Mapping[str, Any]) -> Field:
    scale, pattern = document.get("scale"), document.get("pattern")
    return Field(
        key=text(document, "key"),
        field=text(document, "field"),
        per_allele=bool(document["per_allele"]),
        scale=Decimal(scale) if scale else None,
        pattern=re.compile(pattern) if pattern else None,
    )


def pack_file(document: Mapping[str, Any]) -> PackFile:
    """A file of the pack; its name may not lead out of the folder."""
    name, digest = text(document, "name"), text(document, "sha256")
    if len(PurePosixPath(name).parts) != 1 or name == "..":
        raise ValueError(f"{name} is not a file in the folder of the pack")
    if not _SHA256.fullmatch(digest):
        raise ValueError(f"{digest} is not a SHA-256 digest")
    return PackFile(name, digest)
