"""A process of its own for each call of ``bcftools csq`` out of pysam: bounded, and then gone.

The consequence caller may crash on data that nobody has seen yet, so it never runs in the process
that has the user's records. It is a fork, since what a new interpreter would take to start is more than
the call itself.
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
from typing import TYPE_CHECKING, NoReturn

import pysam.bcftools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

# A block takes well under a second; this ends a process that its parent can no longer end.
CPU_SECONDS = 120
MIN_SECONDS = 5

# A process that hangs without using the CPU is ended after this time.
WALL_SECONDS = 600

# At the soft limit the engine ends by a signal that tells of it; only at the hard one by SIGKILL,
# which would look like an outage.
CPU_GRACE_SECONDS = 5

# The genes around a block take some megabytes, the sequence is read in windows.
MEMORY_BYTES = 4 << 30

# A block of records gives tens of megabytes at most; this keeps a freak from filling the memory.
OUTPUT_BYTES = 1 << 30

_FAILED = 1
_STANDARD_ERROR = 2
_ERROR_BYTES = 500

# Arguments and answers are far smaller.
_MESSAGE_BYTES = 1 << 16

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


def call(arguments: list[str]) -> None:
    """Call the consequences of the VCF on standard input, on standard output."""
    pysam.bcftools.csq(*arguments, catch_stdout=False)


class Engine:
    """Starts a process of its own for each call, as forks of a small process that is a fork itself.

    A fork of the worker would have every page that the worker then writes copied, again and again.

    :param target: what each process does, given the arguments of a call.
    """

    def __init__(self, target: Callable[[list[str]], None]) -> None:
        self._target = target
        self._socket: socket.socket | None = None

    def run(self, arguments: list[str], feed: bytes, seconds: int, scratch: Path) -> Ran:
        """Call it, with files without names for the standard streams.

        :param seconds: of CPU time that it may take.
        :param scratch: the folder of the files.
        """
        self.start()
        assert self._socket
        with ExitStack() as files:
            streams = [files.enter_context(tempfile.TemporaryFile(dir=scratch)) for _ in range(3)]
            streams[0].write(feed)
            streams[0].seek(0)
            request = json.dumps({"arguments": arguments, "seconds": seconds}).encode()
            status, cpu_seconds = _ask(self._socket, request, [stream.fileno() for stream in streams])
            return Ran(
                status=status,
                signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
                cpu_seconds=cpu_seconds,
                output=_read(streams[1]),
                errors=_read(streams[2])[-_ERROR_BYTES:].decode("utf-8", "replace").strip(),
            )

    def start(self) -> None:
        """Start the small process, if it is not there yet."""
        if self._socket:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        process = os.fork()
        if not process:
            _close_all_but(theirs.fileno())
            _serve(self._target, theirs)
        theirs.close()
        weakref.finalize(self, _end, ours, process)
        self._socket = ours


def _ask(requests: socket.socket, request: bytes, streams: list[int]) -> tuple[int, float]:
    """The status and the CPU seconds of a call; as if killed if there is nobody to ask any more."""
    try:
        socket.send_fds(requests, [request], streams)
        status, seconds = json.loads(requests.recv(_MESSAGE_BYTES) or _GONE)
    except OSError:
        return int(signal.SIGKILL), 0.0
    return status, seconds


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


def _serve(target: Callable[[list[str]], None], requests: socket.socket) -> NoReturn:
    """What the small process does until nobody asks it any more; it never comes back."""
    try:
        while True:
            request, streams, _, _ = socket.recv_fds(requests, _MESSAGE_BYTES, 3)
            if not request:
                break
            told = json.loads(request)
            process = os.fork()
            if not process:
                requests.close()
                _become(target, told["arguments"], streams, told["seconds"])
            for stream in streams:
                os.close(stream)
            _, status, used = os.wait4(process, 0)
            requests.send(json.dumps([status, used.ru_utime + used.ru_stime]).encode())
    finally:
        os._exit(0)


def _become(
    target: Callable[[list[str]], None], arguments: list[str], streams: list[int], seconds: int
) -> NoReturn:
    """What the process of a call does; it never comes back."""
    status = _FAILED
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(WALL_SECONDS)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_CPU, seconds, CPU_GRACE_SECONDS)
        limit(resource.RLIMIT_DATA, MEMORY_BYTES)
        limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES)
        target(arguments)
        status = 0
    except BaseException as error:  # noqa: BLE001 (whatever it is, it must not go on as the worker)
        os.write(_STANDARD_ERROR, str(error).encode())
    finally:
        os._exit(status)


def limit(kind: int, most: int, grace: int = 0) -> None:
    """Set a limit, or keep that of the environment where it is lower, which nobody may raise.

    :param grace: how far the hard limit is above the soft one.
    """
    _, highest = resource.getrlimit(kind)
    hard = most + grace if highest == resource.RLIM_INFINITY else min(most + grace, highest)
    resource.setrlimit(kind, (max(0, min(most, hard - grace)), hard))


def _read(stream: BinaryIO) -> bytes:
    return os.pread(stream.fileno(), os.fstat(stream.fileno()).st_size, 0)
