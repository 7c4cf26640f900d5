"""One log line for each request, with the id that the user is shown when something fails."""

from __future__ import annotations

import time
import uuid

import structlog
from flask import Flask, Response, g, request

from services.web.identity import session_user_id

log = structlog.get_logger()

_QUIET = frozenset({"health.healthz", "health.readyz"})


def log_requests(app: Flask) -> None:
    """Bind an id to everything that a request logs, and log its end."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id, g.began = uuid.uuid4().hex[:12], time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if request.endpoint not in _QUIET:
        log.info(
            "request.finished",
            method=request.method,
            route=str(request.url_rule) if request.url_rule else None,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.began) * 1000),
            user_id=g.account.user_id if g.get("account") else session_user_id(),
            **(request.view_args or {}),
        )
    response.headers["X-Request-ID"] = g.request_id
    structlog.contextvars.unbind_contextvars("request_id")
    return response
