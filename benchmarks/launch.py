"""Runs a pipeline and tells what it took: a program of its own, small, and almost without other modules.

    python -I -S launch.py OUTPUT WATCH COMMAND [ARGUMENT ...] [| COMMAND [ARGUMENT ...]] ...

The output of the last command goes to the file OUTPUT. With WATCH 1 the memory of all processes is looked
at all the time, which takes time itself, with 0 it is not. It prints, separated by blanks: seconds by the
clock, by the user's CPU time and by the system's; peak memory in kB of the largest process (RSS, which
counts pages that processes share for each of them); with WATCH, peak memory in kB of the largest process
and of all together (PSS, which divides such pages among them), else 0.

The kernel counts a process's peak from before it became the command that it runs: what started it has to be
small. Here this is under 10 MB, and nothing smaller than that can be told.
"""

from __future__ import annotations

import os  # And not pathlib, which alone would take more memory than all of this.
import sys
import time

_SECONDS_BETWEEN_LOOKS = 0.02


class Pipeline:
    """Processes that run, or have ended.

    :ivar failed: whether one has ended badly.
    :ivar peak_kb: of the largest that has ended, with those that it waited for.
    """

    def __init__(self, commands: list[list[str]], output: int) -> None:
        self._running = start(commands, output)
        self.failed = False
        self.user = self.system = 0.0
        self.peak_kb = 0

    def wait(self) -> None:
        """Wait until all have ended."""
        while self._running:
            self._take(self._running[0], 0)

    def watch(self) -> tuple[int, int]:
        """Wait, looking at the memory: the most of one process, and of all together, in kB."""
        largest = together = 0
        while self._running:
            sizes = [pss(process) for process in with_descendants(self._running)]
            largest, together = max([largest, *sizes]), max(together, sum(sizes))
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            for process in list(self._running):
                self._take(process, os.WNOHANG)
        return largest, together

    def _take(self, process: int, how: int) -> None:
        """Note what a process has taken, if it has ended."""
        ended, status, used = os.wait4(process, how)
        if ended:
            self._running.remove(process)
            self.failed |= status != 0
            self.user += used.ru_utime
            self.system += used.ru_stime
            self.peak_kb = max(self.peak_kb, used.ru_maxrss)


def start(commands: list[list[str]], output: int) -> list[int]:
    """Start the commands of a pipeline; their process ids."""
    started = []
    source = os.open(os.devnull, os.O_RDONLY)
    for number, command in enumerate(commands, start=1):
        following, target = (-1, output) if number == len(commands) else os.pipe()
        streams = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, target, 1)]
        started.append(os.posix_spawnp(command[0], command, os.environ, file_actions=streams))
        os.close(source)
        os.close(target)
        source = following
    return started


def with_descendants(processes: list[int]) -> list[int]:
    """The processes and all that they have started and that are still there."""
    found, todo = [], list(processes)
    while todo:
        process = todo.pop()
        found.append(process)
        try:
            for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208
                with open(f"/proc/{process}/task/{thread}/children") as children:  # noqa: PTH123
                    todo += map(int, children.read().split())
        except OSError:
            continue
    return found


def pss(process: int) -> int:
    """Proportional memory in kB; nothing of a process that has just ended."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as lines:  # noqa: PTH123
            return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    except OSError:
        return 0


def split(words: list[str]) -> list[list[str]]:
    """The commands of a pipeline."""
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def main() -> int:
    """Run and print; the status is 1 if a command has failed."""
    output, watched = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), sys.argv[2] == "1"
    largest = together = 0
    began = time.perf_counter()
    pipeline = Pipeline(split(sys.argv[3:]), output)
    if watched:
        largest, together = pipeline.watch()
    else:
        pipeline.wait()
    seconds = time.perf_counter() - began
    print(seconds, pipeline.user, pipeline.system, pipeline.peak_kb, largest, together)
    return int(pipeline.failed)


if __name__ == "__main__":
    sys.exit(main())
