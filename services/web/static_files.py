"""Static files: caches keep for a year what was asked for by its version, and ask again for the rest.

While a new version is rolled out, a page of the new one may ask an old process for its files: caches must
not remember the old file under the new address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from services.web.assets import STAMP

STATIC = Path(__file__).parent / "static"
ICON = "icon.svg"

_PREFIX = "/static/"
_LASTING = "max-age=31536000, public, immutable"
_CHECKED = "no-cache"


def serve_static_files(app: Flask, headers: Mapping[str, str]) -> None:
    """Put the static files in front of the application, and ``asset()`` into its templates."""
    inner, versions = app.wsgi_app, _versions(STATIC)
    lasting = _Files(inner, {**headers, "Cache-Control": _LASTING})
    checked = _Files(inner, {**headers, "Cache-Control": _CHECKED})

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        version = versions.get(environ.get("PATH_INFO", "").removeprefix(_PREFIX))
        files = lasting if environ.get("QUERY_STRING") == f"v={version}" else checked
        answer: Iterable[bytes] = files(environ, start_response)
        return answer

    app.wsgi_app = serve  # type: ignore[method-assign]
    app.add_template_global(lambda name: f"{_PREFIX}{name}?v={versions.get(name, 'missing')}", "asset")


class _Files(WhiteNoise):  # type: ignore[misc]
    """The files with these headers, and what browsers ask for by themselves."""

    def __init__(self, application: Any, headers: Mapping[str, str]) -> None:
        def add_headers(response: Headers, _path: str, _url: str) -> None:
            for name, value in headers.items():
                response[name] = value

        super().__init__(
            application,
            root=STATIC,
            prefix=_PREFIX,
            max_age=None,
            allow_all_origins=False,
            add_headers_function=add_headers,
        )
        self.add_file_to_dictionary("/favicon.ico", str(STATIC / ICON))

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        """Leave out what is written for the build alone."""
        if Path(path).name != STAMP:
            super().add_file_to_dictionary(url, path, stat_cache)


def _versions(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
