"""One conditional write of DynamoDB, put together from its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gas.aws.items import to_value


@dataclass
class ConditionalWrite:
    """Collects the parts of one UpdateItem; every name is aliased, since some are reserved words."""

    conditions: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    removes: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def require(self, name: str, operator: str, value: Any) -> None:
        """Let nothing be written unless this comparison holds."""
        self.conditions.append(f"{self._name(name)} {operator} {self._value(value)}")

    def require_one_of(self, name: str, allowed: list[str]) -> None:
        """Let nothing be written unless the attribute has one of these values."""
        options = ", ".join(self._value(value) for value in sorted(allowed))
        self.conditions.append(f"{self._name(name)} IN ({options})")

    def set(self, name: str, value: Any) -> None:
        """Give it this value; None removes it."""
        if value is None:
            self.removes.append(self._name(name))
        else:
            self.sets.append(f"{self._name(name)} = {self._value(value)}")

    def arguments(self) -> dict[str, Any]:
        """What UpdateItem takes, besides table and key."""
        clauses = [f"SET {', '.join(self.sets)}"] if self.sets else []
        clauses += [f"REMOVE {', '.join(self.removes)}"] if self.removes else []
        return {
            "UpdateExpression": " ".join(clauses),
            "ConditionExpression": " AND ".join(self.conditions),
            "ExpressionAttributeNames": self.names,
            "ExpressionAttributeValues": self.values,
            "ReturnValues": "ALL_NEW",
        }

    def _name(self, name: str) -> str:
        self.names[f"#{name}"] = name
        return f"#{name}"

    def _value(self, value: Any) -> str:
        alias = f":v{len(self.values)}"
        self.values[alias] = to_value(value)
        return alias
