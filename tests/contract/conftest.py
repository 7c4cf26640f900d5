"""Every port twice: its fake, and its adapter on a local cloud made from the project's templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from gas.aws.accounts import DynamoAccountStore, DynamoTokenStore
from gas.aws.clients import Clients
from gas.aws.glacier_classes import GlacierClassStorage
from gas.aws.glacier_vault import GlacierVaultStorage
from gas.aws.job_queue import DynamoJobQueue
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SnsBus, SqsInbox, StepFunctionsExecutions
from gas.aws.objects import S3ObjectStore, S3SignedAccess
from gas.fakes import (
    FakeAccountStore,
    FakeBus,
    FakeColdStorage,
    FakeExecutions,
    FakeInbox,
    FakeJobQueue,
    FakeJobStore,
    FakeObjectStore,
    FakeTokenStore,
)
from gas.messages import Topic, encode
from tests.unit.gas.vault_service import BucketService, VaultService, open_vault
from tests.waiting import free_ports, wait_for

ROOT = Path(__file__).parents[2]
RESTORE_SECONDS = 0.3
VISIBILITY_SECONDS = 1.0
VAULT = "contract"


@dataclass
class Cloud:
    """The local cloud of this test run."""

    clients: Clients
    outputs: dict[str, str]
    control: str

    def client(self, service: str) -> Any:
        return self.clients[service]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    """A process of its own, with every table, bucket, topic and queue of the templates."""
    aws, globus, control = free_ports(3)
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "contract",
        "AWS_SECRET_ACCESS_KEY": "contract",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    tiers = [f"--{tier}-seconds={RESTORE_SECONDS}" for tier in ("expedited", "standard", "bulk")]
    command = [sys.executable, "-m", "local.cloud", f"--port={aws}", f"--globus-port={globus}"]
    command += [f"--control-port={control}", *tiers]
    folder = tmp_path_factory.mktemp("cloud")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(lambda: _answers(f"http://127.0.0.1:{control}/health"), "the cloud")
            outputs = folder / "outputs.json"
            deploy = [sys.executable, "-m", "local.deployment", "--web-url=http://127.0.0.1:1"]
            deploy.append(f"--outputs={outputs}")
            subprocess.run(deploy, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=log)
            clients = connect(environment)
            yield Cloud(clients, json.loads(outputs.read_text()), f"http://127.0.0.1:{control}")
        finally:
            process.terminate()
            process.wait()


def connect(environment: dict[str, str]) -> Clients:
    """Every client, made while the environment leads to this cloud, and only then."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        clients = Clients()
        for service in ("dynamodb", "glacier", "s3", "sns", "sqs", "stepfunctions"):
            clients[service]
    return clients


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(params=["fake", "local cloud"])
def side(request) -> str:
    """Which implementation of a port the test runs on."""
    return request.param


@pytest.fixture
def aws(side, request) -> Cloud | None:
    """The cloud, started only when a test needs it."""
    return request.getfixturevalue("cloud") if side == "local cloud" else None


@pytest.fixture
def user() -> str:
    """A user whom no other test knows."""
    return str(uuid.uuid4())


@pytest.fixture
def jobs(aws):
    return DynamoJobStore(aws.client("dynamodb"), aws.outputs["JobsTable"]) if aws else FakeJobStore()


@pytest.fixture
def queue(aws, jobs):
    return DynamoJobQueue(aws.client("dynamodb"), aws.outputs["JobsTable"]) if aws else FakeJobQueue(jobs)


@pytest.fixture
def accounts(aws):
    if aws:
        return DynamoAccountStore(aws.client("dynamodb"), aws.outputs["AccountsTable"])
    return FakeAccountStore()


@pytest.fixture
def tokens(aws):
    return DynamoTokenStore(aws.client("dynamodb"), aws.outputs["TokensTable"]) if aws else FakeTokenStore()


@pytest.fixture
def results(aws):
    return S3ObjectStore(aws.client("s3"), aws.outputs["ResultsBucket"]) if aws else FakeObjectStore()


class ColdSide:
    """Cold storage, and what the test has to do so that a retrieval becomes ready.

    :ivar same_archive_again: whether a file that is stored again becomes the same archive in any case.
    """

    same_archive_again = True

    def __init__(self, cold, cloud: Cloud | None) -> None:
        self.cold = cold
        self._cloud = cloud

    def thaw(self, file) -> None:
        if self._cloud is None:
            self.cold.thaw(file.archive_id)
        else:
            wait_for(lambda: self.cold.retrieve(file, "j1", tier="Expedited").ready, "the retrieval")

    def expire(self, file) -> None:
        """Let the time of what became ready be over."""
        if self._cloud is None:
            self.cold.expire(file.archive_id)
        else:
            requests.post(f"{self._cloud.control}/expire-restored", json={}, timeout=5).raise_for_status()

    def allow_expedited(self, *, available: bool) -> None:
        if self._cloud is None:
            self.cold.expedited_available = available
        else:
            address = f"{self._cloud.control}/expedited"
            requests.post(address, json={"available": available}, timeout=5).raise_for_status()


class VaultSide(ColdSide):
    """A vault of the local cloud, or the one that the unit tests of the adapter use."""

    same_archive_again = False

    def __init__(self, results, cloud: Cloud | None) -> None:
        super().__init__(vault_of(cloud) if cloud else None, cloud)
        if cloud is None:
            bucket = BucketService()
            bucket.objects = results.objects
            self._service = VaultService()
            self.cold = open_vault(self._service, bucket)

    def thaw(self, file) -> None:
        if self._cloud is None:
            self._service.end_jobs()
        else:
            super().thaw(file)

    def expire(self, file) -> None:
        if self._cloud is None:
            self._service.jobs.clear()
        else:
            expire_outputs(self._cloud)

    def allow_expedited(self, *, available: bool) -> None:
        if self._cloud is None:
            self._service.refused = [] if available else ["InsufficientCapacityException"]
        else:
            super().allow_expedited(available=available)


def vault_of(cloud: Cloud, **options: Any) -> GlacierVaultStorage:
    """The adapter on a vault of this cloud."""
    cloud.client("glacier").create_vault(vaultName=VAULT)
    return GlacierVaultStorage(
        cloud.client("glacier"),
        cloud.client("s3"),
        vault=VAULT,
        bucket=cloud.outputs["ResultsBucket"],
        topic=cloud.outputs["RestoreCompletedTopic"],
        **options,
    )


def expire_outputs(cloud: Cloud) -> None:
    """Let every retrieval from the vault that is readable expire; the vault forgets when it is asked."""
    switches = f"{cloud.control}/vault-jobs"
    requests.post(switches, json={"output_seconds": 0}, timeout=5).raise_for_status()
    cloud.client("glacier").list_jobs(vaultName=VAULT)
    requests.post(switches, json={"output_seconds": 86400}, timeout=5).raise_for_status()


@pytest.fixture(params=["S3 classes", "vault"])
def cold_side(aws, results, request):
    if request.param == "vault":
        return VaultSide(results, aws)
    if aws is None:
        return ColdSide(FakeColdStorage(results), None)
    bucket = aws.outputs["ResultsBucket"]
    return ColdSide(GlacierClassStorage(aws.client("s3"), bucket), aws)


class InboxSide:
    """An inbox, and how messages get into it."""

    def __init__(self, aws: Cloud | None) -> None:
        self.skipped = 0.0
        self._aws = aws
        if aws is None:
            self.inbox = FakeInbox(
                lambda: time.time() + self.skipped, visibility=VISIBILITY_SECONDS, max_receives=3
            )
            return
        sqs = aws.client("sqs")
        name = f"contract-{uuid.uuid4().hex}"
        dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
        self._dead = dead
        self._url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})["QueueUrl"]
        self.inbox = SqsInbox(sqs, self._url, visibility=VISIBILITY_SECONDS)

    def send(self, message) -> None:
        if self._aws is None:
            self.inbox.send(message)
        else:
            self._aws.client("sqs").send_message(QueueUrl=self._url, MessageBody=encode(message))

    def receive(self):
        """The next delivery, waited for; the adapter's long poll does so by itself."""
        return wait_for(self.inbox.receive, "a message")

    def waiting(self) -> int:
        """Messages that are in the queue, visible or not."""
        if self._aws is None:
            return len(self.inbox.queued)
        names = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]
        answer = self._aws.client("sqs").get_queue_attributes(QueueUrl=self._url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def dead_letters(self) -> int:
        if self._aws is None:
            return len(self.inbox.dead_letters)
        answer = self._aws.client("sqs").get_queue_attributes(
            QueueUrl=self._dead, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture
def inbox_side(aws):
    return InboxSide(aws)


@pytest.fixture
def bus(aws):
    if aws is None:
        return FakeBus()
    topics = {
        Topic.ARCHIVE_REQUESTS: aws.outputs["ArchiveRequestsTopic"],
        Topic.RESTORE_REQUESTS: aws.outputs["RestoreRequestsTopic"],
    }
    return SnsBus(aws.client("sns"), topics)


@pytest.fixture
def executions(aws):
    if aws is None:
        return FakeExecutions()
    return StepFunctionsExecutions(aws.client("stepfunctions"), aws.outputs["StateMachineArn"])


@pytest.fixture
def input_access(cloud):
    return S3SignedAccess(cloud.client("s3"), cloud.outputs["InputsBucket"])
