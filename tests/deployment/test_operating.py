"""The operator's commands that look after a running system: dead letters, hosts, maintenance."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from ecs.__main__ import client, main
from ecs.dead_letters import DeadLetters
from ecs.draining import WORKERS, close_web, drain_host, open_web, resume_workers, suspend_workers
from ecs.stacks import Plan
from gas.accounts import Profile
from gas.fakes import FakeAccountStore, FakeJobStore
from gas.jobs import JobStatus
from gas.messages import ArchiveDue, JobSubmitted, RestoreRequested, encode
from tests.unit.gas.test_jobs import make_job

REGION = "us-east-1"


@pytest.fixture(autouse=True)
def account(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def letters():
    """The queues of a system, and a user."""
    sqs = boto3.client("sqs")
    for worker in WORKERS:
        sqs.create_queue(QueueName=f"gas-{worker}")
        sqs.create_queue(QueueName=f"gas-{worker}-dead-letters")
    jobs, accounts = FakeJobStore(), FakeAccountStore()
    accounts.enter(Profile(user_id="u1", name="Ada", username="ada", email=""), now=1.0)
    return DeadLetters(sqs, jobs, accounts, "gas")


def put(letters, worker: str, body: str) -> None:
    url = letters.sqs.get_queue_url(QueueName=f"gas-{worker}-dead-letters")["QueueUrl"]
    letters.sqs.send_message(QueueUrl=url, MessageBody=body)


def waiting(letters, queue: str) -> list[dict]:
    url = letters.sqs.get_queue_url(QueueName=f"gas-{queue}")["QueueUrl"]
    found = letters.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"]) for each in found]


def job(letters, **fields):
    made = make_job(**{"user_id": "u1", "attention_at": 5.0, **fields})
    letters.jobs.jobs[made.job_id] = made
    return made


def settle_all(letters, worker: str) -> list[str]:
    found = list(letters.letters(worker, limit=10))
    for letter in found:
        letters.settle(worker, letter)
    return [letter.about for letter in found]


def test_letters_are_shown_once_and_stay(letters, tmp_path, capsys):
    """By the command, however many more it would show."""
    file = tmp_path / "lab.json"
    file.write_text('{"Name": "gas"}')
    put(letters, "archiver", "{")
    put(letters, "archiver", "[]")
    client.cache_clear()

    for _ in range(2):
        assert main(["dead-letters", str(file), "archiver"]) == 0
        assert capsys.readouterr().out.count("(left)") == 2
    assert main(["dead-letters", str(file), "archiver", "--redrive", "--drop-unreadable"]) == 0
    client.cache_clear()
    assert letters.count("archiver") == 0


def test_a_job_that_still_waits_is_submitted_again(letters):
    """By the message that its worker takes now."""
    waits = job(letters, status=JobStatus.PENDING)
    put(letters, "annotator", encode(JobSubmitted(waits.job_id, waits.input_key, yielded=3)))

    (about,) = settle_all(letters, "annotator")

    assert f"JobSubmitted of job {waits.job_id}, which is PENDING" in about
    (sent,) = waiting(letters, "annotator")
    assert (sent["type"], sent["job_id"]) == ("JobSubmitted", waits.job_id)
    assert letters.count("annotator") == 0


def test_a_letter_about_a_job_that_went_on_is_dropped(letters):
    """Completed long ago, or gone."""
    done = job(letters, status=JobStatus.FAILED, attention_at=None)
    put(letters, "annotator", encode(JobSubmitted(done.job_id, done.input_key)))
    put(letters, "archiver", encode(ArchiveDue("gone", 1)))

    abouts = settle_all(letters, "annotator") + settle_all(letters, "archiver")

    assert "needs nothing" in abouts[0]
    assert "does not exist" in abouts[1]
    assert waiting(letters, "annotator") == waiting(letters, "archiver") == []
    assert letters.count("annotator") == letters.count("archiver") == 0


def test_a_job_that_is_elsewhere_by_now_is_told_to_the_worker_of_that_step(letters):
    """An archival that was asked for, while the job waits to be annotated."""
    waits = job(letters, status=JobStatus.PENDING)
    put(letters, "archiver", encode(ArchiveDue(waits.job_id, 1)))

    settle_all(letters, "archiver")

    assert [each["type"] for each in waiting(letters, "annotator")] == ["JobSubmitted"]
    assert waiting(letters, "archiver") == []


def test_what_is_about_a_user_is_sent_again(letters):
    """There is no record to ask."""
    put(letters, "restorer", encode(RestoreRequested("u1")))

    assert settle_all(letters, "restorer") == ["RestoreRequested u1"]
    assert [each["user_id"] for each in waiting(letters, "restorer")] == ["u1"]


def test_what_cannot_be_read_is_shown_and_stays(letters):
    """It is for a person to judge; the operator sees how it begins."""
    put(letters, "archiver", "no JSON")

    (letter,) = letters.letters("archiver", limit=10)
    letters.show_again("archiver", letter)

    assert not letter.readable
    assert "no JSON" in letter.about
    assert letters.count("archiver") == 1


class Ecs:
    """One host; what is set is kept."""

    def __init__(self) -> None:
        self.draining: list[str] = []
        self.wanted: dict[str, int] = {}

    def list_container_instances(self, cluster, filter):  # noqa: A002 - as boto3 has it.
        return {"containerInstanceArns": ["arn:1"] if filter == "ec2InstanceId == i-1" else []}

    def update_container_instances_state(self, cluster, containerInstances, status):  # noqa: N803
        assert status == "DRAINING"
        self.draining += containerInstances

    def update_service(self, cluster, service, desiredCount):  # noqa: N803 - as boto3 has it.
        self.wanted[service] = desiredCount


def test_a_host_is_drained_by_its_instance():
    """One that is not of the cluster is left alone."""
    ecs = Ecs()

    assert drain_host(ecs, "gas", "i-1") == ["arn:1"]
    assert drain_host(ecs, "gas", "i-2") == []
    assert ecs.draining == ["arn:1"]


def test_maintenance_stops_the_workers_and_their_scaling_and_undoes_it():
    """Else scaling would start what was stopped."""
    scaling, ecs, plan = boto3.client("application-autoscaling"), Ecs(), Plan("gas", {})
    boto3.client("ecs").create_cluster(clusterName="gas")
    boto3.client("ecs").register_task_definition(
        family="x", containerDefinitions=[{"name": "x", "image": "x", "memory": 4}]
    )
    for worker in WORKERS:
        boto3.client("ecs").create_service(cluster="gas", serviceName=f"gas-{worker}", taskDefinition="x")
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/gas/gas-{worker}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=2 if worker == "annotator" else 0,
            MaxCapacity=5,
        )

    suspend_workers(scaling, ecs, plan, "gas", services=WORKERS)
    assert set(ecs.wanted.values()) == {0}
    assert suspended(scaling) == {True}
    resume_workers(scaling, ecs, plan, "gas", services=WORKERS)

    assert ecs.wanted == {"gas-annotator": 2, "gas-archiver": 1, "gas-restorer": 1}
    assert suspended(scaling) == {False}
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert {(each["MinCapacity"], each["MaxCapacity"]) for each in found} == {(2, 5), (0, 5)}


def suspended(scaling) -> set[bool]:
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    return {value for each in found for value in each["SuspendedState"].values()}


class LoadBalancing:
    """The rules of one listener."""

    def __init__(self) -> None:
        self.rules = [{"Priority": "10", "RuleArn": "web"}, {"Priority": "default", "RuleArn": "none"}]

    def create_rule(self, ListenerArn, Priority, Conditions, Actions):  # noqa: N803 - as boto3 has it.
        assert str(Priority) not in {each["Priority"] for each in self.rules}
        assert Actions[0]["FixedResponseConfig"]["StatusCode"] == "503"
        self.rules.append({"Priority": str(Priority), "RuleArn": "maintenance"})

    def describe_rules(self, ListenerArn):  # noqa: N803 - as boto3 has it.
        return {"Rules": self.rules}

    def delete_rule(self, RuleArn):  # noqa: N803 - as boto3 has it.
        self.rules = [each for each in self.rules if each["RuleArn"] != RuleArn]


def test_the_web_app_is_closed_by_a_rule_before_its_own():
    """Which is all that is taken away when it is opened."""
    elb = LoadBalancing()
    before = list(elb.rules)
    close_web(elb, "listener")
    close_web(elb, "listener")  # Once more, after an interruption.
    assert int(elb.rules[-1]["Priority"]) < 10

    assert open_web(elb, "listener")
    assert elb.rules == before
    assert not open_web(elb, "listener")
