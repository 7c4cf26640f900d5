"""CloudFormation's intrinsic functions: those that the templates use; any other is an error.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from local.applier.errors import TemplateError
from local.applier.target import Applied

PLACEHOLDER = re.compile(r"\$\{([^}!]+)\}")
LITERAL = re.compile(r"\$\{!([^}]*)\}")
NO_VALUE = object()


def intrinsic(value: Any) -> tuple[str, Any] | None:
    """The function and its argument, when the value is a call of one."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name in {"Ref", "Condition"} or str(name).startswith("Fn::"):
            return name, argument
    return None


def references(value: Any) -> Iterator[str]:
    """The names that a value needs to be known before it."""
    if call := intrinsic(value):
        yield from _called(*call)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _called(name: str, argument: Any) -> Iterator[str]:
    if name == "Ref":
        yield argument
    elif name == "Fn::GetAtt":
        yield argument[0]
    elif name == "Fn::Sub":
        text, names = _sub_parts(argument)
        yield from (m.split(".")[0] for m in PLACEHOLDER.findall(text) if m not in names)
        yield from references(names)
    else:
        yield from references(argument)


def _sub_parts(argument: Any) -> tuple[str, dict[str, Any]]:
    return (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])


@dataclass
class Resolver:
    """Evaluates expressions over parameters, conditions and what has been applied so far."""

    values: dict[str, Any]
    conditions: dict[str, Any]
    applied: dict[str, Applied] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """The value without functions; AWS::NoValue takes its property away."""
        if call := intrinsic(value):
            return self._call(*call)
        if isinstance(value, dict):
            resolved = {name: self.resolve(inner) for name, inner in value.items()}
            return {name: inner for name, inner in resolved.items() if inner is not NO_VALUE}
        if isinstance(value, list):
            return [inner for inner in map(self.resolve, value) if inner is not NO_VALUE]
        return value

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template is true."""
        if condition not in self.conditions:
            raise TemplateError(f"There is no condition {condition}")
        return bool(self.resolve(self.conditions[condition]))

    def _call(self, name: str, argument: Any) -> Any:
        functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": lambda a: a[0].join(str(part) for part in self.resolve(a[1])),
            "Fn::If": lambda a: self.resolve(a[1] if self.holds(a[0]) else a[2]),
            "Fn::Equals": lambda a: self.resolve(a[0]) == self.resolve(a[1]),
            "Fn::Not": lambda a: not self.resolve(a[0]),
        }
        if name not in functions:
            raise TemplateError(f"{name} is not known here")
        return functions[name](argument)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.applied:
            return self.applied[name].ref
        if name not in self.values:
            raise TemplateError(f"Ref: there is no {name}")
        return self.values[name]

    def _get_att(self, argument: list[str]) -> Any:
        name, attribute = argument
        if name not in self.applied or attribute not in self.applied[name].attributes:
            raise TemplateError(f"GetAtt: there is no {name}.{attribute}")
        return self.applied[name].attributes[attribute]

    def _sub(self, argument: Any) -> str:
        text, names = _sub_parts(argument)
        own = {name: self.resolve(value) for name, value in names.items()}

        def fill(match: re.Match[str]) -> str:
            name = match[1]
            if name in own:
                return str(own[name])
            return str(self._get_att(name.split(".", 1)) if "." in name else self._ref(name))

        return LITERAL.sub(r"${\1}", PLACEHOLDER.sub(fill, text))
