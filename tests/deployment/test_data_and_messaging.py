"""What a careful operator expects of the data and the messaging stack."""

from __future__ import annotations

import pytest

from ecs.stacks import stacks, template_path
from local.applier.template import read_template
from tests.deployment.test_templates import DATA, MACHINE, of_type, sub


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("AWS::SQS::Queue", lambda each: each["KmsMasterKeyId"]),
        ("AWS::SNS::Topic", lambda each: each["KmsMasterKeyId"]),
        ("AWS::DynamoDB::Table", lambda each: each["SSESpecification"]["KMSMasterKeyId"]),
        (
            "AWS::S3::Bucket",
            lambda each: each["BucketEncryption"]["ServerSideEncryptionConfiguration"][0][
                "ServerSideEncryptionByDefault"
            ]["KMSMasterKeyID"],
        ),
    ],
)
def test_everything_at_rest_is_encrypted_with_the_one_key(kind, key):
    """SNS cannot use the keys that AWS manages for SQS, so it is one of the account's own."""
    for name, each in of_type(kind).items():
        if name == "RequestLogs":  # S3 writes its logs with its own encryption only.
            continue
        assert key(each) in ({"Fn::GetAtt": ["DataKey", "Arn"]}, {"Ref": "DataKey"}), name


def test_the_key_serves_whoever_reports_or_delivers():
    """A bucket that may not use the key of a topic says nothing, and nobody hears of the job."""
    (policy,) = (each["KeyPolicy"] for each in of_type("AWS::KMS::Key").values())
    services = policy["Statement"][1]

    assert set(services["Principal"]["Service"]) >= {
        f"{name}.amazonaws.com" for name in ("s3", "sns", "cloudwatch")
    }
    assert services["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    # A condition that EventBridge does not fill in would lose the mails of failed deployments.
    assert policy["Statement"][2]["Principal"] == {"Service": "events.amazonaws.com"}
    assert "Condition" not in policy["Statement"][2]
    assert DATA.resources["DataKey"]["DeletionPolicy"] == "Retain"


def test_every_log_of_the_system_is_encrypted_with_the_key():
    """And the key lets the log service use it, for the groups of this account alone."""
    (policy,) = (each["KeyPolicy"] for each in of_type("AWS::KMS::Key").values())
    logs = policy["Statement"][3]

    assert sub(logs["Principal"]["Service"]) == "logs.${AWS::Region}.amazonaws.com"
    assert sub(logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]).endswith(
        "${AWS::Region}:${AWS::AccountId}:*"
    )
    for stack in stacks():
        for name, each in read_template(template_path(stack)).resources.items():
            if each["Type"] == "AWS::Logs::LogGroup" and stack != "10-network":
                assert each["Properties"]["KmsKeyId"] == {"Ref": "DataKey"}, (stack, name)


def test_who_asked_for_which_object_is_kept():
    """Signed addresses are used without the web app, so only the buckets know; a while."""
    buckets = of_type("AWS::S3::Bucket")
    allowed = of_type("AWS::S3::BucketPolicy")["RequestLogsPolicy"]["PolicyDocument"]["Statement"][0]

    for name in ("InputsBucket", "ResultsBucket"):
        assert buckets[name]["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": "RequestLogs"}
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    (encryption,) = buckets["RequestLogs"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert buckets["RequestLogs"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"]


def test_dead_letters_come_from_their_own_queue_alone():
    """And what a topic could not deliver is kept apart from them."""
    for name, queue in of_type("AWS::SQS::Queue").items():
        if name.endswith("DeadLetters"):
            (source,) = queue["RedriveAllowPolicy"]["sourceQueueArns"]
            assert queue["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"
            assert sub(source).endswith(":" + sub(queue["QueueName"]).removesuffix("-dead-letters"))
    targets = [each["RedrivePolicy"] for each in of_type("AWS::SNS::Subscription").values()]
    assert targets == [{"deadLetterTargetArn": {"Fn::GetAtt": ["Undelivered", "Arn"]}}] * 4


def test_whoever_may_publish_or_send_is_named():
    """Nobody speaks in the clear, and a queue takes messages of its own topics alone."""
    for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for name, each in of_type(kind).items():
            statements = {one["Sid"]: one for one in each["PolicyDocument"]["Statement"]}
            denial = statements.pop("NothingInTheClear")
            assert (denial["Effect"], denial["Principal"]) == ("Deny", "*"), name
            assert all("Condition" in one for one in statements.values()), name


def test_the_state_machine_logs_what_fails_and_nothing_of_mails():
    """An execution is told what mails say."""
    (machine,) = of_type("AWS::StepFunctions::StateMachine").values()

    assert machine["LoggingConfiguration"]["Level"] == "ERROR"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_an_empty_queue_is_asked_seldom():
    """A poll waits for as long as SQS lets it: an idle worker then costs cents a month, and not dollars."""
    for name, queue in of_type("AWS::SQS::Queue").items():
        if name.endswith("Queue"):
            assert queue["ReceiveMessageWaitTimeSeconds"] == 20, name


def test_the_key_of_a_bucket_is_not_asked_for_each_object():
    """Else a result of many files costs as many requests to the key."""
    for name, bucket in of_type("AWS::S3::Bucket").items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        of_key = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert rule.get("BucketKeyEnabled", False) is of_key, name
        assert of_key or name == "RequestLogs"


def test_retries_of_many_executions_do_not_come_at_once():
    """Each waits for a random part of its pause."""
    retries = [retry for state in MACHINE["States"].values() for retry in state.get("Retry", [])]

    assert len(retries) >= 5
    assert {retry["JitterStrategy"] for retry in retries} == {"FULL"}
