"""Which properties of a resource are applied, nested ones included.

A shape is SCALAR, DOCUMENT (taken whole: policies, maps of the user's own names), a list of one shape, or
a dictionary of property names to shapes.
"""

from typing import Any

from local.applier.errors import TemplateError, UnappliedProperty
from local.applier.expressions import intrinsic

SCALAR = "scalar"
DOCUMENT = "document"
Shape = str | list[Any] | dict[str, Any]


def check(value: Any, shape: Shape, path: str) -> None:
    """Refuse the first property that the shape does not have; a function's result is checked once known."""
    if shape == DOCUMENT or intrinsic(value):
        return
    if isinstance(shape, dict):
        _check_properties(value, shape, path)
    elif isinstance(shape, list):
        _check_list(value, shape, path)
    elif isinstance(value, dict | list):
        raise UnappliedProperty(path)


def _check_properties(value: Any, shape: dict[str, Any], path: str) -> None:
    if not isinstance(value, dict):
        raise TemplateError(f"{path} must have properties")
    for name, inner in value.items():
        if name not in shape:
            raise UnappliedProperty(f"{path}.{name}")
        check(inner, shape[name], f"{path}.{name}")


def _check_list(value: Any, shape: list[Any], path: str) -> None:
    if not isinstance(value, list):
        raise TemplateError(f"{path} must be a list")
    for position, inner in enumerate(value):
        check(inner, shape[0], f"{path}[{position}]")
