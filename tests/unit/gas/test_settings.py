"""Settings are read once, and everything wrong with them is said at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gas.errors import Misconfigured
from gas.settings import MASK, describe, load, setting, visible


@dataclass(frozen=True)
class Example:
    table: str = setting("X_TABLE", "a table")
    key: str = setting("X_KEY", "a key", secret=True)
    seconds: float = setting("X_SECONDS", "a time", default=2.5)
    count: int = setting("X_COUNT", "a number", default=3)
    folder: Path = setting("X_FOLDER", "a folder", default=Path("/nowhere"))
    on: bool = setting("X_ON", "a switch", default=False)


def test_values_have_the_type_of_their_field():
    """Text of the environment becomes what the field says."""
    environ = {"X_TABLE": "t", "X_KEY": "k", "X_COUNT": "7", "X_FOLDER": "/f", "X_ON": "true"}

    assert load(Example, environ) == Example("t", "k", 2.5, 7, Path("/f"), on=True)


def test_all_problems_are_reported_together():
    """An operator mends a deployment in one go."""
    environ = {"X_SECONDS": "soon", "X_COUNT": "-1", "X_ON": "perhaps"}

    with pytest.raises(Misconfigured) as problem:
        load(Example, environ)

    for name in ("X_TABLE", "X_KEY", "X_SECONDS", "X_COUNT", "X_ON"):
        assert name in str(problem.value)


def test_secrets_are_never_shown():
    """The effective settings are logged at start."""
    shown = visible(load(Example, {"X_TABLE": "t", "X_KEY": "hush"}))

    assert shown["X_KEY"] == MASK
    assert shown["X_TABLE"] == "t"
    assert "hush" not in str(shown)


def test_a_settings_class_describes_itself():
    """The tables in the documentation are made from this."""
    rows = {row.env: (row.doc, row.default) for row in describe(Example)}

    assert rows["X_TABLE"] == ("a table", "required")
    assert rows["X_SECONDS"] == ("a time", "2.5")
