"""Every call that leaves a process can be made the last one of that process: it dies there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial


class Killed(BaseException):
    """SIGKILL, as far as Python can play it: nothing of the process runs after this."""


@dataclass
class Reaper:
    """Kills the process at one call that leaves it, counted over the whole run."""

    fatal: int | None = None
    after: bool = False
    calls: int = 0
    log: list[str] = None

    def __post_init__(self) -> None:
        self.log = []

    def watch(self, port, name):
        return _Watched(port, name, self)

    def strike(self, label) -> None:
        """What happens at that call."""
        raise Killed(label)

    @contextmanager
    def naming_the_call(self) -> Iterator[None]:
        """What fails here is told with the call at which the process was killed."""
        try:
            yield
        except AssertionError as error:
            point = f"{'after' if self.after else 'before'} call {self.fatal}, {self.log[self.fatal - 1]}"
            raise AssertionError(f"killed {point}: {error}") from error


def reapers(total: int) -> Iterator[Reaper]:
    """For each of so many calls, one that kills before it and one that kills after it."""
    for fatal in range(1, total + 1):
        for after in (False, True):
            yield Reaper(fatal, after)


def _same(delivery):
    return delivery


class _Watched:
    """A port whose every call may be the last."""

    def __init__(self, port, name, reaper):
        self._port, self._name, self._reaper = port, name, reaper

    def __getattr__(self, method):
        call = getattr(self._port, method)
        if not callable(call):
            return call
        return partial(self._watched, call, f"{self._name}.{method}")

    def _watched(self, call, label, *args, **kwargs):
        reaper = self._reaper
        if label == "inbox.receive":
            # An idle look at the queue is no step of anything; a receipt is one, once it was made.
            delivery = call()
            if delivery is None:
                return None
            call = partial(_same, delivery)
        reaper.calls += 1
        reaper.log.append(label)
        fatal = reaper.calls == reaper.fatal
        if fatal and not reaper.after:
            reaper.strike(label)
        result = call(*args, **kwargs)
        if fatal and reaper.after:
            reaper.strike(label)
        return result
