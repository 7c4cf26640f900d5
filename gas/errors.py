"""Everything that can go wrong, as one small tree.

::

    GasError
     +-- InvalidInput    the user's data can never work; the text is for the user
     +-- NotYet          not now, but later; the message stays in its queue
     +-- NotFound        no such job, account, object or token
     +-- PutOff          not now; the message is sent again, and another one may be handled now
     +-- Refused         a transition whose condition did not hold; nothing was written
     +-- Unreadable      a message that no version of this code can have sent
     +-- Misconfigured   the process cannot start; the text says which setting and why

An adapter raises these ``from`` the error of the library that it wraps, so that no caller
ever meets a botocore exception by name. Whatever is not in this tree is a bug or an outage:
the worker leaves the message, and the queue brings it back.
"""

from __future__ import annotations


class GasError(Exception):
    """Anything that this system raises on purpose."""


class InvalidInput(GasError):
    """The user's data can never work: the job fails with this one sentence.

    :param sentence: what happened and what to do, without the place.
    :param line: line of the uncompressed file, counted from 1.
    :param column: tab-separated column, counted from 1.
    """

    def __init__(self, sentence: str, *, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        place = f"Line {line}" if line else ""
        place += f", column {column}" if line and column else ""
        super().__init__(f"{place}: {sentence}" if place else sentence)


class NotYet(GasError):
    """Not now, but later: the message is to come back.

    :param retry_after: seconds until another look is worth while.
    """

    def __init__(self, reason: str, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class PutOff(GasError):
    """Not now: the message is done with, and sent again, so that its receipts are counted anew.

    :param later: body of the message to send.
    :param seconds: when that is to be received.
    :param instead: body of a message to handle now; it may be one that waits in the queue as well.
    """

    def __init__(self, reason: str, *, later: str, seconds: float, instead: str = "") -> None:
        self.later = later
        self.seconds = seconds
        self.instead = instead
        super().__init__(reason)


class NotFound(GasError):
    """There is no such job, account, object or token."""


class Refused(GasError):
    """A conditional write whose condition did not hold; nothing was written."""


class Unreadable(GasError):
    """A message that cannot be decoded, so that no handler can be chosen."""


class Misconfigured(GasError):
    """The process cannot work as it is set up; the text says which setting and why."""
