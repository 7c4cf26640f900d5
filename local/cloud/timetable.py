"""Things to do at a later moment, done by one thread however many they are."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

Action = Callable[[], None]
log = logging.getLogger(__name__)


class Timetable:
    """Runs each action once, at its time, in the order of their times."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        threading.Thread(target=self._run, name="timetable", daemon=True).start()

    def after(self, seconds: float, action: Action) -> None:
        """Have it done once so many seconds have passed."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), action))
            self._changed.notify()

    def _run(self) -> None:
        while True:
            action = self._next()
            try:
                action()
            except Exception:
                log.exception("timetable.action_failed")

    def _next(self) -> Action:
        with self._changed:
            while not self._due or self._due[0][0] > time.monotonic():
                self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
            return heapq.heappop(self._due)[2]
