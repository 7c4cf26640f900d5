"""One service as a process group of its own, its output in a file."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Service:
    """What to start; `env` is all of its environment, as in a container."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Path | None = None


def start(service: Service, log: Path) -> subprocess.Popen[bytes]:
    """Output is appended: what a crashed service said last is still there after its restart."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - The command comes from this repository.
            service.command,
            env=dict(service.env),
            cwd=service.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def signal_group(group: int, number: signal.Signals) -> None:
    """A group that is gone needs no signal."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
