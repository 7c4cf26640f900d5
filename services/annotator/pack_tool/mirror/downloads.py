"""Files from a web server: resumed where the connection broke, and checked before they have their name."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gas.errors import InvalidInput, Misconfigured
from services.annotator.pack_tool.mirror.checksums import Sum, sum_of

if TYPE_CHECKING:
    from collections.abc import Callable

# A server that sends nothing for so long is asked again.
TIMEOUT_SECONDS = 60

# Tries without a single new byte, with pauses that double from one second: half a minute in all.
ATTEMPTS = 5

_PIECE_BYTES = 1 << 20
# Answers after which another try is of no use: the 4xx of RFC 9110, but not "timeout" and "too many".
_FINAL = frozenset(range(400, 500)) - {408, 429}
_PARTIAL = 206
_NOT_SATISFIABLE = 416


class Broken(Exception):
    """A download ended before the end of its file."""


class Downloads:
    """Downloads into a folder, where a file has its name only once it is complete and verified.

    :param say: is told what is going on.
    :param pause: waits for a number of seconds.
    """

    def __init__(
        self, folder: Path, say: Callable[[str], None], pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._folder = folder
        self._say = say
        self._pause = pause
        self._opener = _opener()

    def text(self, url: str) -> str:
        """A small text, always as it is now.

        :raises Misconfigured: if there is none.
        """
        path = self._folder / ".text.part"
        path.unlink(missing_ok=True)
        try:
            self._complete(url, path)
            return path.read_text(encoding="utf-8", errors="replace")
        finally:
            path.unlink(missing_ok=True)

    def fetch(self, url: str, expected: Sum) -> Path:
        """A file with this sum; one that is there already is taken for it if it is of its size.

        :raises Misconfigured: if there is none at this address, or it cannot be had.
        :raises InvalidInput: if what is there has another sum, also when it is downloaded anew.
        """
        path = self._folder / url.rpartition("/")[2]
        if path.is_file() and abs(path.stat().st_size - expected.blocks * 1024) < 1024:  # noqa: PLR2004 (1 kB)
            self._say(f"{path} is there already")
            return path
        part = path.with_name(f"{path.name}.part")
        for fresh in (False, True):
            if fresh:
                part.unlink(missing_ok=True)
            self._complete(url, part)
            if sum_of(part) == expected:
                return part.replace(path)
            self._say(f"{path.name} does not have the checksum of the mirror")
        part.unlink()
        raise InvalidInput(f"{url} does not have the checksum of its mirror; try later, or another mirror.")

    def _complete(self, url: str, part: Path) -> None:
        """Download what a partial file lacks, as often as it gets on."""
        failures = 0
        while True:
            before = _size(part)
            try:
                self._append(url, part)
            except (Broken, OSError, http.client.HTTPException) as error:
                _check_final(error, url)
                failures = 0 if _size(part) > before else failures + 1
                if failures == ATTEMPTS:
                    raise Misconfigured(f"{url} cannot be downloaded: {error}.") from error
                self._say(f"{url} broke off at {_size(part):,} bytes ({error}); trying again")
                self._pause(2.0**failures)
            else:
                return

    def _append(self, url: str, part: Path) -> None:
        start = _size(part)
        request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})  # noqa: S310 (http and https alone, see _opener)
        try:
            answer = self._opener.open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            if error.code == _NOT_SATISFIABLE and _whole_size(error.headers) == start:
                return
            if error.code == _NOT_SATISFIABLE:
                part.unlink()
                raise Broken("the file of the server is another one now") from error
            raise
        with answer, part.open("ab" if answer.status == _PARTIAL else "wb") as out:
            while piece := answer.read(_PIECE_BYTES):
                out.write(piece)
            length = answer.headers.get("Content-Length")
            end = (start if answer.status == _PARTIAL else 0) + int(length) if length else out.tell()
            if out.tell() != end:
                raise Broken(f"the connection ended before byte {end:,}")


def _opener() -> urllib.request.OpenerDirector:
    """Opens http and https, with redirects and the proxies of the environment, and nothing else."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _check_final(error: Exception, url: str) -> None:
    """Give up at once where another try cannot help."""
    if isinstance(error, urllib.error.HTTPError) and error.code in _FINAL:
        raise Misconfigured(f"{url} cannot be downloaded: the server answers {error.code}.") from error
    if isinstance(error, urllib.error.URLError) and "unknown url type" in str(error.reason):
        raise Misconfigured(f"{url} cannot be downloaded: only http and https can.") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _whole_size(headers: Any) -> int | None:
    """The size that a refusal of a range names: ``bytes */1234`` (RFC 9110, section 14.4)."""
    match = re.fullmatch(r"bytes \*/(\d+)", headers.get("Content-Range", ""))
    return int(match[1]) if match else None
