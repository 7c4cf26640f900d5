"""The web app's process: settings, logs, adapters, application, server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from gas.logs import configure_logs
from gas.process import Verifiable, announce_start, run_service
from gas.settings import load
from services.web.app import create_app
from services.web.settings import WebSettings
from services.web.viewer.tables import Tables
from services.web.wiring import connect

EXAMPLE = Path(__file__).parent / "example.vcf"

#: Longer than the idle timeout of an Application Load Balancer, 60 s, which otherwise sends a request into
#: a connection that is just being closed and answers 502.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
KEEP_ALIVE_SECONDS = 75

#: What SIGTERM leaves for requests in hand; uploads and downloads do not pass through this process.
GRACEFUL_SECONDS = 20


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads; the application is made in each worker, after the fork."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings to gunicorn; its own command line and files are not read."""
        for name, value in _options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one worker."""
        configure_logs("web", level=self._settings.log_level)
        return create_app(self._settings, connect(self._settings), example=EXAMPLE.read_bytes())


def _options(settings: WebSettings) -> dict[str, Any]:
    # gunicorn's own loggers pass their lines on to ours.
    quiet = {"handlers": [], "level": "WARNING", "propagate": True}
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": settings.threads,
        "keepalive": KEEP_ALIVE_SECONDS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "control_socket_disable": True,
        "logconfig_dict": {
            "version": 1,
            "disable_existing_loggers": False,
            "loggers": {"gunicorn.error": quiet, "gunicorn.access": quiet},
        },
    }


def main() -> None:
    """Serve until told to stop."""
    settings = load(WebSettings)
    configure_logs("web", level=settings.log_level)
    ports = connect(settings)
    verified: list[Verifiable] = [
        ports.jobs,
        ports.accounts,
        ports.tokens,
        ports.inputs,
        ports.results,
        ports.bus,
        Tables(settings, ports.result_stream).cache,
    ]
    announce_start(settings, verified)
    Server(settings).run()


if __name__ == "__main__":
    run_service(main)
