"""Logins under way in this browser, one for each tab, in its signed session until Globus sends it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import session

from services.web.globus_login import Attempt

#: As many as fit a cookie, each with the longest way back; a further one replaces the oldest.
MAX_LOGINS = 4

_KEY = "logins"


@dataclass(frozen=True)
class StartedLogin:
    """A login of one tab.

    :ivar next_path: where this tab wants to go.
    """

    attempt: Attempt
    next_path: str


def remember_login(attempt: Attempt, next_path: str) -> None:
    """Keep what the way back is checked against."""
    row = [attempt.state, attempt.nonce, attempt.verifier, next_path]
    session[_KEY] = [*_rows(), row][-MAX_LOGINS:]


def take_login(state: str) -> StartedLogin | None:
    """The login of this state, which is good for once; None if this browser has not started it."""
    rows = _rows()
    for row in rows:
        if row[0] == state:
            _keep([other for other in rows if other is not row])
            return StartedLogin(Attempt(*row[:3]), row[3])
    return None


@contextmanager
def keeping_logins() -> Iterator[None]:
    """The logins under way are the same after the block, whatever it does to the session."""
    rows = _rows()
    yield
    _keep(rows)


def _rows() -> list[list[str]]:
    rows: list[list[str]] = session.get(_KEY, [])
    return rows


def _keep(rows: list[list[str]]) -> None:
    if rows:
        session[_KEY] = rows
    else:
        session.pop(_KEY, None)
