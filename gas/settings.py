"""The only reader of the environment.

A service declares its settings as a frozen dataclass whose fields are made by `setting`; `load` reads
them once, at start, and reports everything that is wrong in one error. The same declarations make the
settings tables of the documentation.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from gas.errors import Misconfigured

T = TypeVar("T")

MASK = "********"


def setting(env: str, doc: str, *, default: Any = MISSING, secret: bool = False) -> Any:
    """A field that is read from the environment variable ``env``; required if it has no default."""
    metadata = {"env": env, "doc": doc, "secret": secret}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@dataclass(frozen=True)
class SettingRow:
    """One line of a service's settings table."""

    env: str
    doc: str
    default: str


def describe(cls: type[Any]) -> list[SettingRow]:
    """What a settings class reads, in order."""
    return [_row(each) for each in fields(cls)]


def load(cls: type[T], environ: Mapping[str, str] = os.environ) -> T:
    """Read the settings of a service.

    :raises Misconfigured: naming every variable that is missing or cannot be read.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    hints = get_type_hints(cls)
    for each in fields(cls):  # type: ignore[arg-type]
        try:
            values[each.name] = _read(each, hints[each.name], environ)
        except ValueError as error:
            problems.append(f"{each.metadata['env']}: {error}")
    if problems:
        raise Misconfigured("; ".join(problems))
    return cls(**values)


def visible(settings: Any) -> dict[str, Any]:
    """The effective values by variable name, with the secret ones masked."""
    return {
        each.metadata["env"]: MASK if each.metadata["secret"] else str(getattr(settings, each.name))
        for each in fields(settings)
    }


def _row(each: Field[Any]) -> SettingRow:
    default = "required" if each.default is MISSING else str(each.default) or "empty"
    return SettingRow(each.metadata["env"], each.metadata["doc"], default)


def _read(each: Field[Any], kind: type, environ: Mapping[str, str]) -> Any:
    text = environ.get(each.metadata["env"], "")
    if text:
        return _parse(text, kind)
    if each.default is MISSING:
        raise ValueError(f"is not set; it is {each.metadata['doc']}")
    return each.default


def _parse(text: str, kind: type) -> Any:
    if kind is bool:
        return _parse_bool(text)
    if kind in (int, float):
        return _parse_number(text, kind)
    return Path(text) if kind is Path else text


def _parse_bool(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither true nor false")
    return words[text.lower()]


def _parse_number(text: str, kind: type) -> float:
    try:
        number: float = kind(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    if number < 0:
        raise ValueError(f"{text!r} is negative")
    return number
