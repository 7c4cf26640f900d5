"""Starts the services of the system and keeps them running, as ECS does on AWS."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.service_process import Service, signal_group, start
from local.state_file import write_state

__all__ = ["Service", "Supervisor"]

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
#: A service that ran this long is healthy again: its next restart is quick.
HEALTHY_AFTER_S = 30.0
#: ECS's default stopTimeout.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
GRACE_S = 30.0


class Supervisor:
    """A group of services; started once, stopped once."""

    def __init__(
        self,
        services: Sequence[Service],
        directory: Path = Path(".local"),
        urls: Mapping[str, str] | None = None,
        grace_s: float = GRACE_S,
        first_delay_s: float = FIRST_DELAY_S,
    ) -> None:
        self._services, self._directory, self._urls = services, directory, dict(urls or {})
        self._grace_s, self._first_delay_s = grace_s, first_delay_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._keepers: list[threading.Thread] = []
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now; each leads a group of the same number."""
        with self._lock:
            return {name: process.pid for name, process in self._running.items()}

    @property
    def state_file(self) -> Path:
        """{"urls": {...}, "pids": {...}}, always the present state."""
        return self._directory / "state.json"

    def log_file(self, name: str) -> Path:
        """Where a service's output goes."""
        return self._directory / "logs" / f"{name}.log"

    def start(self) -> None:
        """Start every service, each watched by a thread of its own."""
        command = [sys.executable, "-m", "local.watchdog"]
        root = Path(__file__).parents[1]
        self._watchdog = subprocess.Popen(  # noqa: S603 - The command is this package's own.
            command, cwd=root, stdin=subprocess.PIPE, start_new_session=True
        )
        for service in self._services:
            self.add(service)

    def add(self, service: Service) -> None:
        """Start one more service; for those that need something that another one provides."""
        first = self._start(service)
        keeper = threading.Thread(target=self._keep, args=(service, first), name=service.name, daemon=True)
        self._keepers.append(keeper)
        keeper.start()

    def stop(self) -> None:
        """SIGTERM to all at once, SIGKILL to whoever is left after the grace period."""
        self._stopping.set()
        for group in self.pids.values():
            signal_group(group, signal.SIGTERM)
        deadline = time.monotonic() + self._grace_s
        for keeper in self._keepers:
            keeper.join(max(0.0, deadline - time.monotonic()))
        for group in self.pids.values():
            signal_group(group, signal.SIGKILL)
        for keeper in self._keepers:
            keeper.join()
        self._dismiss_watchdog()

    def _start(self, service: Service) -> subprocess.Popen[bytes]:
        with self._lock:
            process = start(service, self.log_file(service.name))
            self._tell_watchdog("+", process.pid)
            self._running[service.name] = process
        self._write_state()
        return process

    def _keep(self, service: Service, process: subprocess.Popen[bytes]) -> None:
        """Restart the service whenever it ends, with growing patience, until the supervisor stops."""
        delay = self._first_delay_s
        while True:
            started = time.monotonic()
            process.wait()
            self._clear(service, process)
            if time.monotonic() - started >= HEALTHY_AFTER_S:
                delay = self._first_delay_s
            if self._stopping.wait(delay):
                return
            delay = min(delay * 2, LONGEST_DELAY_S)
            process = self._start(service)
            self._end_if_stopping(process)

    def _end_if_stopping(self, process: subprocess.Popen[bytes]) -> None:
        """stop() may have sent its signals in the instant before this process was there."""
        if self._stopping.is_set():
            signal_group(process.pid, signal.SIGTERM)

    def _clear(self, service: Service, process: subprocess.Popen[bytes]) -> None:
        """A service may leave children behind when it dies; they would compete with its successor."""
        signal_group(process.pid, signal.SIGKILL)
        with self._lock:
            self._running.pop(service.name, None)
            self._tell_watchdog("-", process.pid)
        self._write_state()

    def _write_state(self) -> None:
        with self._lock:
            pids = {name: process.pid for name, process in self._running.items()}
            write_state(self.state_file, self._urls, pids)

    def _tell_watchdog(self, sign: str, group: int) -> None:
        assert self._watchdog is not None
        assert self._watchdog.stdin is not None
        # Without a watchdog the services still run, and are still stopped; that is worth more.
        with suppress(BrokenPipeError):
            self._watchdog.stdin.write(f"{sign}{group}\n".encode())
            self._watchdog.stdin.flush()

    def _dismiss_watchdog(self) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.close()
            self._watchdog.wait()
