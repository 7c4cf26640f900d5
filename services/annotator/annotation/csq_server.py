"""Inside the engine's processes: the small one that starts the others, and those that answer calls."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
from typing import TYPE_CHECKING, Any, NoReturn

import pysam.bcftools

if TYPE_CHECKING:
    from collections.abc import Callable

# Of one call. A block takes well under a second; this ends a process that its parent can no longer end.
CPU_SECONDS = 120
MIN_SECONDS = 5

# A process that hangs without using the CPU is ended after this time.
WALL_SECONDS = 600

# By how much a limit of the environment has to be undercut so that it is not what ends a process.
CPU_GRACE_SECONDS = 5

# The genes around a block take some megabytes, the sequence is read in windows.
MEMORY_BYTES = 4 << 30

# A block of records gives tens of megabytes at most; this keeps a freak from filling the memory.
OUTPUT_BYTES = 1 << 30

_FAILED = 1
_STANDARD_ERROR = 2

# Arguments and answers are far smaller.
MESSAGE_BYTES = 1 << 16


def call(arguments: list[str]) -> None:
    """Call the consequences of the VCF on standard input, on standard output."""
    pysam.bcftools.csq(*arguments, catch_stdout=False)


def serve(target: Callable[[list[str]], None], requests: socket.socket) -> NoReturn:
    """What the small process does until nobody asks it any more; it never comes back."""
    try:
        while True:
            _, calls, _, _ = socket.recv_fds(requests, MESSAGE_BYTES, 1)
            if not calls:
                break
            process = os.fork()
            if not process:
                requests.close()
                _answer_calls(target, socket.socket(fileno=calls[0]))
            os.close(calls[0])
            _, status, used = os.wait4(process, 0)
            requests.send(json.dumps([status, used.ru_utime + used.ru_stime]).encode())
    finally:
        os._exit(0)


def _answer_calls(target: Callable[[list[str]], None], calls: socket.socket) -> NoReturn:
    """What the engine's process does until it is called no more, or fails; it never comes back."""
    status = _FAILED
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_DATA, MEMORY_BYTES)
        limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES)
        while True:
            request, streams, _, _ = socket.recv_fds(calls, MESSAGE_BYTES, 3)
            if not request:
                break
            _answer(target, json.loads(request), streams)
            calls.send(json.dumps(_used_seconds()).encode())
        status = 0
    except BaseException as error:  # noqa: BLE001 (whatever it is, it must not go on as the worker)
        os.write(_STANDARD_ERROR, str(error).encode())
    finally:
        os._exit(status)


def _answer(target: Callable[[list[str]], None], told: dict[str, Any], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.alarm(WALL_SECONDS)
    limit(resource.RLIMIT_CPU, int(_used_seconds()) + told["seconds"])
    target(told["arguments"])
    signal.alarm(0)


def _used_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def limit(kind: int, most: int) -> None:
    """Set a limit, or keep that of the environment where it is lower, which nobody may raise.

    That of CPU time can be set again. At the soft one the engine ends by a signal that tells of it; at
    the hard one by SIGKILL, which would look like an outage.
    """
    _, hard = resource.getrlimit(kind)
    if kind != resource.RLIMIT_CPU:
        soft = hard = most if hard == resource.RLIM_INFINITY else min(most, hard)
    else:
        soft = most if hard == resource.RLIM_INFINITY else max(0, min(most, hard - CPU_GRACE_SECONDS))
    resource.setrlimit(kind, (soft, hard))
