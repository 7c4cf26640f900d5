"""A command as a process group of its own, which never outlives the call that runs it.

The group is killed, and waited for, whenever the call ends: with the command's end, at its deadline, and when
anything is raised in the calling thread, be it by the caller's own beat or by a signal (`gas.stopping`).
Should even that be cut short, by SIGKILL say, the group ends with the lifeline (`group_leader`).
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.annotator.engines import group_leader
from services.annotator.engines.engine import EngineFailed

#: How often the caller hears that the group is at work.
BEAT_SECONDS = 1.0

#: What is kept of the end of standard error: room for a sentence, or for the last frames of a stack.
ERROR_BYTES = 8_192

#: A line of standard output that is longer tells nothing and is dropped.
MAX_LINE_BYTES = 65_536

_PIECE_BYTES = 65_536

# prctl(2): orphaned descendants come to this process instead of process 1.
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Command:
    """What is run, with nothing of the service's environment.

    :ivar folder: its working directory.
    :ivar memory_bytes: the most memory of one process.
    :ivar file_bytes: the largest file that it may write.
    :ivar seconds: how long it may take.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    memory_bytes: int
    file_bytes: int
    seconds: float


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    :ivar status: its exit status; 128 and the number of the signal that ended it.
    :ivar errors: the end of its standard error.
    """

    status: int
    errors: str


def run_group(command: Command, *, on_line: Callable[[bytes], None], beat: Callable[[], None]) -> Ended:
    """Run a command to its end.

    :param on_line: gets each line of its standard output.
    :param beat: called every `BEAT_SECONDS`.
    :raises EngineFailed: if it takes longer than it may.
    """
    with _adopting_orphans():
        process = _start(command)
        try:
            errors = _follow(process, command.seconds, on_line, beat)
        finally:
            _end(process)
    # The leader itself may have been killed, for which it has no status of its own.
    status = process.returncode
    return Ended(group_leader.SIGNALLED - status if status < 0 else status, errors)


def _start(command: Command) -> subprocess.Popen[bytes]:
    leader = [sys.executable, "-I", "-S", group_leader.__file__]
    limits = [str(command.memory_bytes), str(command.file_bytes)]
    return subprocess.Popen(  # noqa: S603 - the service's own command.
        [*leader, *limits, *command.arguments],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=command.folder,
        env=dict(command.environment),
        start_new_session=True,
    )


def _follow(
    process: subprocess.Popen[bytes],
    seconds: float,
    on_line: Callable[[bytes], None],
    beat: Callable[[], None],
) -> str:
    """Read what a process says until it ends; the end of its standard error."""
    assert process.stdout
    assert process.stderr
    lines, tail = _Lines(on_line), _Tail()
    deadline = time.monotonic() + seconds
    next_beat = time.monotonic() + BEAT_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, lines.add)
        selector.register(process.stderr, selectors.EVENT_READ, tail.add)
        while selector.get_map():
            _read(selector, max(0.0, min(next_beat, deadline) - time.monotonic()))
            if time.monotonic() >= deadline:
                raise EngineFailed(f"it had not ended after {seconds:,.0f} s")
            if time.monotonic() >= next_beat:
                if process.poll() is not None:
                    break  # What it left behind still has its output open.
                beat()
                next_beat = time.monotonic() + BEAT_SECONDS
    return tail.text


def _read(selector: selectors.BaseSelector, seconds: float) -> None:
    for key, _ in selector.select(seconds):
        if piece := os.read(key.fd, _PIECE_BYTES):
            key.data(piece)
        else:
            selector.unregister(key.fileobj)


class _Lines:
    def __init__(self, on_line: Callable[[bytes], None]) -> None:
        self._on_line = on_line
        self._begun = b""

    def add(self, piece: bytes) -> None:
        *lines, begun = (self._begun + piece).split(b"\n")
        self._begun = begun if len(begun) <= MAX_LINE_BYTES else b""
        for line in lines:
            self._on_line(line)


class _Tail:
    def __init__(self) -> None:
        self._bytes = b""

    def add(self, piece: bytes) -> None:
        self._bytes = (self._bytes + piece)[-ERROR_BYTES:]

    @property
    def text(self) -> str:
        return self._bytes.decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the group and wait until the last of it is gone, as far as the kernel tells.

    The number of a group is not given to another as long as it has a member, be it one that is not yet waited
    for; a group without any is no longer there.
    """
    with suppress(ProcessLookupError, PermissionError):  # macOS forbids to signal those that have ended.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-process.pid, 0)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


@contextmanager
def _adopting_orphans() -> Iterator[None]:
    """Be told of the end of every process of the group, its leader's children included.

    Without this they would stay behind as zombies where the service is process 1, and could still be writing
    into a folder that is being removed. Elsewhere than on Linux they are left to process 1.
    """
    _set_subreaper(1)
    try:
        yield
    finally:
        _set_subreaper(0)


def _set_subreaper(value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)
