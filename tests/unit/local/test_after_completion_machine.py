"""The definition of the product's state machine, run by the local cloud: who gets which mail."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest

from gas.jobs import Job, JobStatus
from gas.mails import end_mail, restored_mail, warning_mail
from tests.unit.gas.test_jobs import make_job

ROLE = "arn:aws:iam::123456789012:role/any"
SENDER = "gas@example.org"
DEFINITION = Path(__file__).parents[3] / "ecs" / "state_machines" / "after_completion.asl.json"
PAST = "2020-01-01T00:00:00Z"
UNTIL = 1577923200  # A day later.
ODD = "it's {odd} <b>.vcf"


@dataclass
class Stage:
    """A state machine with the tables that it reads and the queue that it asks for archival by."""

    cloud: object
    jobs: str
    accounts: str
    machine: str
    queue_url: str

    def put(self, table: str, **fields) -> None:
        self.cloud.client("dynamodb").put_item(TableName=table, Item=fields)

    def put_account(self, user: str, **fields) -> None:
        self.put(self.accounts, user_id={"S": user}, email={"S": f"{user}@x.example"}, **fields)

    def run(self, **data) -> str:
        """The way of one execution, to its end."""
        states = self.cloud.client("stepfunctions")
        name = f"run-{uuid.uuid4()}"
        states.start_execution(stateMachineArn=self.machine, name=name, input=json.dumps(data))
        return name

    def mails_to(self, address: str) -> list[dict]:
        return [mail for mail in self.cloud.get("/mail.json") if address in mail["recipients"]]


def _table(cloud, key: str) -> str:
    name = f"table-{uuid.uuid4().hex[:12]}"
    cloud.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


@pytest.fixture(scope="module")
def stage(cloud):
    """One for all tests: each has a user of its own."""
    cloud.client("ses").verify_email_identity(EmailAddress=SENDER)
    jobs, accounts = _table(cloud, "job_id"), _table(cloud, "user_id")
    queue_url, queue_arn = cloud.queue()
    sns = cloud.client("sns")
    asked = sns.create_topic(Name=queue_arn.split(":")[-1])["TopicArn"]
    sns.subscribe(
        TopicArn=asked, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"}
    )
    definition = Template(DEFINITION.read_text()).safe_substitute(
        JobsTable=jobs,
        AccountsTable=accounts,
        JobResultsTopic=sns.create_topic(Name=f"results-{jobs}")["TopicArn"],
        ArchiveRequestsTopic=asked,
        MailFrom=SENDER,
        WebUrl="http://web.example",
    )
    states = cloud.client("stepfunctions")
    made = states.create_state_machine(name=f"machine-{jobs}", definition=definition, roleArn=ROLE)
    return Stage(cloud, jobs, accounts, made["stateMachineArn"], queue_url)


@pytest.fixture
def ended(stage, eventually):
    """Wait for the end of an execution, and say how it ended."""

    def wait(name: str) -> str:
        def look():
            return [e for e in stage.cloud.get("/executions.json") if e["name"] == name and e["stopped"]]

        (execution,) = eventually(look, "the end of the execution")
        return execution["status"]

    return wait


def window(user: str, **changes) -> dict:
    """A window of the third cycle that is over, and whose end was to be told ahead."""
    return {
        "kind": "window",
        "job_id": f"job-of-{user}",
        "user_id": user,
        "cycle": 3,
        "status": "COMPLETED",
        "mail": None,
        "available_until": "2020-01-02T00:00:00Z",
        "warn_at": PAST,
        "warning": warning_mail(make_job(job_id=f"job-of-{user}", file_name=ODD, available_until=UNTIL)),
        **changes,
    }


@pytest.fixture
def user(stage):
    """On the free plan, with results that are hot in the third cycle."""
    name = uuid.uuid4().hex
    stage.put_account(name, plan={"S": "free"})
    stage.put(stage.jobs, job_id={"S": f"job-of-{name}"}, location={"S": "HOT"}, cycle={"N": "3"})
    return name


def test_the_end_of_a_window_is_told_ahead(stage, user, ended):
    """With the time and the page; then it is waited for, and the archival is asked for."""
    assert ended(stage.run(**window(user))) == "SUCCEEDED"

    (mail,) = stage.mails_to(f"{user}@x.example")
    assert mail["subject"] == f"Your results of {ODD} will be archived"
    assert "until 2020-01-02 00:00:00 UTC" in mail["text"]
    assert f"\nhttp://web.example/jobs/job-of-{user}\n" in mail["text"]
    (message,) = stage.cloud.receive(stage.queue_url, 1)
    assert json.loads(message["Body"])["job_id"] == f"job-of-{user}"


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("jobs", {"cycle": {"N": "4"}, "location": {"S": "HOT"}}),
        ("jobs", {"cycle": {"N": "3"}, "location": {"S": "ARCHIVING"}}),
        ("jobs", {}),
        ("accounts", {"plan": {"S": "premium"}, "email": {"S": "premium@x.example"}}),
        ("accounts", {"plan": {"S": "free"}}),
    ],
    ids=["kept for longer", "archived already", "no such results", "upgraded", "no address"],
)
def test_nobody_is_told_what_is_not_so_any_more(stage, user, ended, table, changes):
    """The truth is read when the mail is due, and the window goes on all the same."""
    key = {"user_id": {"S": user}} if table == "accounts" else {"job_id": {"S": f"job-of-{user}"}}
    stage.put(getattr(stage, table), **key, **changes)

    assert ended(stage.run(**window(user))) == "SUCCEEDED"

    assert stage.mails_to(f"{user}@x.example") == []
    assert stage.mails_to("premium@x.example") == []
    premium = changes.get("plan") == {"S": "premium"}
    assert len(stage.cloud.receive(stage.queue_url, 1)) == (0 if premium else 1)


def test_a_short_window_is_not_told_ahead(stage, user, ended):
    """Its user has just read of its end."""
    assert ended(stage.run(**window(user, warn_at=None))) == "SUCCEEDED"

    assert stage.mails_to(f"{user}@x.example") == []
    assert len(stage.cloud.receive(stage.queue_url, 1)) == 1


def ends(user: str, job: Job, kind: str) -> dict:
    """What is told of the end of a job, or of restored results."""
    if kind == "restored":
        return {
            "kind": kind,
            "job_id": job.job_id,
            "user_id": user,
            "mail": restored_mail(job),
            "mail_at": PAST,
        }
    return {**window(user, warn_at=None, warning=None), "kind": "finished", "mail": end_mail(job)}


ENDS = [
    ("completed", JobStatus.COMPLETED, f"Your annotation of {ODD} is completed"),
    ("failed", JobStatus.FAILED, f"Your annotation of {ODD} failed"),
    ("restored", JobStatus.COMPLETED, f"Your results of {ODD} are back"),
]


@pytest.mark.parametrize(("kind", "status", "subject"), ENDS)
def test_each_mail_is_text_and_html_with_its_links(stage, user, ended, kind, status, subject):
    """And what its user wrote is text in both."""
    stage.put_account(user, plan={"S": "premium"})
    job = make_job(job_id="j1", file_name=ODD, status=status, failure="Line 3: <DEL> & more.")

    assert ended(stage.run(**ends(user, job, kind))) == "SUCCEEDED"

    (mail,) = stage.mails_to(f"{user}@x.example")
    assert mail["subject"] == subject
    assert "\nhttp://web.example/jobs/j1\n" in mail["text"]
    assert "http://web.example/account#mail" in mail["text"]
    assert '<a href="http://web.example/jobs/j1">' in mail["html"]
    assert '<a href="http://web.example/account#mail">' in mail["html"]
    assert "it&#x27;s {odd} &lt;b&gt;.vcf" in mail["html"]
    assert ("Line 3: &lt;DEL&gt; &amp; more." in mail["html"]) == (kind == "failed")


@pytest.mark.parametrize(("kind", "status", "_subject"), ENDS)
def test_a_mail_that_is_not_wanted_is_not_sent(stage, user, ended, kind, status, _subject):
    """Whatever else is wanted."""
    others = {name: {"BOOL": name != kind} for name in ("completed", "failed", "restored", "warning")}
    stage.put_account(user, plan={"S": "premium"}, mail_wishes={"M": others})
    told = ends(user, make_job(job_id="j1", status=status), kind)

    assert ended(stage.run(**told)) == "SUCCEEDED"

    assert stage.mails_to(f"{user}@x.example") == []


def test_an_unwanted_warning_is_not_sent(stage, user, ended):
    """The archival is asked for at the end of the window, as ever."""
    stage.put_account(user, plan={"S": "free"}, mail_wishes={"M": {"warning": {"BOOL": False}}})

    assert ended(stage.run(**window(user))) == "SUCCEEDED"

    assert stage.mails_to(f"{user}@x.example") == []
    assert len(stage.cloud.receive(stage.queue_url, 1)) == 1


def test_an_execution_of_an_older_version_goes_on_without_mail(stage, user, ended):
    """Its input has no mail in it; what it waits for is done."""
    told = window(user, warn_at=None)
    del told["mail"], told["warning"]

    assert ended(stage.run(**{**told, "kind": "finished"})) == "SUCCEEDED"

    assert stage.mails_to(f"{user}@x.example") == []
    assert len(stage.cloud.receive(stage.queue_url, 1)) == 1


def test_restored_results_are_not_asked_to_be_archived(stage, user, ended):
    """Their owner is on the premium plan, or gets a window with an execution of its own."""
    assert ended(stage.run(**ends(user, make_job(), "restored"))) == "SUCCEEDED"

    assert stage.cloud.receive(stage.queue_url, 1) == []


def test_restored_results_of_somebody_without_an_address_are_told_to_nobody(stage, ended):
    """Nor does the execution fail."""
    assert ended(stage.run(**ends("nobody", make_job(), "restored"))) == "SUCCEEDED"
