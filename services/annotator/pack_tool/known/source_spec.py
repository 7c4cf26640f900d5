"""What an operator says about a file of known variants: a small JSON file, ready-made for some providers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gas.errors import Misconfigured
from services.annotator.pack import manifest
from services.annotator.pack.manifest import InfoKey, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

READY_MADE = Path(__file__).parents[1] / "specs"

# The name is a part of a file's name, and a word in the log.
_NAME = re.compile("[a-z0-9][a-z0-9_]*")

#: The column ID of a VCF, by its own name among the INFO fields.
ID_COLUMN = "ID"

#: The fourth column of a BED file, by UCSC's name for it.
NAME_COLUMN = "name"


@dataclass(frozen=True)
class Field:
    """How a field of a file becomes the value of a key.

    :ivar field: an INFO field, ``ID`` for the column of that name, or in a BED file ``name``; or None.
    :ivar constant: the value itself, where there is no field.
    :ivar per_allele: the file gives a comma-separated value for each of its ALT alleles.
    :ivar scale: factor from the file's unit to ours, for instance 0.01 from percent to fraction.
    :ivar pattern: what part of the value is taken: the first group of this regular expression.
    """

    key: InfoKey
    field: str | None
    constant: str
    per_allele: bool
    scale: Decimal | None
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class SourceSpec:
    """A source, as it will stand in the manifest, and the files that it is made from."""

    name: str
    title: str
    files: tuple[Path, ...]
    kind: Kind
    version: str
    licence: str
    attribution: str
    url: str
    fields: tuple[Field, ...]


def read_spec(name_or_path: str, *, files: tuple[Path, ...] = (), version: str = "") -> SourceSpec:
    """A spec from a JSON file, or a ready-made one by its name.

    :param files: used instead of those in the spec, whose paths are relative to its own folder.
    :param version: used instead of the one in the spec.
    :raises Misconfigured: if there is none, or it says something wrong or too little.
    """
    path = _find(name_or_path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        spec = _spec(document | ({"version": version} if version else {}), path.parent)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, re.error) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise Misconfigured(f"The source {path} cannot be used: {reason}.") from error
    spec = replace(spec, files=files or spec.files)
    if not spec.files:
        raise Misconfigured(f"The source {path} names no file; add one, or give it with --file.")
    if missing := [file for file in spec.files if not file.is_file()]:
        raise Misconfigured(f"The source {path} names {missing[0]}, which is not there.")
    return spec


def _find(name_or_path: str) -> Path:
    for path in (Path(name_or_path), READY_MADE / f"{name_or_path}.json"):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in READY_MADE.glob("*.json")))
    raise Misconfigured(f"There is no source {name_or_path!r}: give a JSON file, or one of {known}.")


def _spec(document: Mapping[str, Any], folder: Path) -> SourceSpec:
    name = manifest.text(document, "name")
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name {name} is not made of small letters, digits and underscores")
    files = document.get("file", [])
    fields = tuple(map(_field, document["fields"]))
    if not fields or len({field.key.id for field in fields}) != len(fields):
        raise ValueError("it needs fields, each for a key of its own")
    return SourceSpec(
        name=name,
        title=manifest.text(document, "title"),
        files=tuple(folder / file for file in ([files] if isinstance(files, str) else files)),
        kind=Kind(document.get("kind", Kind.ALLELES)),
        version=manifest.text(document, "version"),
        licence=manifest.text(document, "licence"),
        attribution=manifest.text(document, "attribution"),
        url=manifest.text(document, "url"),
        fields=fields,
    )


def _field(document: Mapping[str, Any]) -> Field:
    scale, pattern = document.get("scale"), document.get("pattern")
    constant = document.get("constant", "")
    if bool(constant) == ("field" in document):
        raise ValueError(f"{document['key']} needs either a field or a constant")
    compiled = re.compile(pattern) if pattern else None
    if compiled and not compiled.groups:
        raise ValueError(f"the pattern of {document['key']} has no group")
    key = {"id": document["key"], "type": "String", "role": None} | dict(document)
    return Field(
        key=manifest.info_key(key),
        field=None if constant else manifest.text(document, "field"),
        constant=str(constant),
        per_allele=bool(document.get("per_allele", False)),
        scale=Decimal(str(scale)) if scale else None,
        pattern=compiled,
    )
