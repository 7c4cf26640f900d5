"""An HTTP request, seen as S3 sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Application(Protocol):
    """A WSGI application."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""


#: AWS's own names for services in the credential scope; S3 signs as "s3".
S3_SIGNING_NAME = "s3"
CREDENTIAL_SCOPE_PARTS = 5


@dataclass(frozen=True)
class Request:
    """The parts of a path-style S3 request: /bucket/key?query."""

    environ: Environ

    @property
    def method(self) -> str:
        """Upper case, as WSGI gives it."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def raw_path(self) -> str:
        """The path as it was sent, still encoded: signatures cover this form."""
        return str(self.environ.get("RAW_URI") or self.environ["PATH_INFO"]).partition("?")[0]

    @property
    def query_string(self) -> str:
        """Still encoded."""
        return str(self.environ.get("QUERY_STRING", ""))

    @property
    def query(self) -> dict[str, str]:
        """Decoded, the last of equal names; a name without a value is an empty string."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def bucket(self) -> str:
        """Empty when the request is about the account."""
        return unquote(self.raw_path.lstrip("/").partition("/")[0])

    @property
    def key(self) -> str:
        """Empty when the request is about the bucket."""
        return unquote(self.raw_path.lstrip("/").partition("/")[2])

    def header(self, name: str) -> str | None:
        """A header's value; None when it was not sent."""
        plain = name.upper().replace("-", "_")
        variable = plain if plain in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{plain}"
        value = self.environ.get(variable)
        return None if value is None else str(value)

    @property
    def is_form_upload(self) -> bool:
        """A browser's upload form: POST to a bucket."""
        content_type = self.header("content-type") or ""
        return self.method == "POST" and not self.key and content_type.startswith("multipart/form-data")

    @property
    def is_s3(self) -> bool:
        """Whether a request that reached the shared port is meant for S3.

        The signature names the service. What carries no signature header, and names no operation of
        another service, can only be S3: the one service that is used through presigned addresses.
        """
        if authorization := self.header("authorization"):
            return _signed_service(authorization) == S3_SIGNING_NAME
        return self.header("x-amz-target") is None and not self.raw_path.startswith("/moto-api")


def _signed_service(authorization: str) -> str:
    credential = authorization.partition("Credential=")[2].partition(",")[0]
    scope = credential.split("/")
    return scope[-2] if len(scope) >= CREDENTIAL_SCOPE_PARTS else S3_SIGNING_NAME
