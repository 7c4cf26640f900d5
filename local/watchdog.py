"""Ends the services when their supervisor is gone, however it went: run as `python -m local.watchdog`.

It reads lines from the supervisor: "+123" when process group 123 has started, "-123" when it is gone.
The end of the input means that the supervisor is dead, and whatever is still listed is killed. A pipe
tells this on every system, where the parent-death signal of Linux would reach only direct children. What
remains open: a service started in the instant before its line is written, and both killed together.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress


def follow(lines: Iterable[str]) -> set[int]:
    """The process groups that are left when the lines end."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def kill_groups(groups: Iterable[int]) -> None:
    """SIGKILL: nobody is left who could wait for a graceful end."""
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def main() -> None:
    """Deaf to what stops the others: this process ends by its input alone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    kill_groups(follow(sys.stdin))


if __name__ == "__main__":
    main()
