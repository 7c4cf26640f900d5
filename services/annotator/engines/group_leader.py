"""Run as a process of its own, the first of a new session: starts an engine, and dies with the service.

Whatever the engine starts is in this process's group unless it leaves it on purpose. Standard input is the
lifeline: the service holds its other end and never writes, so that it ends when the service does, however
that happens; then the whole group is killed. A pipe tells this on every Unix, and a death signal from the
kernel (prctl(2), PR_SET_PDEATHSIG) would reach this one process only.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

# Where memory runs out, the kernel is to end the engine and not the service beside it (proc(5)).
OOM_SCORE_ADJ = Path("/proc/self/oom_score_adj")
MOST_EXPENDABLE = "1000"

# How shells say that a signal ended a command.
SIGNALLED = 128


def main(arguments: list[str]) -> int:
    """Run a command to its end; the exit status is its own, or 128 and the number of a signal.

    :param arguments: the most memory of one process and the largest file, in bytes, and the command.
    """
    memory, file_size, *command = arguments
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    with suppress(OSError):
        OOM_SCORE_ADJ.write_text(MOST_EXPENDABLE)
    _limit(resource.RLIMIT_CORE, 0)
    # Not RLIMIT_AS, which counts mapped files and address space that is only reserved (getrlimit(2)).
    _limit(resource.RLIMIT_DATA, int(memory))
    _limit(resource.RLIMIT_FSIZE, int(file_size))
    status = subprocess.Popen(command, stdin=subprocess.DEVNULL).wait()  # noqa: S603 - the service's command.
    return SIGNALLED - status if status < 0 else status


def _end_with_the_service() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(0, signal.SIGKILL)


def _limit(kind: int, most: int) -> None:
    """Set a limit, or keep that of the environment where it is lower, which nobody may raise."""
    _, highest = resource.getrlimit(kind)
    most = most if highest == resource.RLIM_INFINITY else min(most, highest)
    resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
