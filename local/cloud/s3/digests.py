"""Uploads whose declared digest is wrong: moto stores them; S3 answers BadDigest.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
Digests that need the CRT (CRC32C, CRC64NVME) and those in a trailer are taken on trust.
"""

import base64
import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterable
from typing import IO, Protocol

from local.cloud.s3.bodies import CHUNK, spool
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.requests import Application, Environ, Request, StartResponse


class Digest(Protocol):
    """The two methods of a hash that are needed here."""

    def update(self, data: bytes, /) -> None:
        """Take in the next bytes."""

    def digest(self) -> bytes:
        """What the client should have declared."""


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


def _md5() -> Digest:
    return hashlib.md5(usedforsecurity=False)


def _sha1() -> Digest:
    return hashlib.sha1(usedforsecurity=False)


DIGESTS: dict[str, tuple[str, Callable[[], Digest]]] = {
    "content-md5": ("Content-MD5", _md5),
    "x-amz-checksum-crc32": ("CRC32", _Crc32),
    "x-amz-checksum-sha1": ("SHA1", _sha1),
    "x-amz-checksum-sha256": ("SHA256", hashlib.sha256),
}


class Digests:
    """Compares the declared digests of a PUT with its body."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        declared = _declared(request)
        if request.method != "PUT" or not request.is_s3 or not declared or _is_chunked(request):
            return self._app(environ, start_response)
        body = spool(environ)
        if wrong := _first_wrong(declared, body):
            return _bad_digest(wrong).respond(start_response)
        return self._app(environ, start_response)


def _declared(request: Request) -> dict[str, str]:
    return {name: value for name in DIGESTS if (value := request.header(name))}


def _is_chunked(request: Request) -> bool:
    """The body is then wrapped in chunks with signatures of their own."""
    return (request.header("x-amz-content-sha256") or "").startswith("STREAMING-")


def _first_wrong(declared: dict[str, str], body: IO[bytes]) -> str | None:
    digests = {name: DIGESTS[name][1]() for name in declared}
    while chunk := body.read(CHUNK):
        for digest in digests.values():
            digest.update(chunk)
    body.seek(0)
    for name, digest in digests.items():
        if not hmac.compare_digest(base64.b64encode(digest.digest()), declared[name].encode()):
            return DIGESTS[name][0]
    return None


def _bad_digest(label: str) -> S3Error:
    return bad_request("BadDigest", f"The {label} you specified did not match what we received.")
