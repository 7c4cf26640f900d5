"""What the summary of a job says about the columns of its table.

It was written by another service, perhaps of another version: what is missing or of another shape is left
out, and the table goes without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.web.viewer.content import GENOTYPE, OWN_COLUMNS, Key

_ROLES = frozenset({"significance", "disease", "frequency", "rsid", "score"})


@dataclass(frozen=True)
class Described:
    """The keys of the pack, and the names of the samples."""

    keys: tuple[Key, ...] = ()
    samples: tuple[str, ...] = ()

    def keys_of(self, columns: Sequence[str]) -> tuple[Key, ...]:
        """The columns of known values, in the order of the table; of unknown ones only the name is known."""
        known = {key.id: key for key in self.keys}
        names = (name for name in columns if name not in OWN_COLUMNS and not _is_genotype(name))
        return tuple(known.get(name) or Key(name) for name in names)

    def samples_of(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The names of the samples that have a column, each once; one without a name has its number."""
        count = sum(map(_is_genotype, columns))
        names: list[str] = []
        for number in range(count):
            name = self.samples[number] if number < len(self.samples) else ""
            names.append(name if name and name not in names else f"sample {number + 1}")
        return tuple(names)


def read_described(data: bytes) -> Described:
    """What these bytes of a summary say; nothing if they are none."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return Described()
    if not isinstance(document, dict):
        return Described()
    keys = [_key(row) for row in _rows(_mapping(document.get("pack")).get("keys"))]
    named = {key.id for key in keys}
    # Summaries before pack.keys tell at least which keys are of significance.
    keys += [
        Key(name, role="significance") for name in _mapping(document.get("significance")) if name not in named
    ]
    samples = _mapping(document.get("genotypes")).get("samples")
    return Described(
        tuple(key for key in keys if key.id), tuple(map(str, samples)) if isinstance(samples, list) else ()
    )


def _key(row: Mapping[str, Any]) -> Key:
    role = row.get("role")
    return Key(
        id=str(row.get("id") or ""),
        type=str(row.get("type") or "String"),
        description=str(row.get("description") or ""),
        role=role if isinstance(role, str) and role in _ROLES else "",
    )


def _is_genotype(name: str) -> bool:
    return name.startswith(GENOTYPE)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
