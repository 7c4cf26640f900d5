"""The headers that every response carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, session

from services.web.globus_login import provider_url
from services.web.identity import in_api
from services.web.settings import WebSettings

POLICY = "Content-Security-Policy"

_YEAR = 31_536_000


def add_headers(app: Flask, headers: dict[str, str]) -> None:
    """Put these headers on every response, and keep what a logged-in user sees out of caches."""
    app.after_request(_stamp(headers))


def security_headers(settings: WebSettings, *, uploads: str) -> dict[str, str]:
    """What browsers are told about this site.

    :param uploads: an address that files are uploaded to.
    """
    headers = {
        POLICY: content_policy(uploads),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.https:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    return headers


def content_policy(storage: str, *, styles: Sequence[str] = ()) -> str:
    """Only our own files, and the store that files are uploaded to or read from.

    :param storage: an address in that store, as the signer makes them: their host depends on the region.
    :param styles: digests of style sheets that a script of the page may add.

    The logout is a form whose answer leads to the provider; browsers apply form-action to that as well.
    """
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": " ".join(("'self'", *styles)),
        "img-src": "'self' data:",
        "connect-src": f"'self' {_origin(storage)}",
        "worker-src": "'self'",
        "form-action": f"'self' {_origin(provider_url())}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _stamp(headers: dict[str, str]) -> Callable[[Response], Response]:
    def stamp(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if session or in_api():
            response.headers["Cache-Control"] = "no-store"
        return response

    return stamp
