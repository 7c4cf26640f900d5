"""The whole system as processes, seen only from outside: nothing of the project is imported here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from tests.e2e.researcher import Researcher
from tests.waiting import free_ports, wait_for

ROOT = Path(__file__).parents[2]
RETENTION_SECONDS = 6


class RunningSystem:
    """Where the system answers, and what an operator would look at."""

    def __init__(self, folder: Path, process: subprocess.Popen) -> None:
        self.folder = folder
        self.process = process
        self._forgiven: dict[str, int] = {}

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.folder / "state.json").read_text())

    @property
    def web(self) -> str:
        return self.state["urls"]["web"]

    def control(self, path: str) -> Any:
        return requests.get(self.state["urls"]["control"] + path, timeout=10).json()

    def kill(self, name: str) -> int:
        """SIGKILL a service and all its children, as a host that dies would; the pid that was killed."""
        pid = wait_for(lambda: self.state["pids"].get(name), f"a {name}")
        os.killpg(pid, signal.SIGKILL)
        return pid

    def wait_for_new(self, name: str, old: int) -> None:
        """Until the service was started again."""
        wait_for(lambda: self.state["pids"].get(name, old) != old, f"another {name}")

    def mails_about(self, job_id: str) -> list[dict[str, Any]]:
        return [mail for mail in self.control("/mail.json") if job_id in json.dumps(mail)]

    def executions_of(self, job_id: str) -> list[str]:
        return [each["name"] for each in self.control("/executions.json") if each["name"].startswith(job_id)]

    def backlog(self) -> dict[str, Any]:
        return {queue["name"]: queue for queue in self.control("/queues.json")}

    def client(self, service: str) -> Any:
        """An operator's client, pointed at the local cloud."""
        return boto3.client(
            service,
            endpoint_url=self.state["urls"]["cloud"],
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def bucket(self, name: str) -> str:
        (found,) = (
            each["Name"] for each in self.client("s3").list_buckets()["Buckets"] if name in each["Name"]
        )
        return found

    def table(self, name: str) -> str:
        names = self.client("dynamodb").list_tables()["TableNames"]
        (found,) = (each for each in names if each.endswith(f"-{name}"))
        return found

    def stored(self, bucket: str) -> dict[str, str]:
        """Every object of a bucket and its storage class."""
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket(bucket))
        return {each["Key"]: each["StorageClass"] for page in pages for each in page.get("Contents", [])}

    def objects(self, bucket: str, job_id: str) -> dict[str, str]:
        """Every object of a job and its storage class."""
        return {key: kind for key, kind in self.stored(bucket).items() if job_id in key}

    def assert_every_right_was_granted(self) -> None:
        """Each service ran under its own task role, and was refused nothing."""
        rights = self.control("/rights.json")
        (self.folder / "rights.json").write_text(json.dumps(rights))
        assert rights["refused"] == []
        assert rights["allowed"]

    def assert_quiet(self) -> None:
        """Every message was handled, and none became a dead letter."""

        def idle() -> bool:
            return all(queue["visible"] + queue["in_flight"] == 0 for queue in self.backlog().values())

        wait_for(idle, f"an empty backlog {self.backlog()}")


@contextmanager
def running_system(folder: Path, *options: str) -> Iterator[RunningSystem]:
    """A system on free ports."""
    web, aws, globus, control = free_ports(4)
    command = [sys.executable, "-m", "local", "--folder", str(folder), "--retention", str(RETENTION_SECONDS)]
    command += ["--port", str(web), "--aws-port", str(aws), "--globus-port", str(globus)]
    command += ["--control-port", str(control), *options]
    with (folder / "system.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: b"ready" in (folder / "system.log").read_bytes(), "the system")
            system = RunningSystem(folder, process)
            yield system
            if process.poll() is None:
                system.assert_every_right_was_granted()
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="session")
def system(tmp_path_factory):
    """One system for nearly all end-to-end tests."""
    with running_system(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture
def ada(system) -> Researcher:
    """A researcher on the free plan."""
    return Researcher.logged_in(system.web, "Ada Lovelace", plan="free")


@pytest.fixture
def gregor(system) -> Researcher:
    """Another one, on the premium plan."""
    return Researcher.logged_in(system.web, "Gregor Mendel", plan="premium")
