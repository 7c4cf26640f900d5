"""The images, and the system that Compose makes of them. Nothing of the project is imported here."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.e2e.conftest import RETENTION_SECONDS
from tests.e2e.researcher import Researcher, session
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
SERVICES = ("web", "annotator", "archiver", "restorer")
REVISION = "0123456789abcdef0123456789abcdef01234567"
VERSION = "9.8.7"
ENVIRONMENT = {
    **os.environ,
    "COMPOSE_PROJECT_NAME": "gas-test",
    "GAS_VERSION": VERSION,
    "GAS_REVISION": REVISION,
    "GAS_RETENTION_SECONDS": str(RETENTION_SECONDS),
    "COMPOSE_PROGRESS": "plain",
}


def compose(*arguments: str) -> str:
    """Run Docker Compose on the project's file."""
    done = subprocess.run(
        ["docker", "compose", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def engine() -> docker.DockerClient:
    """The Docker engine of this machine."""
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def images(engine) -> dict[str, Any]:
    """The four images, built as an operator would."""
    compose("build")
    return {name: engine.images.get(f"gas-{name}") for name in SERVICES}


class ComposedSystem:
    """The running containers, as a researcher and an operator see them."""

    web = "http://127.0.0.1:8080"

    def __init__(self, engine: docker.DockerClient) -> None:
        self._engine = engine

    def containers(self, service: str) -> list[Any]:
        labels = [f"com.docker.compose.service={service}", "com.docker.compose.project=gas-test"]
        return self._engine.containers.list(filters={"label": labels}, all=True)

    def kill(self, service: str) -> str:
        """SIGKILL a container of a service: of several annotators, the one that has a job in hand."""
        container = wait_for(lambda: self._at_work(service), f"a busy {service}")
        container.kill(signal="SIGKILL")
        return container.id

    def _at_work(self, service: str) -> Any:
        """The files of the job in hand are in the scratch folder, and go with it."""
        containers = self.containers(service)
        if service != "annotator":
            return containers[0]
        return next((each for each in containers if each.exec_run(["ls", "/scratch"]).output.strip()), None)

    def wait_for_new(self, service: str, _old: str) -> None:
        """A container that was killed by hand stays down; bring it up again as ECS would."""
        compose("up", "-d", "--wait", "--no-recreate", service)

    def control(self, path: str) -> Any:
        return session().get(f"http://mail.localhost:4566{path}", timeout=10).json()

    def mails_about(self, job_id: str) -> list[dict[str, Any]]:
        return [mail for mail in self.control("/mail.json") if job_id in json.dumps(mail)]

    def executions_of(self, job_id: str) -> list[str]:
        return [each["name"] for each in self.control("/executions.json") if each["name"].startswith(job_id)]

    def objects(self, bucket: str, job_id: str) -> dict[str, str]:
        import boto3  # noqa: PLC0415 - an operator's client, pointed at the local cloud.

        s3 = boto3.client(
            "s3",
            endpoint_url="http://127.0.0.1:4566",
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        (name,) = (each["Name"] for each in s3.list_buckets()["Buckets"] if bucket in each["Name"])
        found = s3.list_objects_v2(Bucket=name).get("Contents", [])
        return {each["Key"]: each["StorageClass"] for each in found if job_id in each["Key"]}

    def assert_quiet(self) -> None:
        """Every message was handled, and none became a dead letter."""

        def idle() -> bool:
            queues = self.control("/queues.json")
            return all(queue["visible"] + queue["in_flight"] == 0 for queue in queues)

        wait_for(idle, "an empty backlog")


@pytest.fixture(scope="session")
def system(images, engine) -> ComposedSystem:
    """Three annotators and one of each other service, all healthy."""
    volumes = {volume.id for volume in engine.volumes.list()}
    try:
        compose("up", "-d", "--wait", "--scale", "annotator=3")
        yield ComposedSystem(engine)
    finally:
        (ROOT / ".local").mkdir(exist_ok=True)
        (ROOT / ".local" / "compose.log").write_text(compose("logs", "--no-color"))
        compose("down")
    project = {"label": "com.docker.compose.project=gas-test"}
    assert engine.containers.list(all=True, filters=project) == []
    assert engine.networks.list(filters=project) == []
    assert {volume.id for volume in engine.volumes.list()} <= volumes, "a volume was left behind"


@pytest.fixture
def ada(system) -> Researcher:
    """A researcher on the free plan."""
    return Researcher.logged_in(system.web, "Ada Lovelace", plan="free")


@pytest.fixture
def gregor(system) -> Researcher:
    """Another one, on the premium plan."""
    return Researcher.logged_in(system.web, "Gregor Mendel", plan="premium")
