"""A request as Glacier sees it: who asks, in which region, and a body that is read once and in pieces."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from local.cloud.accounts import ACCOUNT
from local.cloud.glacier.errors import GlacierError, cut_off, invalid, malformed, missing, wrong_account
from local.cloud.s3.requests import CREDENTIAL_SCOPE_PARTS, Environ, Request

SCOPE_END = "/glacier/aws4_request"
CHUNK = 1024 * 1024
#: Longer than any JSON document that this API takes.
LONGEST_DOCUMENT = 1024 * 1024
#: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-common-request-headers.html
API_VERSION = "2012-06-01"
#: "-" stands for the account that signed the request.
OWN_ACCOUNT = "-"


def is_glacier(environ: Environ) -> bool:
    """The signature names the service."""
    return SCOPE_END in str(environ.get("HTTP_AUTHORIZATION", ""))


class Call:
    """One signed request to Glacier."""

    def __init__(self, environ: Environ) -> None:
        self._stream = environ["wsgi.input"]
        self._request = Request(environ)
        length = self._request.header("content-length") or ""
        self.length = self._left = int(length) if length.isdecimal() else 0

    @property
    def method(self) -> str:
        """Upper case."""
        return self._request.method

    @property
    def path(self) -> str:
        """Still encoded: /ACCOUNT/vaults/..."""
        return self._request.raw_path

    @property
    def region(self) -> str:
        """The region that the signature is for."""
        credential = (self.header("authorization") or "").partition("Credential=")[2].partition(",")[0]
        scope = credential.split("/")
        return scope[-3] if len(scope) >= CREDENTIAL_SCOPE_PARTS else ""

    def header(self, name: str) -> str | None:
        """None when it was not sent."""
        return self._request.header(name)

    def required(self, name: str) -> str:
        """A header that has to be there."""
        value = self.header(name)
        if not value:
            raise missing(name)
        return value

    def query(self, name: str) -> str | None:
        """None when it was not sent, or without a value."""
        return self._request.query.get(name) or None

    def check_account(self, account: str) -> None:
        """The address names the signer's account, or leaves it open."""
        if account not in {OWN_ACCOUNT, ACCOUNT}:
            raise wrong_account()

    def check_version(self) -> None:
        """Every request says which version of the API it speaks."""
        version = self.required("x-amz-glacier-version")
        if version != API_VERSION:
            raise invalid(f"Invalid x-amz-glacier-version: {version}; there is {API_VERSION}")

    def drain(self) -> None:
        """Read what is left of the body, as far as it comes."""
        with contextlib.suppress(GlacierError):
            for _ in self.chunks():
                pass

    def chunks(self) -> Iterator[bytes]:
        """What has not been read yet, at most one MiB at a time."""
        while self._left:
            chunk = self._stream.read(min(CHUNK, self._left))
            if not chunk:
                self._left = 0
                raise cut_off()
            self._left -= len(chunk)
            yield chunk

    def document(self) -> dict[str, Any]:
        """The body as JSON."""
        if self.length > LONGEST_DOCUMENT:
            raise malformed()
        try:
            content = json.loads(b"".join(self.chunks()))
        except ValueError as e:
            raise malformed() from e
        if not isinstance(content, dict):
            raise malformed()
        return content
