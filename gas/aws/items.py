"""Records as DynamoDB items, and back.

An attribute that this version does not know is ignored, and one that is missing takes its default, so
that two versions can share a table during a deployment. None is written as no attribute at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

T = TypeVar("T")

_write = TypeSerializer().serialize
_read = TypeDeserializer().deserialize


def to_item(record: Any) -> dict[str, Any]:
    """The item of a dataclass record."""
    return {name: to_value(value) for name, value in asdict(record).items() if value is not None}


def to_value(value: Any) -> Any:
    """One attribute value in DynamoDB's JSON."""
    return _write(_plain(value))


def from_item(cls: type[T], item: Mapping[str, Any]) -> T:
    """The record of a dataclass from its item."""
    hints = _hints(cls)  # type: ignore[arg-type]  # Every class is hashable.
    known = [field.name for field in fields(cls) if field.name in item]  # type: ignore[arg-type]
    return cls(**{name: _typed(_read(item[name]), hints[name]) for name in known})


@cache
def _hints(cls: type) -> dict[str, Any]:
    """Working out the types takes longer than reading a record."""
    return get_type_hints(cls)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return Decimal(repr(value))  # DynamoDB numbers are decimal; repr keeps every digit of the float.
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _typed(value: Any, hint: Any) -> Any:
    arguments: tuple[Any, ...] = get_args(hint)
    if isinstance(value, Decimal):
        return float(value) if float in (hint, *arguments) else int(value)
    if isinstance(value, list):
        return tuple(_record(each, arguments[0]) for each in value)
    if isinstance(value, dict):
        # Of a field that may be None the type is ``Record | None``.
        return _record(value, arguments[0] if arguments else hint)
    return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value


def _record(value: Any, cls: type) -> Any:
    known = {field.name for field in fields(cls)}
    hints = _hints(cls)
    return cls(**{name: _typed(each, hints[name]) for name, each in value.items() if name in known})
