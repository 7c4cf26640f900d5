"""The blocks of a file on several cores: a few processes annotate them, and they keep their order."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
from collections import deque
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Self

from services.annotator.annotation.csq import EngineKilled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.context import ForkProcess
    from types import TracebackType

    from services.annotator.annotation.block import Annotated, BlockAnnotator, Task

# Blocks that are at work, or done and waiting for one before them, for each worker.
_AHEAD = 4

# Blocks that a worker has: the one that it works on, and the next, so that it never waits for it.
_IN_HAND = 2

# Parameters of the allocator of glibc (mallopt(3)): what is freed at the top of the heap stays there up to
# this much, the heap grows by this much, and blocks up to this much are taken from it.
_MALLOC = {-1: 1 << 30, -2: 32 << 20, -3: 1 << 30}


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Processes that annotate blocks.

    They are forks: each starts at once with what was loaded before, and shares its memory. Nothing of
    the result depends on how many there are.
    """

    def __init__(self, annotator: BlockAnnotator, count: int) -> None:
        self._forks = multiprocessing.get_context("fork")
        self._annotator = annotator
        self._count = max(1, count)
        self._in_hand: dict[Connection, deque[int]] = {}
        self._processes: list[ForkProcess] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
        for connection in self._in_hand:
            connection.close()
        for process in self._processes:
            process.join()

    def annotate(self, tasks: Iterable[Task]) -> Iterator[Annotated]:
        """The results of the tasks, in their order; the next task is read while the workers work.

        :raises EngineKilled: if a process ended before its work was done.
        """
        source = iter(tasks)
        upcoming = next(source, None)
        sent = due = 0
        finished: dict[int, Annotated] = {}
        while upcoming or sent > due:
            while upcoming and sent - due < self._count * _AHEAD and (worker := self._free_worker()):
                _send(worker, upcoming)
                self._in_hand[worker].append(sent)
                sent += 1
                upcoming = next(source, None)
            if due not in finished:
                self._collect(finished)
            while due in finished:
                yield finished.pop(due)
                due += 1

    def _collect(self, finished: dict[int, Annotated]) -> None:
        """Take what is finished, waiting until something is."""
        for connection in wait([worker for worker, blocks in self._in_hand.items() if blocks]):
            assert isinstance(connection, Connection)
            finished[self._in_hand[connection].popleft()] = _receive(connection)

    def _free_worker(self) -> Connection | None:
        """The one with the least in hand; rather than that it gets more, another one is started."""
        least = min(self._in_hand, key=lambda worker: len(self._in_hand[worker]), default=None)
        if len(self._processes) < self._count and (least is None or self._in_hand[least]):
            return self._new_worker()
        return least if least and len(self._in_hand[least]) < _IN_HAND else None

    def _new_worker(self) -> Connection:
        ours, theirs = multiprocessing.Pipe()
        process = self._forks.Process(
            target=_work, args=(self._annotator, theirs, [*self._in_hand, ours]), daemon=True
        )
        process.start()
        theirs.close()
        self._in_hand[ours] = deque()
        self._processes.append(process)
        return ours


def _work(annotator: BlockAnnotator, connection: Connection, others: list[Connection]) -> None:
    """What a worker does until nobody sends it more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:
        other.close()  # So that a worker learns of the end of the one who would send it more.
    gc.freeze()
    _keep_memory()
    annotator.start()  # Before there is a second thread, which no fork should have.
    tasks: SimpleQueue[Task | None] = SimpleQueue()
    Thread(target=_take_tasks, args=(connection, tasks), daemon=True).start()
    with suppress(BrokenPipeError):
        while task := tasks.get():
            connection.send(_outcome(annotator, task))
    os._exit(0)


def _take_tasks(connection: Connection, tasks: SimpleQueue[Task | None]) -> None:
    """Take tasks off the pipe while the one before them is worked on; in the end comes None."""
    with suppress(EOFError, OSError):
        while True:
            tasks.put(connection.recv())
    tasks.put(None)


def _keep_memory() -> None:
    """Have freed memory used again and not given back: every block needs as much as the one before."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for parameter, value in _MALLOC.items():
            libc.mallopt(parameter, value)


def _outcome(annotator: BlockAnnotator, task: Task) -> Annotated | Exception:
    try:
        return annotator.annotate(task)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is raised where the file is put together)
        return error


def _send(connection: Connection, task: Task) -> None:
    try:
        connection.send(task)
    except OSError as error:
        raise EngineKilled("A process of the annotator was ended from outside.") from error


def _receive(connection: Connection) -> Annotated:
    try:
        outcome = connection.recv()
    except (EOFError, OSError) as error:
        raise EngineKilled("A process of the annotator was ended from outside.") from error
    if isinstance(outcome, Exception):
        raise outcome
    result: Annotated = outcome
    return result
