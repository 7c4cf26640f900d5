"""The parts of a pack's manifest, each read from its JSON with its shape checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# The layout of packs that this code reads and makes; docs/packs.md describes it.
SCHEMA = 2

# The INFO key syntax of VCF 4.3, section 1.6.1.
_KEY = re.compile(r"[A-Za-z_][0-9A-Za-z_.]*")
_TYPES = frozenset({"String", "Integer", "Float"})
_MD5 = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

# A file of a pack is also a file on disk and the end of an object's key: plain characters, one folder.
_FILE_NAME = re.compile(r"(?:[0-9A-Za-z_][0-9A-Za-z_.-]*/)?[0-9A-Za-z_][0-9A-Za-z_.-]*")


class Role(StrEnum):
    """What the value of a key means to people, where a page or a log treats it in a special way."""

    RSID = "rsid"
    SIGNIFICANCE = "significance"
    DISEASE = "disease"
    FREQUENCY = "frequency"
    SCORE = "score"


class Kind(StrEnum):
    """What a source knows: single alleles, or stretches of the reference."""

    ALLELES = "alleles"
    INTERVALS = "intervals"


@dataclass(frozen=True)
class Contig:
    """A sequence of the reference.

    :ivar length: in bases.
    :ivar md5: of the upper-case bases, as in a SAM header's M5.
    :ivar genetic_code: NCBI translation table, 1 is the standard one and 2 the vertebrate mitochondrial.
    :ivar aliases: other names that files give to this same sequence.
    :ivar accession: its versioned name in the sequence databases, as HGVS wants it, if it is known.
    :ivar genes: the file of gene models that has its genes, or None if it has none.
    """

    name: str
    length: int
    md5: str
    genetic_code: int
    aliases: tuple[str, ...]
    accession: str | None
    genes: str | None


@dataclass(frozen=True)
class InfoKey:
    """An INFO key that the known variants contribute, with one value for each ALT allele.

    :ivar role: what the value means to people, or None if nothing treats it in a special way.
    """

    id: str
    type: str
    description: str
    role: Role | None


@dataclass(frozen=True)
class Source:
    """One file of known variants or intervals, a Parquet file.

    :ivar records: how many rows it has.
    :ivar keys: the INFO keys that it has a column for, in the order of the columns.
    """

    name: str
    title: str
    file: str
    kind: Kind
    records: int
    version: str
    licence: str
    attribution: str
    url: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class PackFile:
    """A file of the pack, what its bytes hash to, and how many there are."""

    name: str
    sha256: str
    size: int


def text(document: Mapping[str, Any], key: str) -> str:
    """The non-empty text under a key."""
    value = document[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} has to be a text, not {value!r}")
    return value


def _optional_text(document: Mapping[str, Any], key: str) -> str | None:
    return None if document[key] is None else text(document, key)


def _number(document: Mapping[str, Any], key: str, least: int) -> int:
    value = document[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{key} of {document['name']} has to be a number from {least} up, not {value!r}")
    return value


def _names(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = document[key]
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ValueError(f"the {key} of {document['name']} have to be a list of names")
    return tuple(value)


def contig(document: Mapping[str, Any]) -> Contig:
    """A contig of the reference."""
    md5 = text(document, "md5")
    if not _MD5.fullmatch(md5):
        raise ValueError(f"{md5} is not an MD5 digest")
    return Contig(
        name=text(document, "name"),
        length=_number(document, "length", 1),
        md5=md5,
        genetic_code=_number(document, "genetic_code", 1),
        aliases=_names(document, "aliases"),
        accession=_optional_text(document, "accession"),
        genes=_optional_text(document, "genes"),
    )


def info_key(document: Mapping[str, Any]) -> InfoKey:
    """An INFO key; its name and type have to be ones that a VCF header can declare."""
    name, kind = text(document, "id"), text(document, "type")
    if not _KEY.fullmatch(name) or kind not in _TYPES:
        raise ValueError(f"{name} of type {kind} is not an INFO key")
    description = text(document, "description")
    if any(character in '"\\' or not character.isprintable() for character in description):
        raise ValueError(f"the description of {name} has a quote, a backslash or a character without a shape")
    role = _optional_text(document, "role")
    return InfoKey(name, kind, description, None if role is None else Role(role))


def source(document: Mapping[str, Any]) -> Source:
    """A file of known variants or intervals and the keys that it gives values to."""
    return Source(
        name=text(document, "name"),
        title=text(document, "title"),
        file=text(document, "file"),
        kind=Kind(document["kind"]),
        records=_number(document, "records", 0),
        version=text(document, "version"),
        licence=text(document, "licence"),
        attribution=text(document, "attribution"),
        url=text(document, "url"),
        keys=_names(document, "keys"),
    )


def pack_file(document: Mapping[str, Any]) -> PackFile:
    """A file of the pack; its name may not lead out of the folder."""
    name, digest = text(document, "name"), text(document, "sha256")
    if not _FILE_NAME.fullmatch(name) or len(PurePosixPath(name).parts) > 2:  # noqa: PLR2004 (folder/file)
        raise ValueError(f"{name} is not a file in the folder of the pack")
    if not _SHA256.fullmatch(digest):
        raise ValueError(f"{digest} is not a SHA-256 digest")
    return PackFile(name, digest, _number(document, "size", 0))
