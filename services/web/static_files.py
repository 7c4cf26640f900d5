"""Static files: served with the time of a year in caches, for every link names the version it means."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
_YEAR = 31_536_000


def serve_static_files(app: Flask, headers: Mapping[str, str]) -> None:
    """Put the static files in front of the application, and ``asset()`` into its templates."""

    def add_headers(response: Headers, _path: str, _url: str) -> None:
        for name, value in headers.items():
            response[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=STATIC, prefix="static/", max_age=_YEAR, add_headers_function=add_headers
    )
    versions = _versions(STATIC)
    app.add_template_global(lambda name: f"/static/{name}?v={versions.get(name, 'missing')}", "asset")


def _versions(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
