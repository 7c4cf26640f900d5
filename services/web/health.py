"""Health: whether the process lives, and whether it can reach what it needs."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from flask import Blueprint
from flask.typing import ResponseReturnValue

from gas.errors import GasError
from services.web.context import Ports

log = structlog.get_logger()

#: Anybody may ask as often as they like; the stores are asked at most this often.
CACHE_SECONDS = 5.0


def health_blueprint(ports: Ports, clock: Callable[[], float]) -> Blueprint:
    """``/healthz`` for ECS and the load balancer, ``/readyz`` for people and smoke tests."""
    blueprint = Blueprint("health", __name__)
    readiness = Readiness(ports, clock)

    @blueprint.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}

    @blueprint.get("/readyz")
    def readyz() -> ResponseReturnValue:
        problem = readiness.problem()
        # Which table or bucket fails is for the log; the address is public.
        return ({"status": "unavailable"}, 503) if problem else {"status": "ok"}

    return blueprint


class Readiness:
    """The answer of every port to ``verify``, remembered for some seconds.

    One thread asks at a time and the others answer what is known: a dependency that hangs would
    otherwise take every thread of the server, one health check after the other.
    """

    def __init__(self, ports: Ports, clock: Callable[[], float]) -> None:
        self._ports = ports
        self._clock = clock
        self._asking = threading.Lock()
        self._until = 0.0
        self._problem: str | None = "nothing has answered yet"

    def problem(self) -> str | None:
        """What cannot be reached, or None."""
        if self._clock() >= self._until and self._asking.acquire(blocking=False):
            try:
                self._problem = self._verify()
                self._until = self._clock() + CACHE_SECONDS
            finally:
                self._asking.release()
        return self._problem

    def _verify(self) -> str | None:
        ports = self._ports
        verified = (ports.jobs, ports.accounts, ports.tokens, ports.inputs, ports.results, ports.bus)
        try:
            for port in verified:
                port.verify()
        except GasError as error:
            log.warning("web.not_ready", problem=str(error))
            return str(error)
        return None
