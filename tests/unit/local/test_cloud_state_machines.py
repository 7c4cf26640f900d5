"""State machines of the local cloud really run, and what they mail can be read."""

import datetime as dt
import json
import uuid

import pytest
import requests

ROLE = "arn:aws:iam::123456789012:role/any"
SENDER = "gas@example.org"


@pytest.fixture
def sender(cloud):
    """A verified address."""
    cloud.client("ses").verify_email_identity(EmailAddress=SENDER)
    return SENDER


@pytest.fixture
def topic(cloud):
    """A topic with a queue behind it."""
    queue_url, queue_arn = cloud.queue()
    sns = cloud.client("sns")
    arn = sns.create_topic(Name=queue_arn.split(":")[-1])["TopicArn"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes=raw)
    return arn, queue_url


def _definition(table, topic, mail_to):
    return {
        "StartAt": "Mail",
        "States": {
            "Mail": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sesv2:sendEmail",
                "Parameters": {
                    "FromEmailAddress": SENDER,
                    "Destination": {"ToAddresses": [mail_to]},
                    "Content": {
                        "Simple": {
                            "Subject": {"Data": "Your results are ready"},
                            "Body": {
                                "Text": {"Data.$": "States.Format('See {}', $.link)"},
                                "Html": {"Data": "<p>no</p>"},
                            },
                        }
                    },
                },
                "ResultPath": None,
                "Next": "Wait",
            },
            "Wait": {"Type": "Wait", "TimestampPath": "$.until", "Next": "ReadPlan"},
            "ReadPlan": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:getItem",
                "Parameters": {"TableName": table, "Key": {"id": {"S.$": "$.user"}}},
                "ResultPath": "$.account",
                "Next": "Announce",
            },
            "Announce": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sns:publish",
                "Parameters": {"TopicArn": topic, "Message.$": "$.account.Item.plan.S"},
                "End": True,
            },
        },
    }


def _mails_to(cloud, address):
    return [mail for mail in cloud.get("/mail.json") if address in mail["recipients"]]


def test_a_machine_mails_waits_reads_and_publishes(cloud, sender, topic, eventually):
    """The whole way of a finished job, with the mail visible at the control port."""
    topic_arn, queue_url = topic
    name, address = f"job-{uuid.uuid4().hex[:8]}", f"{uuid.uuid4().hex[:8]}@example.org"
    dynamodb, states = cloud.client("dynamodb"), cloud.client("stepfunctions")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName=name, Item={"id": {"S": "ada"}, "plan": {"S": "free"}})
    definition = json.dumps(_definition(name, topic_arn, address))
    machine = states.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    job = {"user": "ada", "link": "http://127.0.0.1/jobs/1", "until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    states.start_execution(stateMachineArn=machine, name=name, input=json.dumps(job))

    (message,) = eventually(lambda: cloud.receive(queue_url, 1), "the announcement")
    assert message["Body"] == "free"
    (mail,) = _mails_to(cloud, address)
    assert (mail["subject"], mail["text"]) == ("Your results are ready", "See http://127.0.0.1/jobs/1")
    assert dt.datetime.fromisoformat(mail["sent_at"]).tzinfo is not None
    found = eventually(
        lambda: [e for e in cloud.get("/executions.json") if e["name"] == name and e["stopped"]],
        "the end of the execution",
    )
    assert [(e["status"], e["state_machine"]) for e in found] == [("SUCCEEDED", name)]


def test_a_running_execution_is_listed(cloud):
    """Its end is not known yet, and its name cannot be used again."""
    states, name = cloud.client("stepfunctions"), f"wait-{uuid.uuid4().hex[:8]}"
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
    arn = states.start_execution(stateMachineArn=machine["stateMachineArn"], name=name)["executionArn"]

    (found,) = [e for e in cloud.get("/executions.json") if e["name"] == name]

    assert (found["status"], found["stopped"]) == ("RUNNING", None)
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine["stateMachineArn"], name=name, input='{"other": 1}')
    states.stop_execution(executionArn=arn)


def test_mail_by_the_first_api_and_raw_mail_are_kept_too(cloud, sender):
    """Both end in the same outbox, as text."""
    address = f"{uuid.uuid4().hex[:8]}@example.org"
    ses = cloud.client("ses")
    body = {"Text": {"Data": "plain"}, "Html": {"Data": "<p>html</p>"}}
    ses.send_email(
        Source=sender,
        Destination={"ToAddresses": [address]},
        Message={"Subject": {"Data": "simple"}, "Body": body},
    )
    raw = f"From: {sender}\nTo: {address}\nSubject: raw\n\nraw text\n"
    ses.send_raw_email(Source=sender, Destinations=[address], RawMessage={"Data": raw.encode()})

    found = [(mail["subject"], mail["text"].strip()) for mail in _mails_to(cloud, address)]
    assert found == [("simple", "plain"), ("raw", "raw text")]


def test_the_mail_page_escapes_text_and_links_addresses(cloud, sender):
    """What was mailed is shown, and cannot become markup."""
    body = {"Text": {"Data": "<script>alert(1)</script>\nhttp://127.0.0.1/jobs/1?a=1&b=2."}}
    cloud.client("sesv2").send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["page@example.org"]},
        Content={"Simple": {"Subject": {"Data": "<b>bold</b>"}, "Body": body}},
    )

    page = requests.get(cloud.control + "/mail", timeout=10).text

    assert "<script>" not in page
    assert "&lt;b&gt;bold" in page
    link = "http://127.0.0.1/jobs/1?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>.' in page


def test_the_switches_take_json_only(cloud):
    """A form of another site cannot flip them."""
    answer = requests.post(cloud.control + "/expedited", data={"available": "false"}, timeout=10)

    assert answer.status_code == 415
    assert cloud.post("/expedited", {"available": "no"}).status_code == 400
