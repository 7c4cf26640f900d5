"""What every bus, every inbox and every starter of executions promises."""

from __future__ import annotations

import json
import uuid

import pytest
import requests

from gas.aws.messaging import SnsBus, SqsInbox, StepFunctionsExecutions
from gas.envelope import unwrap
from gas.jobs import JobStatus
from gas.mails import end_mail
from gas.messages import ArchiveDue, JobRestoreRequested, RestoreRequested, Topic, encode
from tests.unit.gas.test_jobs import make_job
from tests.waiting import wait_for


def test_a_message_is_received_once_and_gone_when_deleted(inbox_side):
    """While it is worked on nobody else gets it."""
    inbox_side.send(ArchiveDue("j1", 1))

    delivery = inbox_side.receive()
    assert unwrap(delivery.body) == [ArchiveDue("j1", 1)]
    assert delivery.attempt == 1
    inbox_side.inbox.delete(delivery)

    assert inbox_side.waiting() == 0


def test_a_message_that_is_not_deleted_comes_back(inbox_side):
    """The next receipt counts one more."""
    inbox_side.send(ArchiveDue("j1", 1))

    first = inbox_side.receive()
    second = inbox_side.receive()

    assert (second.message_id, second.attempt) == (first.message_id, 2)
    inbox_side.inbox.delete(second)


def test_a_message_that_is_given_back_is_there_at_once(inbox_side):
    """A worker that is told to stop holds nothing up."""
    inbox_side.send(ArchiveDue("j1", 1))
    first = inbox_side.receive()
    inbox_side.inbox.extend(first, 3600)
    inbox_side.inbox.extend(first, 0)

    assert inbox_side.receive().attempt == 2


def test_a_message_that_is_extended_stays_away(inbox_side):
    """For as long as was asked for, counted from then."""
    inbox_side.send(ArchiveDue("j1", 1))
    first = inbox_side.receive()
    inbox_side.inbox.extend(first, 3600)
    inbox_side.send(ArchiveDue("j2", 1))

    assert unwrap(inbox_side.receive().body) == [ArchiveDue("j2", 1)]
    assert inbox_side.waiting() == 2


def test_a_message_that_is_put_off_is_another_one(inbox_side):
    """What is received later is the new body, with its receipts counted anew; the old one is gone."""
    inbox_side.send(ArchiveDue("j1", 1))
    inbox_side.inbox.extend(inbox_side.receive(), 0)
    inbox_side.inbox.defer(inbox_side.receive(), 1, encode(ArchiveDue("j1", 2)))

    later = inbox_side.receive()

    assert (unwrap(later.body), later.attempt) == ([ArchiveDue("j1", 2)], 1)
    assert inbox_side.waiting() == 1
    inbox_side.inbox.delete(later)


def test_a_message_that_is_put_off_for_long_keeps_others_waiting_no_more(inbox_side):
    """Until then it is received by nobody."""
    inbox_side.send(ArchiveDue("j1", 1))
    inbox_side.inbox.defer(inbox_side.receive(), 900, encode(ArchiveDue("j1", 2)))
    inbox_side.send(ArchiveDue("j2", 1))

    assert unwrap(inbox_side.receive().body) == [ArchiveDue("j2", 1)]
    assert inbox_side.waiting() == 2


def test_a_message_received_too_often_becomes_a_dead_letter(inbox_side):
    """It loops no longer, and is not lost."""
    inbox_side.send(ArchiveDue("j1", 1))
    for _ in range(3):
        inbox_side.inbox.extend(inbox_side.receive(), 0)
    inbox_side.send(ArchiveDue("j2", 1))

    assert unwrap(inbox_side.receive().body) == [ArchiveDue("j2", 1)]
    assert inbox_side.dead_letters() == 1


def test_an_execution_of_one_name_starts_once(executions):
    """The second start says so and is no error, whatever its input."""
    name = f"{uuid.uuid4()}-1"
    data = {
        "kind": "window",
        "job_id": "j1",
        "user_id": "u1",
        "cycle": 1,
        "status": "FAILED",
        "mail": None,
        "available_until": "1970-01-01T00:00:00Z",
        "warn_at": None,
    }
    executions.verify()

    assert executions.start(name, data)
    assert not executions.start(name, {**data, "cycle": 2})


def test_what_is_published_arrives_in_the_queue_of_its_topic(cloud):
    """The subscriptions of the templates, with raw delivery."""
    topics = {
        Topic.ARCHIVE_REQUESTS: cloud.outputs["ArchiveRequestsTopic"],
        Topic.RESTORE_REQUESTS: cloud.outputs["RestoreRequestsTopic"],
    }
    bus = SnsBus(cloud.client("sns"), topics)
    for message, queue in (
        (ArchiveDue("j1", 3), "ArchiverQueueUrl"),
        (RestoreRequested("u1"), "RestorerQueueUrl"),
        (JobRestoreRequested("j1"), "RestorerQueueUrl"),
    ):
        bus.publish(message)
        inbox = SqsInbox(cloud.client("sqs"), cloud.outputs[queue], visibility=30)
        # Buckets report to these queues as well, on what other tests did.
        wait_for(lambda inbox=inbox, message=message: take(inbox) == [message], "the message")


def take(inbox) -> list:
    """What the next queue message says."""
    delivery = inbox.receive()
    if delivery is None:
        return []
    inbox.delete(delivery)
    return unwrap(delivery.body)


def test_a_bus_and_an_inbox_can_be_verified(bus, inbox_side):
    """At start, a service asks for its topics and its queue."""
    bus.verify()
    inbox_side.inbox.verify()


@pytest.mark.parametrize(("plan", "archived"), [("free", True), ("premium", False)], ids=["free", "premium"])
def test_the_state_machine_asks_for_archival_on_the_free_plan_only(cloud, plan, archived):
    """The definition and the code agree: its message decodes, and a premium user's results stay."""
    user, job_id = str(uuid.uuid4()), str(uuid.uuid4())
    cloud.client("dynamodb").put_item(
        TableName=cloud.outputs["AccountsTable"],
        Item={"user_id": {"S": user}, "email": {"S": f"{user}@x.example"}, "plan": {"S": plan}},
    )
    machine = cloud.outputs["StateMachineArn"]
    starter = StepFunctionsExecutions(cloud.client("stepfunctions"), machine)
    data = {
        "kind": "finished",
        "job_id": job_id,
        "user_id": user,
        "cycle": 1,
        "status": "COMPLETED",
        "mail": end_mail(make_job(job_id=job_id, status=JobStatus.COMPLETED)),
        "available_until": "2020-01-01T00:00:00Z",
        "warn_at": None,
    }

    starter.start(f"{job_id}-1", data)

    arn = machine.replace("stateMachine", "execution") + f":{job_id}-1"
    describe = cloud.client("stepfunctions").describe_execution
    done = wait_for(lambda: _ended(describe(executionArn=arn)), "the end of the execution")
    assert done["status"] == "SUCCEEDED", done
    inbox = SqsInbox(cloud.client("sqs"), cloud.outputs["ArchiverQueueUrl"], visibility=30)
    if archived:
        delivery = wait_for(inbox.receive, "the request")
        inbox.delete(delivery)
        assert unwrap(delivery.body) == [ArchiveDue(job_id, 1)]
    else:
        names = ["ApproximateNumberOfMessages"]
        counts = cloud.client("sqs").get_queue_attributes(
            QueueUrl=cloud.outputs["ArchiverQueueUrl"], AttributeNames=names
        )
        assert counts["Attributes"][names[0]] == "0"
    assert _mail_to(cloud, user), json.dumps(data)


def _ended(execution):
    return execution if execution["status"] != "RUNNING" else None


def _mail_to(cloud, user):
    mails = requests.get(f"{cloud.control}/mail.json", timeout=5).json()
    return [mail for mail in mails if user in json.dumps(mail)]
