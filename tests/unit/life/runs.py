"""Runs of real workers that can be paused, killed, stopped or failed at any call that leaves their process.

A run is a greenlet: it hands over at a call of a port and goes on when it is told to, so that two
workers meet at exactly the call that was drawn, and meet there again when the example is replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from io import BufferedReader
from typing import Any

from botocore.exceptions import ClientError
from greenlet import getcurrent, greenlet

from gas.stopping import GivenBack
from gas.worker import Worker
from tests.unit.life.reaper import Killed


class Fault(Enum):
    """What befalls one call."""

    PAUSE = "another worker goes first"
    KILL_AFTER = "the process dies, the call was made"
    KILL_BEFORE = "the process dies, nothing was sent"
    THROTTLED = "the service refuses for now"
    ANSWER_LOST = "the call was made, its caller sees an error"
    SENT_TWICE = "the answer was lost and the client library sends the call again"
    STOPPED = "the process is told to stop and has no time left"


#: What befalls which call: the n-th of a turn, or its n-th write where n is negative.
Faults = Mapping[int, Fault]

#: Calls that change something outside; what matters happens around them.
WRITES = frozenset({"move", "publish", "start", "store", "bring_back", "discard", "remove", "upload"})

#: How an adapter lets it through: no adapter knows this code.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
THROTTLING = {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}


class Broken(BaseException):
    """A promise was broken. Not an Exception, so that no worker takes it for an outage."""


class Run(greenlet):
    """One turn of one worker. After `go`, ``dead`` says whether it has ended.

    :ivar name: the service of the worker.
    :ivar calls: how many calls have left the process since it last went on, and how many ``writes``.
    :ivar disturbed: whether anything befell it.
    :ivar paused: whether another worker has gone first at any of its calls.
    :ivar cut_off: whether a call of its did not go as usual, so that it may have ended there.
    :ivar killed: whether its process has died.
    :ivar began: when it began.
    :ivar plans: the owner's plans since it began.
    """

    def __init__(self, name: str, worker: Worker, faults: Faults, *, began: float) -> None:
        super().__init__(self._main)
        self.name = name
        self.worker = worker
        self.faults = faults
        self.began = began
        self.calls = 0
        self.writes = 0
        self.disturbed = False
        self.paused = False
        self.cut_off = False
        self.killed = False
        self.plans = set()

    def go(self, faults: Faults | None = None) -> None:
        """Begin or go on, until the end or the next pause; new faults count from here."""
        if faults is not None:
            self.faults = faults
            self.calls = self.writes = 0
        self.switch()

    def next_fault(self, *, write: bool) -> Fault | None:
        """Count a call, and say what befalls it."""
        self.calls += 1
        self.writes += write
        fault = self.faults.get(self.calls) or (self.faults.get(-self.writes) if write else None)
        self.disturbed |= fault is not None
        return fault

    def kill(self) -> None:
        """End it where it is paused."""
        self.throw(Killed())

    def _main(self) -> None:
        try:
            self.worker.turn()
        except (Killed, GivenBack):
            self.killed = True
        except Broken as broken:
            raise AssertionError(str(broken)) from broken


class Port:
    """A port whose calls are open to faults while a `Run` makes them."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._port, method)
        if not callable(call):
            return call

        def made(*args: Any, **kwargs: Any) -> Any:
            return leave(partial(_call_anew, call, args, kwargs), write=method in WRITES)

        setattr(self, method, made)
        return made


def _call_anew(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call that is sent again begins its file anew, as the client library does."""
    for each in args:
        if isinstance(each, BufferedReader):
            each.seek(0)
    return call(*args, **kwargs)


def leave(call: Callable[[], Any], *, write: bool = True) -> Any:
    """Make one call that leaves the process, with what befalls it."""
    run = getcurrent()
    fault = run.next_fault(write=write) if isinstance(run, Run) else None
    if fault is None:
        return call()
    if fault is Fault.PAUSE:
        run.paused = True
        run.parent.switch()
        return call()
    run.cut_off = True
    return _befall(call, fault)


def _befall(call: Callable[[], Any], fault: Fault) -> Any:
    if fault is Fault.KILL_BEFORE:
        raise Killed
    if fault is Fault.STOPPED:
        raise GivenBack
    if fault is Fault.THROTTLED:
        raise ClientError(THROTTLING, "Call")
    call()
    if fault is Fault.KILL_AFTER:
        raise Killed
    if fault is Fault.ANSWER_LOST:
        raise ConnectionError("the connection broke before the answer")
    return call()
