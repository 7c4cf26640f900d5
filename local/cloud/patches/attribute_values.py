"""moto asks each value of a DynamoDB item for all ten types that a value can have, under several names.

An item of 40 attributes then takes 3 ms to write out, nine tenths of a GetItem. A value has one type, and it
is the only one that is looked at here.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from typing import Any

from moto.core.serialize import BaseJSONSerializer

from local.cloud.patches.replacing import replace


def install() -> None:
    """Replace how moto writes out structures, for this one."""

    def serialize(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name != "AttributeValue" or not isinstance(value, dict):
            original(self, serialized, value, shape, key)
            return
        written: dict[str, Any] = {}
        for kind, content in value.items():
            self._serialize(written, content, shape.members[kind], kind)
        serialized[key] = written

    original = replace(BaseJSONSerializer, "_serialize_type_structure", serialize)
