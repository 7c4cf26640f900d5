"""Bytes of archives, in temporary files without a name: they are gone with the process, however it ends."""

import os
import resource
import tempfile
import weakref
from collections.abc import Iterator

CHUNK = 1024 * 1024
#: Every archive holds one open file; systems often allow 1,024 unless asked.
OPEN_FILES = 65_536


def allow_many_files() -> None:
    """Raise this process's limit of open files as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Body:
    """A file that many threads may read at once; it is closed when nobody refers to it any more."""

    def __init__(self) -> None:
        # The file outlives this function, and is closed by the finalizer.
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._number = file.fileno()
        weakref.finalize(self, file.close)

    def write(self, offset: int, data: bytes) -> None:
        """Put the bytes at this place."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._number, view, offset)
            offset, view = offset + written, view[written:]

    def read(self, offset: int, size: int) -> Iterator[bytes]:
        """So many bytes from this place, in pieces."""
        end = offset + size
        while offset < end:
            chunk = os.pread(self._number, min(CHUNK, end - offset), offset)
            yield chunk
            offset += len(chunk)

    def copy_from(self, source: "Body", size: int, offset: int) -> None:
        """Take the first bytes of another body to this place."""
        for chunk in source.read(0, size):
            self.write(offset, chunk)
            offset += len(chunk)
