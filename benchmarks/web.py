"""How many open pages a web server keeps up to date, beside a trivial Flask page on the same server.

    python -m benchmarks.web [--seconds 5] [--repeat 5]

Every open page of an unfinished job asks for its status every few seconds, and the usual answer is 204:
nothing has changed. Three sites take turns in each round, each on gunicorn with the shipped settings: the web
app on the local cloud, the same app with its records in memory, and a Flask page that says nothing. The
load comes from this machine as well. docs/performance.md has the results.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import requests

from benchmarks.cpu_time import cpu_seconds, started_process
from benchmarks.machine import describe_machine
from benchmarks.measuring import ROOT
from benchmarks.viewer_site import ADDRESSES, running_site
from benchmarks.web_job import RUNNING, running_job
from gas.aws.clients import Clients
from gas.aws.jobs import DynamoJobStore
from local.environment import settings_of

USERS = 16
NO_CONTENT = b"HTTP/1.1 204"
_TIMEOUT = 30
_WARM_SECONDS = 1.0
_READY_SECONDS = 60.0
_MS = 1000


@dataclass(frozen=True)
class Target:
    """What is asked for, again and again."""

    title: str
    port: int
    path: str
    cookie: str
    pid: int = 0

    @property
    def request(self) -> bytes:
        """A browser's request, as short as it can be."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: gas={self.cookie}"]
        return "\r\n".join([*lines, "HX-Request: true", "", ""]).encode()


class Load:
    """So many users, each of whom asks again as soon as there is an answer."""

    def __init__(self, target: Target, seconds: float) -> None:
        self._target = target
        self._until = time.monotonic() + seconds
        self._times: list[float] = []

    def run(self) -> list[float]:
        """Seconds that each answer took.

        :raises RuntimeError: one was not 204.
        """
        users = [threading.Thread(target=self._ask_on) for _ in range(USERS)]
        for user in users:
            user.start()
        for user in users:
            user.join()
        if not self._times:
            raise RuntimeError(f"{self._target.title}: no answer was 204")
        return self._times

    def _ask_on(self) -> None:
        with socket.create_connection(("127.0.0.1", self._target.port), timeout=_TIMEOUT) as connection:
            while time.monotonic() < self._until:
                began = time.perf_counter()
                connection.sendall(self._target.request)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += connection.recv(65_536)
                if not answer.startswith(NO_CONTENT):
                    raise RuntimeError(answer[:200].decode(errors="replace"))
                self._times.append(time.perf_counter() - began)


@contextmanager
def other_server(kind: str, port: int) -> Iterator[int]:
    """One of `benchmarks.web_server`; its process."""
    command = [sys.executable, "-m", "benchmarks.web_server", kind, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ.copy())
    try:
        health = "/healthz" if kind == "memory" else f"/jobs/{RUNNING}/status"
        wait_until_answers(f"http://127.0.0.1:{port}{health}")
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wait_until_answers(address: str) -> None:
    """Any answer will do."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            requests.get(address, timeout=_TIMEOUT)
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def poll_path(port: int, cookie: str) -> str:
    """Where the page of the running job asks for its status."""
    page = requests.get(
        f"http://127.0.0.1:{port}/jobs/{RUNNING}", cookies={"gas": cookie}, timeout=_TIMEOUT
    ).text
    found = re.search(r'hx-get="([^"]+)"', page)
    if not found:
        raise RuntimeError("the page does not poll")
    return unescape(found[1])


@dataclass(frozen=True)
class Round:
    """What one site did in one round: answers, and the CPU time that each took in it and in the cloud."""

    rate: float
    times: list[float]
    site_ms: float
    cloud_ms: float


def play(target: Target, seconds: float, cloud: int) -> Round:
    """Ask one site for so long."""
    before = cpu_seconds(target.pid), cpu_seconds(cloud)
    times = Load(target, seconds).run()
    after = cpu_seconds(target.pid), cpu_seconds(cloud)
    site, in_cloud = (_MS * (end - start) / len(times) for start, end in zip(before, after, strict=True))
    return Round(len(times) / seconds, times, site, in_cloud)


def measure(targets: list[Target], seconds: float, repeat: int) -> dict[str, list[Round]]:
    """All of them in each round."""
    cloud = started_process("-m local.cloud")
    for target in targets:
        Load(target, _WARM_SECONDS).run()
    rounds: dict[str, list[Round]] = {target.title: [] for target in targets}
    for _ in range(repeat):
        for target in targets:
            rounds[target.title].append(play(target, seconds, cloud))
    return rounds


def show(rounds: dict[str, list[Round]], floor: str) -> None:
    """Print medians; ratios are of the same round."""
    print("| site | polls a second | best round | median ms | share of the Flask page |", end="")
    print(" CPU ms of the site | CPU ms of the local cloud |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for title, mine in rounds.items():
        rates = [each.rate for each in mine]
        share = statistics.median(a.rate / b.rate for a, b in zip(mine, rounds[floor], strict=True))
        middle = _MS * statistics.median([taken for each in mine for taken in each.times])
        site = statistics.median(each.site_ms for each in mine)
        cloud = statistics.median(each.cloud_ms for each in mine)
        print(f"| {title} | {statistics.median(rates):,.0f} | {max(rates):,.0f} | {middle:.1f} ", end="")
        print(f"| {share:.2f} | {site:.2f} | {cloud:.2f} |")


def main() -> None:
    """Start the three sites, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print("\n".join(describe_machine()))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        summary = Path(folder) / "summary.json"
        summary.write_text("{}")
        site = stack.enter_context(running_site(Path(folder), [], summary))
        _add_running_job(Path(folder))
        memory, floor = ADDRESSES.web_port + 10, ADDRESSES.web_port + 11
        memory_pid = stack.enter_context(other_server("memory", memory))
        floor_pid = stack.enter_context(other_server("floor", floor))
        targets = [
            _target("web app on the local cloud", ADDRESSES.web_port, site.cookie, site.pid),
            _target("web app, records in memory", memory, site.cookie, memory_pid),
            Target("Flask page", floor, f"/jobs/{RUNNING}/status", site.cookie, floor_pid),
        ]
        show(measure(targets, options.seconds, options.repeat), targets[-1].title)


def _target(title: str, port: int, cookie: str, pid: int) -> Target:
    return Target(title, port, poll_path(port, cookie), cookie, pid)


def _add_running_job(folder: Path) -> None:
    outputs = settings_of(json.loads((folder / "outputs.json").read_text()))
    DynamoJobStore(Clients()["dynamodb"], outputs["GAS_JOBS_TABLE"]).add(running_job())


if __name__ == "__main__":
    main()
