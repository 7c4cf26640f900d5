"""A lock between processes on a file of the disk, which ends with its process."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class DiskLock:
    """A lock that many can share or one can claim (flock(2)); two in one process exclude each other too.

    The file stays: who removed it might remove one that another process has just locked.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def share(self) -> None:
        """Wait until nobody has claimed it, and share it."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def claim(self) -> None:
        """Wait until nobody else has it."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def try_claim(self) -> bool:
        """Claim it if nobody else has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def touch(self) -> None:
        """Note that it is used now."""
        os.utime(self._file)

    def release(self) -> None:
        """Give it up for good, also for children of this process that have it from a fork."""
        if self._file >= 0:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            os.close(self._file)
            self._file = -1
