"""Waiting on a condition with a deadline, and ports to wait on; the tests never sleep for a fixed time."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

PATIENCE_SECONDS = 90
POLL_SECONDS = 0.02


def wait_for(condition: Callable[[], Any], what: str, patience: float = PATIENCE_SECONDS) -> Any:
    """The first true answer, or a failure at the deadline."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(POLL_SECONDS)
    pytest.fail(f"{what} did not come true within {patience} s")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that were free a moment ago."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
