"""How far an annotation is."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NamedTuple

from services.annotator.printable import printable

if TYPE_CHECKING:
    from typing import TextIO

_SECONDS = 1.0


class Progress(NamedTuple):
    """What is done.

    :ivar records: how many.
    :ivar contig: of the last one, as in the file.
    :ivar read: bytes of the stored input.
    """

    records: int
    contig: bytes
    read: int


class Reporter:
    """Writes progress as lines of JSON, at most one a second."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._due = time.monotonic() + _SECONDS

    def __call__(self, progress: Progress) -> None:
        """Write it, if it is time."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _SECONDS
        told = {"records": progress.records, "contig": printable(progress.contig), "bytes": progress.read}
        self._stream.write(json.dumps(told) + "\n")
        self._stream.flush()
