"""The health check of the web app's container: ``python -m services.web.health_check``."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from dataclasses import dataclass

from gas.settings import load, setting

TIMEOUT_SECONDS = 4


@dataclass(frozen=True)
class HealthSettings:
    """Where the process listens, as it was told itself."""

    port: int = setting("GAS_PORT", "port to listen on", default=8080)


def is_alive(port: int) -> bool:
    """Whether the process answers; what it needs may be away, a restart would not bring it back."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=TIMEOUT_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_alive(load(HealthSettings).port) else 1)
