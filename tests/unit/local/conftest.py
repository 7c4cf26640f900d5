"""One local cloud for all tests of this folder, as a process of its own on free ports."""

import os
import socket
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from moto import mock_aws

from local.applier import apply_template

ROOT = Path(__file__).parents[3]
KEY_ID, SECRET = "test-key", "test-secret"
REGION = "us-east-1"
PATIENCE_S = 30


def wait_for(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """The first true answer; fails once the patience is over."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.02)
    pytest.fail(f"{what} did not come true within {PATIENCE_S} s")


def pick_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@dataclass
class Cloud:
    """A running cloud, as its clients see it."""

    url: str
    globus: str
    control: str
    process: subprocess.Popen[str]
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, secret: str = SECRET) -> Any:
        """A boto3 client, made once for each secret."""
        name = f"{service}/{secret}"
        if name not in self._clients:
            self._clients[name] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self.url,
                aws_access_key_id=KEY_ID,
                aws_secret_access_key=secret,
                config=Config(
                    signature_version="s3v4" if service == "s3" else None,
                    retries={"total_max_attempts": 1},
                    max_pool_connections=30,
                ),
            )
        return self._clients[name]

    def bucket(self) -> str:
        """A new bucket."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.client("s3").create_bucket(Bucket=name)
        return name

    def queue(self) -> tuple[str, str]:
        """A new queue: its URL and its ARN."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=f"queue-{uuid.uuid4().hex[:12]}")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        return url, attributes["QueueArn"]

    def receive(self, queue_url: str, wait_s: int = 0) -> list[dict[str, Any]]:
        """What is there, at most ten, deleted."""
        sqs = self.client("sqs")
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=wait_s)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return answer.get("Messages", [])

    def get(self, path: str) -> Any:
        """JSON of the control port."""
        return requests.get(self.control + path, timeout=10).json()

    def post(self, path: str, body: Any) -> requests.Response:
        """JSON to the control port."""
        return requests.post(self.control + path, json=body, timeout=10)


#: Changes threads as often as Python can, so that what is not one step comes apart.
HURRIED = (
    "import runpy, sys; sys.setswitchinterval(1e-6); runpy.run_module('local.cloud', run_name='__main__')"
)


def start_cloud(*flags: str, hurried: bool = False, **popen: Any) -> tuple[list[int], subprocess.Popen[str]]:
    """The cloud's process, not yet ready."""
    ports = pick_ports(3)
    names = ("--port", "--globus-port", "--control-port")
    numbers = [part for pair in zip(names, map(str, ports), strict=True) for part in pair]
    env = {**os.environ, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    program = ["-c", HURRIED] if hurried else ["-m", "local.cloud"]
    command = [sys.executable, *program, *numbers, *flags]
    process = subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, **popen)
    return ports, process


@contextmanager
def running_cloud(*flags: str, **options: Any) -> Iterator[Cloud]:
    """A cloud that is ready, for as long as the block runs."""
    ports, process = start_cloud(*flags, **options)
    with process:
        assert process.stdout is not None
        assert "ready" in process.stdout.readline()
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        yield Cloud(*addresses, process)
        process.terminate()


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """Restores take a fraction of a second here."""
    with running_cloud("--expedited-seconds=0.2", "--standard-seconds=0.3") as running:
        yield running


@pytest.fixture(scope="session")
def hurried_cloud() -> Iterator[Cloud]:
    """Its threads interrupt one another all the time."""
    with running_cloud(hurried=True) as running:
        yield running


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Wait for a condition with a deadline."""
    return wait_for


@pytest.fixture
def cloud_starter() -> Callable[..., tuple[list[int], subprocess.Popen[str]]]:
    """Start another cloud."""
    return start_cloud


@pytest.fixture
def glacier(cloud: Cloud) -> Any:
    """Amazon Glacier as boto3 sees it."""
    return cloud.client("glacier")


@pytest.fixture
def vault(glacier: Any) -> str:
    """A new vault."""
    name = f"vault-{uuid.uuid4().hex}"
    glacier.create_vault(vaultName=name)
    return name


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """An empty account."""
    with mock_aws():
        yield boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture
def apply(session: boto3.Session, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Apply a template that is written out here."""

    def run(text, parameters=None, files=None):
        path = tmp_path / "stack.yaml"
        path.write_text(textwrap.dedent(text))
        return apply_template(path, parameters, files, session)

    return run
