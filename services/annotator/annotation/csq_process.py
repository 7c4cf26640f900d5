"""A process of its own for ``bcftools csq`` out of pysam: bounded, and replaced when it fails.

The consequence caller may crash on data that nobody has seen yet, so it never runs in the process
that has the user's records. It is a fork, since what a new interpreter would take to start is more than
the call itself, and it stays for the next call, since a fork takes as long as two calls.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import tempfile
import weakref
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.annotator.annotation.csq_server import MESSAGE_BYTES, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

_STANDARD_ERROR = 2
_ERROR_BYTES = 500

# What asks for a process.
_FORK = b"fork"

# The answer of a process that was ended itself.
_GONE = json.dumps([int(signal.SIGKILL), 0.0])


@dataclass(frozen=True)
class Ran:
    """How a process ended.

    :ivar status: 0 if it went well.
    :ivar signal: what ended it from outside, or 0.
    :ivar errors: the end of what it wrote to standard error.
    """

    status: int
    signal: int
    cpu_seconds: float
    output: bytes
    errors: str


class Engine:
    """A process that answers one call after the other, as a fork of a small process that is a fork itself.

    A fork of the worker would have every page that the worker then writes copied, again and again.

    :param target: what the process does in a call, given its arguments.
    """

    def __init__(self, target: Callable[[list[str]], None]) -> None:
        self._target = target
        self._parent: socket.socket | None = None
        self._process: socket.socket | None = None
        self._used = 0.0

    def run(
        self, arguments: list[str], feed: bytes, seconds: int, scratch: Path, *, anew: bool = False
    ) -> Ran:
        """Call it, with files without names for the standard streams.

        :param seconds: of CPU time that it may take.
        :param scratch: the folder of the files.
        :param anew: whether it has to be a process that was not called before.
        """
        if anew:
            self._leave()
        with ExitStack() as files:
            streams = [files.enter_context(tempfile.TemporaryFile(dir=scratch)) for _ in range(3)]
            streams[0].write(feed)
            streams[0].seek(0)
            request = json.dumps({"arguments": arguments, "seconds": seconds}).encode()
            status, cpu_seconds = self._ask(request, [stream.fileno() for stream in streams])
            return Ran(
                status=status,
                signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
                cpu_seconds=cpu_seconds,
                output=_read(streams[1]),
                errors=_read(streams[2])[-_ERROR_BYTES:].decode("utf-8", "replace").strip(),
            )

    def start(self) -> None:
        """Start the small process, if it is not there yet."""
        if self._parent:
            return
        ours, theirs = _pair()
        process = os.fork()
        if not process:
            _close_all_but(theirs.fileno())
            serve(self._target, theirs)
        theirs.close()
        weakref.finalize(self, _end, ours, process)
        self._parent = ours

    def _ask(self, request: bytes, streams: list[int]) -> tuple[int, float]:
        """The status and the CPU seconds of a call; as if killed if there is nobody to ask any more."""
        before = self._used
        try:
            process = self._process = self._process or self._new_process()
            socket.send_fds(process, [request], streams)
            if answer := process.recv(MESSAGE_BYTES):
                self._used = json.loads(answer)
                return 0, self._used - before
        except OSError:
            pass
        status, used = self._leave()
        return status, used - before

    def _new_process(self) -> socket.socket:
        self.start()
        assert self._parent
        ours, theirs = _pair()
        weakref.finalize(self, ours.close)
        with theirs:
            socket.send_fds(self._parent, [_FORK], [theirs.fileno()])
        self._used = 0.0
        return ours

    def _leave(self) -> tuple[int, float]:
        """Have the process end; its status, and the CPU seconds of all its calls."""
        if not self._process or not self._parent:
            return int(signal.SIGKILL), 0.0
        self._process.close()
        self._process = None
        try:
            status, used = json.loads(self._parent.recv(MESSAGE_BYTES) or _GONE)
        except OSError:
            return int(signal.SIGKILL), 0.0
        return status, used


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _close_all_but(kept: int) -> None:
    """Nothing that the worker has open is for the engine, least of all what others wait for the end of."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(_STANDARD_ERROR + 1, kept)
    os.closerange(kept + 1, most)


def _end(requests: socket.socket, process: int) -> None:
    """Have the small process end, which does nothing now."""
    requests.close()
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _read(stream: BinaryIO) -> bytes:
    return os.pread(stream.fileno(), os.fstat(stream.fileno()).st_size, 0)
