"""The first and the last moments of a service's process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

import structlog

from gas import __version__
from gas.errors import Misconfigured
from gas.settings import visible

log = structlog.get_logger()

#: EX_CONFIG of sysexits(3): the process was set up in a way in which it cannot work.
EXIT_MISCONFIGURED = 78


class Verifiable(Protocol):
    """Any port."""

    def verify(self) -> None:
        """Prove that the other side can be reached, or raise `Misconfigured`."""


def announce_start(settings: Any, ports: Sequence[Verifiable]) -> None:
    """Log the effective settings and prove that everything can be reached.

    :raises Misconfigured: naming everything that cannot.
    """
    log.info("service.starting", version=__version__, settings=visible(settings))
    problems = [problem for port in ports if (problem := _problem_of(port))]
    if problems:
        raise Misconfigured("; ".join(problems))


def _problem_of(port: Verifiable) -> str:
    try:
        port.verify()
    except Misconfigured as error:
        return str(error)
    return ""


def run_service(main: Callable[[], None]) -> NoReturn:
    """Run a service's main function; a process that cannot work says why in one sentence and exits."""
    try:
        main()
    except Misconfigured as error:
        print(f"This service cannot start: {error}.", file=sys.stderr)  # noqa: T201 - logs may not be set up.
        sys.exit(EXIT_MISCONFIGURED)
    sys.exit(0)
