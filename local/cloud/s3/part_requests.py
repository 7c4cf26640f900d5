"""What S3 refuses of a part and moto stores: a wrong number, a missing digest, an upload of another key.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
"""

from collections.abc import Iterable

from local.cloud.s3.bodies import drain
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.uploads import check_part_number, find_upload

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PART_BYTES = 5 * 1024**3

CHECKSUM = "x-amz-checksum-"
#: Headers that begin like a checksum and are none.
NO_CHECKSUM = frozenset({"x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-checksum-mode"})


class PartRequests:
    """Refuses what S3 refuses of what is asked of an upload in parts; moto does the rest."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        if request.method in {"PUT", "DELETE"} and request.is_s3 and "uploadId" in request.query:
            try:
                _check(request)
            except S3Error as refusal:
                drain(environ)
                return refusal.respond(start_response)
        return self._app(environ, start_response)


def _check(request: Request) -> None:
    algorithm = find_upload(request).metadata.get("x-amz-checksum-algorithm")
    if request.method == "DELETE" or request.header("x-amz-copy-source"):
        return
    check_part_number(request)
    if int(request.header("content-length") or 0) > MAX_PART_BYTES:
        raise bad_request("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    _check_algorithm(request, algorithm)


def _check_algorithm(request: Request, expected: str | None) -> None:
    """An upload that was begun with a checksum takes no part without one of that kind."""
    given = _declared(request)
    if expected and given != expected.lower():
        raise bad_request(
            "InvalidRequest",
            f"Checksum Type mismatch occurred, expected checksum Type: {expected.lower()}, actual checksum"
            f" Type: {given or 'null'}",
        )


def _declared(request: Request) -> str | None:
    """The algorithm whose checksum comes as a header, or after the body."""
    names = [name.lower().replace("_", "-").removeprefix("http-") for name in request.environ]
    names.append((request.header("x-amz-trailer") or "").lower())
    found = (name for name in names if name.startswith(CHECKSUM) and name not in NO_CHECKSUM)
    return next((name.removeprefix(CHECKSUM) for name in found), None)
