"""CORS for buckets: moto answers every origin, or ignores the method; browsers here meet the real rules.

This is the outermost layer, so that a page may also read why S3 refused its upload.
"""

from collections.abc import Iterable
from typing import Any

from local.cloud.s3.cors_rules import Ask, Headers, first_rule
from local.cloud.s3.errors import S3Error
from local.cloud.s3.requests import Application, Environ, Request, StartResponse

PREFIX = "access-control-"


class Cors:
    """Answers preflights, and puts the rule's headers on what comes back from inside."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a preflight, or pass on."""
        request = Request(environ)
        origin = request.header("origin")
        if request.method == "OPTIONS" and request.is_s3:
            return _preflight(request, origin, start_response)
        extra: Headers = []
        if origin and request.is_s3:
            ask = Ask(origin, request.method)
            rule = first_rule(request.bucket, ask)
            extra = rule.response_headers(ask) if rule else []
        return self._app(environ, _with_headers(start_response, extra))


def _with_headers(start_response: StartResponse, extra: Headers) -> StartResponse:
    def start(status: str, headers: Headers, *exc_info: Any) -> Any:
        kept = [(name, value) for name, value in headers if not name.lower().startswith(PREFIX)]
        return start_response(status, kept + extra, *exc_info)

    return start


def _preflight(request: Request, origin: str | None, start_response: StartResponse) -> Iterable[bytes]:
    method = request.header("access-control-request-method")
    if not origin or not method:
        return _refuse("Insufficient information. Origin request header needed.").respond(start_response)
    asked = request.header("access-control-request-headers") or ""
    ask = Ask(origin, method, tuple(name.strip() for name in asked.split(",") if name.strip()))
    rule = first_rule(request.bucket, ask)
    if rule is None:
        return _refuse("CORSResponse: This CORS request is not allowed.").respond(start_response)
    start_response("200 OK", [*rule.response_headers(ask), ("Content-Length", "0")])
    return [b""]


def _refuse(message: str) -> S3Error:
    return S3Error("403 Forbidden", "AccessForbidden", message)
