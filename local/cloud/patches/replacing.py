"""The one way in which moto is changed."""

from typing import Any


def replace(owner: object, name: str, value: Any) -> Any:
    """Put another attribute in place and return the old one; a moto without it is not the moto we know."""
    original = getattr(owner, name)
    setattr(owner, name, value)
    return original
