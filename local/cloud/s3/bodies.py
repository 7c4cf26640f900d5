"""Request bodies of any size in bounded memory."""

import tempfile
from typing import IO

from local.cloud.s3.requests import Environ

CHUNK = 64 * 1024
#: What fits here stays in memory; anything larger waits in a temporary file that has no name.
IN_MEMORY = 1024 * 1024


def _declared_length(environ: Environ) -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)


def spool(environ: Environ) -> IO[bytes]:
    """Move the body out of the connection; what comes next in line reads the copy from its start.

    :raises ConnectionError: the client went away before it had sent all; half a request is no request.
    """
    # Whoever answers the request reads it after this function has returned.
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    left = _declared_length(environ)
    while left and (chunk := environ["wsgi.input"].read(min(CHUNK, left))):
        body.write(chunk)
        left -= len(chunk)
    if left:
        body.close()
        message = f"the connection ended {left} bytes before the body did"
        raise ConnectionError(message)
    body.seek(0)
    environ["wsgi.input"] = body
    return body


def drain(environ: Environ) -> None:
    """Read a refused body to its end: a client that still sends would otherwise see a broken connection."""
    left = _declared_length(environ)
    while left and (chunk := environ["wsgi.input"].read(min(CHUNK, left))):
        left -= len(chunk)
