"""Stopping a worker that may be in the middle of something.

SIGTERM sets `Stop.requested`. If the work in hand does not end by itself within the grace, `GivenBack` is
raised in the main thread, wherever it is.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: A stop that found the main thread in code that no signal interrupts is tried again this much later.
AGAIN_SECONDS = 2.0


class GivenBack(BaseException):
    """The time to stop is over: leave the work as it is. Not an Exception, so that no handler eats it."""


class Stop:
    """The stop of one worker.

    :ivar requested: nothing more is to be begun.
    :ivar idle: nothing is in hand, so there is nothing to wait for.
    """

    def __init__(self, grace: float) -> None:
        self.requested = threading.Event()
        self.idle = False
        self._grace = grace
        self._accepted = False
        self._ended = threading.Event()

    def accept(self) -> None:
        """The work was left: `GivenBack` is not raised again."""
        self._accepted = True

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to SIGTERM and SIGINT, from a thread beside the work.

        A Python signal handler runs only when the main thread comes back from whatever it is blocked in; the
        wake-up descriptor is written to at once.
        """
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        before = {name: signal.signal(name, _ignore) for name in (signal.SIGTERM, signal.SIGINT)}
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._interrupt)
        old_descriptor = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        watcher = threading.Thread(target=self._watch, args=(reader,), name="stop", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._accepted = True
            self._ended.set()
            signal.set_wakeup_fd(old_descriptor)
            os.close(writer)
            watcher.join()
            os.close(reader)
            for name, handler in before.items():
                signal.signal(name, handler)

    def _watch(self, reader: int) -> None:
        if not os.read(reader, 1):
            return  # The worker ended without a signal.
        self.requested.set()
        if not self.idle:
            self._ended.wait(self._grace)
        while not self._ended.is_set():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
            self._ended.wait(AGAIN_SECONDS)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if not self._accepted:
            raise GivenBack


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The signal is seen by the watcher."""
