"""Locks on files, between the threads of a process and between processes; they end with whoever has them."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

_POLL_SECONDS = 0.02


class OpenFile:
    """A file that is open to be locked (flock(2)); two in one process exclude each other as well."""

    def __init__(self, path: Path, flags: int = os.O_RDWR) -> None:
        self.path = path
        self.descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self.descriptor)

    def share(self) -> None:
        """Wait until nobody has it alone, and share it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def claim(self) -> bool:
        """Have it alone, if nobody else has it."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def is_there(self) -> bool:
        """Whether the path still leads to this very file."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(found, os.fstat(self.descriptor))


@contextmanager
def alone(path: Path, patience: float, late: Callable[[], Exception]) -> Iterator[None]:
    """Have the lock of this path; the file stays, for whoever removed it might remove one in use.

    :param patience: seconds to wait for it.
    :param late: what to raise after that.
    """
    with OpenFile(path, os.O_RDWR | os.O_CREAT) as lock:
        deadline = time.monotonic() + patience
        while not lock.claim():
            if time.monotonic() >= deadline:
                raise late()
            time.sleep(_POLL_SECONDS)
        yield
