"""The values of a template's parameters: given, or by default, and as the template allows them."""

import re
from typing import Any

from local.applier.errors import TemplateError

TYPES = frozenset({"String", "Number", "CommaDelimitedList"})

#: Ids of things that exist: ``AWS::EC2::VPC::Id``, ``List<AWS::EC2::Subnet::Id>``.
IDS = re.compile(r"(?:AWS::[\w:]+::Id|List<AWS::[\w:]+::Id>)")


def parameter_values(declared: dict[str, dict[str, Any]], given: dict[str, str]) -> dict[str, Any]:
    """Refuses what is missing, unknown or not allowed."""
    if unknown := sorted(set(given) - set(declared)):
        raise TemplateError(f"The template has no parameter {', '.join(unknown)}")
    return {name: _value(name, declaration, given.get(name)) for name, declaration in declared.items()}


def _value(name: str, declaration: dict[str, Any], given: str | None) -> Any:
    value = declaration.get("Default") if given is None else given
    if value is None:
        raise TemplateError(f"Parameter {name} has no value")
    kind = declaration["Type"]
    if kind not in TYPES and not IDS.fullmatch(kind):
        raise TemplateError(f"Parameter {name} has the type {kind}, which is not known here")
    text = str(value)
    _check(name, declaration, text)
    return text.split(",") if kind == "CommaDelimitedList" or kind.startswith("List<") else text


def _check(name: str, declaration: dict[str, Any], text: str) -> None:
    allowed = [str(v) for v in declaration.get("AllowedValues", [text])]
    pattern = str(declaration.get("AllowedPattern", ".*"))
    if text not in allowed or not re.fullmatch(pattern, text, re.DOTALL):
        raise TemplateError(f"Parameter {name} cannot be {text!r}")
    if declaration["Type"] == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise TemplateError(f"Parameter {name} is not a number: {text!r}")
