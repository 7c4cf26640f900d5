"""The templates, the state machine and the code agree with one another."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import boto3
import pytest
import yaml

from gas.after_completion import execution_input, restored_input
from gas.aws.accounts import TOKEN_USER_INDEX, UNTOLD_INDEX
from gas.aws.job_queue import STAGE_INDEX
from gas.aws.jobs import ATTENTION_INDEX, USER_INDEX
from gas.aws.part_uploads import S3PartUploads
from gas.fair_share import QueueEntry
from gas.keys import ARCHIVE, INPUTS
from gas.messages import SweepDue, Topic, decode
from gas.part_uploads import Part
from gas.settings import describe
from gas.transitions import QUEUE_SECONDS, QUEUED_FOR_LONG_SECONDS
from gas.worker import MAX_PAUSE_SECONDS
from local.applier.template import read_template
from services.annotator.fetch import MAX_ATTEMPTS
from services.archiver.settings import ArchiverSettings
from services.web.formats import duration
from services.web.part_uploads import KEPT_SECONDS
from services.web.settings import WebSettings
from tests.unit.gas.test_jobs import make_job

ECS = Path(__file__).parents[2] / "ecs"
DATA = read_template(ECS / "templates" / "20-data.yaml")
MESSAGING = read_template(ECS / "templates" / "30-messaging.yaml")
MACHINE = json.loads((ECS / "state_machines" / "after_completion.asl.json").read_text())
RESOURCES = {**DATA.resources, **MESSAGING.resources}


def of_type(kind: str) -> dict[str, dict]:
    return {name: each.get("Properties", {}) for name, each in RESOURCES.items() if each["Type"] == kind}


def sub(value) -> str:
    return value["Fn::Sub"]


def test_every_topic_of_the_code_is_in_the_templates():
    """And no other."""
    names = {
        sub(topic["TopicName"]).removeprefix("${Name}-") for topic in of_type("AWS::SNS::Topic").values()
    }

    assert names == {topic.value for topic in Topic}


def test_every_queue_has_its_dead_letters():
    """Kept longer than in the queue; the limit of receipts is well above the attempts of a job."""
    queues = of_type("AWS::SQS::Queue")
    for name, queue in queues.items():
        last = name.endswith(("DeadLetters", "Undelivered"))
        assert queue["MessageRetentionPeriod"] == (1209600 if last else 345600), name
        if not last:
            redrive = queue["RedrivePolicy"]
            assert redrive["maxReceiveCount"] > 3 * MAX_ATTEMPTS
            target = redrive["deadLetterTargetArn"]["Fn::GetAtt"]
            target = target if isinstance(target, str) else ".".join(target)
            assert target == f"{name.removesuffix('Queue')}DeadLetters.Arn"


def test_a_ticket_outlives_the_message_about_its_upload():
    """An upload finds its job, even if the annotator was away for as long as a queue keeps a message."""
    ticket = next(row for row in describe(WebSettings) if row.env == "GAS_TICKET_SECONDS")

    assert int(ticket.default) > of_type("AWS::SQS::Queue")["AnnotatorQueue"]["MessageRetentionPeriod"]


def test_a_large_file_has_the_time_that_its_page_promises():
    """The bucket removes parts two days after their upload began, and the record outlives them."""
    (rule,) = of_type("AWS::S3::Bucket")["InputsBucket"]["LifecycleConfiguration"]["Rules"]
    page = ECS.parent / "services" / "web" / "templates" / "job_upload.html"

    assert rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] * 24 * 3600 == KEPT_SECONDS
    assert f"kept for {duration(KEPT_SECONDS).replace('2', 'two')} after" in page.read_text()


def test_a_browser_may_send_what_the_store_is_to_check():
    """The method and the headers of an upload, whole or in parts, and no other."""
    (rule,) = of_type("AWS::S3::Bucket")["InputsBucket"]["CorsConfiguration"]["CorsRules"]
    part = Part(1, 5, "00" * 32)
    s3 = boto3.client("s3", aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    address = S3PartUploads(s3, "inputs").sign("key", "id", part, lifetime=60)

    assert rule["AllowedMethods"] == ["POST", "PUT"]
    assert rule["AllowedHeaders"] == ["content-type", *address.headers]


def test_every_subscription_delivers_raw():
    """What is published is what is received."""
    assert all(each["RawMessageDelivery"] is True for each in of_type("AWS::SNS::Subscription").values())


@pytest.mark.parametrize(
    "name", ["JobsTable", "AccountsTable", "TokensTable", "InputsBucket", "ResultsBucket"]
)
def test_data_outlives_its_stack(name):
    """Deleting a stack, or replacing a resource, removes no data."""
    resource = DATA.resources[name]

    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_tables_can_be_recovered():
    """To any second of the last weeks, and nobody deletes one by mistake."""
    for name, table in of_type("AWS::DynamoDB::Table").items():
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True, name
        assert table["DeletionProtectionEnabled"] is True, name
        assert table["SSESpecification"]["SSEEnabled"] is True, name


def test_buckets_are_private():
    """Four blocks, no access lists, encryption, and nothing in the clear."""
    buckets = of_type("AWS::S3::Bucket")
    policies = {policy["Bucket"]["Ref"]: policy for policy in of_type("AWS::S3::BucketPolicy").values()}
    for name, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket["BucketEncryption"], name
        statement = policies[name]["PolicyDocument"]["Statement"][-1]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_indexes_are_those_that_the_adapters_ask():
    """By the same name."""
    tables = of_type("AWS::DynamoDB::Table")

    def indexes(table):
        return [index["IndexName"] for index in tables[table]["GlobalSecondaryIndexes"]]

    assert indexes("JobsTable") == [USER_INDEX, ATTENTION_INDEX, STAGE_INDEX]
    assert indexes("AccountsTable") == [UNTOLD_INDEX]
    assert indexes("TokensTable") == [TOKEN_USER_INDEX]


def test_the_indexes_of_the_sweep_hold_keys_alone():
    """A running job is written once a second; its index is written only when its time changes."""
    tables = of_type("AWS::DynamoDB::Table")
    for table, name in (("JobsTable", ATTENTION_INDEX), ("AccountsTable", UNTOLD_INDEX)):
        (index,) = (each for each in tables[table]["GlobalSecondaryIndexes"] if each["IndexName"] == name)
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_the_index_of_the_queue_holds_what_an_entry_shows_and_nothing_that_progress_changes():
    """So the beat of a running job, once a second, writes nothing to it."""
    (index,) = (
        each
        for each in of_type("AWS::DynamoDB::Table")["JobsTable"]["GlobalSecondaryIndexes"]
        if each["IndexName"] == STAGE_INDEX
    )
    held = set(index["Projection"]["NonKeyAttributes"])

    assert held == {field.name for field in fields(QueueEntry)} - {"job_id"} | {"status"}
    assert not held & {"progress", "lease_expires", "lease_owner", "attempt", "attention_at"}


def test_a_schedule_asks_for_the_sweep():
    """In words that the archiver understands, at a rate that AWS takes, and nothing is lost in silence."""
    (rule,) = of_type("AWS::Events::Rule").values()
    (target,) = rule["Targets"]

    assert decode(json.loads(target["Input"])) == SweepDue()
    assert (rule["State"], sub(rule["ScheduleExpression"])) == ("ENABLED", "rate(${SweepMinutes} minutes)")
    assert MESSAGING.parameters["SweepMinutes"]["MinValue"] > 1, "rate(1 minutes) is refused"
    assert target["Arn"]["Fn::GetAtt"] == ["ArchiverQueue", "Arn"]
    assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"] == ["ArchiverDeadLetters", "Arn"]


@pytest.mark.parametrize("queue", ["ArchiverQueue", "ArchiverDeadLetters"])
def test_the_schedule_may_send_to_its_queues(queue):
    """That rule and no other."""
    (policy,) = (
        each for each in of_type("AWS::SQS::QueuePolicy").values() if each["Queues"] == [{"Ref": queue}]
    )
    statements = {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}
    allowed = statements["ScheduleDelivers"]

    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "sqs:SendMessage")
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["SweepRule", "Arn"]}}}


def test_a_queued_job_is_asked_for_long_before_its_message_is_given_up():
    """The order of the queue looks back for as long as the queue keeps a message; the sweep asks earlier."""
    kept = of_type("AWS::SQS::Queue")["AnnotatorQueue"]["MessageRetentionPeriod"]

    assert kept == QUEUE_SECONDS
    assert kept / 4 >= QUEUED_FOR_LONG_SECONDS


def test_the_sweep_is_patient_enough_for_a_message_that_comes_back():
    """After the longest pause of a worker."""
    row = next(row for row in describe(ArchiverSettings) if row.env == "GAS_SWEEP_PATIENCE_SECONDS")

    assert float(row.default) >= MAX_PAUSE_SECONDS


def test_the_buckets_report_what_the_services_wait_for():
    """New inputs, and cold copies that became readable; under the prefixes of the code."""

    def reported(name):
        (event,) = DATA.resources[name]["Properties"]["NotificationConfiguration"]["TopicConfigurations"]
        (rule,) = event["Filter"]["S3Key"]["Rules"]
        return event["Event"], rule["Value"], event["Topic"]["Ref"]

    assert reported("InputsBucket") == ("s3:ObjectCreated:*", f"{INPUTS}/", "JobRequestsTopic")
    assert reported("ResultsBucket") == ("s3:ObjectRestore:Completed", f"{ARCHIVE}/", "RestoreCompletedTopic")


def states(kind: str) -> dict[str, dict]:
    return {name: state for name, state in MACHINE["States"].items() if state["Type"] == kind}


def test_every_state_leads_to_a_state():
    """And every state can be reached."""
    text = json.dumps(MACHINE)
    targets = set(re.findall(r'"(?:Next|Default|StartAt)": "(\w+)"', text))

    assert targets == set(MACHINE["States"])


def test_the_state_machine_reads_only_what_it_is_told():
    """Every path is a field of the execution's input, or what an earlier state added."""
    paths = set(re.findall(r"\$\.(\w+)", json.dumps(MACHINE)))
    told = set(execution_input(make_job())) | set(restored_input(make_job(), 0.0))
    found = {"account", "job", "written", "announce_error", "mail_error"}

    assert paths == told | found


@pytest.mark.parametrize("state", ["Announce", "RequestArchive"])
def test_what_the_state_machine_publishes_is_a_message_of_ours(state):
    """With every field, each of its type."""
    template = MACHINE["States"][state]["Parameters"]["Message"]
    told = execution_input(make_job(cycle=1))
    message = {
        name.removesuffix(".$"): told[value.removeprefix("$.")] if name.endswith(".$") else value
        for name, value in template.items()
    }

    assert decode(message).job_id == "j1"


def test_a_mail_that_cannot_be_sent_blocks_nothing():
    """Every state before the wait that can fail goes on after its failure."""
    mails = ("Mail", "MailWarning")
    for name in ("Announce", "ReadAddress", "ReadJob", "ReadOwner", *mails):
        (catch,) = MACHINE["States"][name]["Catch"]
        assert catch["ErrorEquals"] == ["States.ALL"]


def test_every_task_that_must_not_be_lost_is_tried_for_hours():
    """Reading the plan and asking for the archival have nobody behind them."""
    for name in ("ReadPlan", "RequestArchive"):
        (retry,) = MACHINE["States"][name]["Retry"]
        assert retry["ErrorEquals"] == ["States.ALL"]
        assert retry["MaxAttempts"] * retry["MaxDelaySeconds"] > 3600


def test_the_substitutions_of_the_definition_are_all_given():
    """No more and no fewer."""
    wanted = set(re.findall(r"\$\{(\w+)\}", json.dumps(MACHINE)))
    machine = MESSAGING.resources["AfterCompletion"]["Properties"]

    assert set(machine["DefinitionSubstitutions"]) == wanted


def test_the_outputs_are_settings():
    """A service's environment is made from them, so each is one, or a queue."""
    from local.environment import settings_of  # noqa: PLC0415

    text = "".join((Path(__file__).parents[2] / "services" / s / "README.md").read_text() for s in SERVICES)
    outputs = dict.fromkeys({**DATA.outputs, **MESSAGING.outputs}, "")
    queues = {f"GAS_{service.upper()}_QUEUE_URL" for service in SERVICES}
    # S3 and the state machine alone publish on these topics; the key is the matter of the templates.
    unasked = {"GAS_RESTORE_COMPLETED_TOPIC", "GAS_JOB_RESULTS_TOPIC", "GAS_DATA_KEY"}

    for name in set(settings_of(outputs)) - queues - unasked:
        assert f"`{name}`" in text, name


SERVICES = ("web", "annotator", "archiver", "restorer")


def test_the_templates_are_plain_yaml_without_anchors():
    """CloudFormation does not know them."""
    for path in (ECS / "templates").glob("*.yaml"):
        events = yaml.parse(path.read_text())
        assert not any(isinstance(event, yaml.AliasEvent) for event in events), path
