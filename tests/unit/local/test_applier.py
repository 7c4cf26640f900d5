"""The applier does what a template says, refuses what it cannot, and can be run again."""

import json
import textwrap

import boto3
import pytest
from moto import mock_aws

from local.applier import apply_template
from local.applier.errors import TemplateError, UnappliedProperty

ACCOUNT = "123456789012"


@pytest.fixture
def session():
    """An empty account."""
    with mock_aws():
        yield boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture
def apply(session, tmp_path):
    """Apply a template that is written out here."""

    def run(text, parameters=None, files=None):
        path = tmp_path / "stack.yaml"
        path.write_text(textwrap.dedent(text))
        return apply_template(path, parameters, files, session)

    return run


TABLE = """
    Parameters:
      Protect: {Type: String, Default: "true"}
    Resources:
      Jobs:
        Type: AWS::DynamoDB::Table
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          TableName: jobs
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions:
            - {AttributeName: job_id, AttributeType: S}
            - {AttributeName: user_id, AttributeType: S}
          KeySchema: [{AttributeName: job_id, KeyType: HASH}]
          GlobalSecondaryIndexes:
            - IndexName: by-user
              KeySchema: [{AttributeName: user_id, KeyType: HASH}]
              Projection: {ProjectionType: ALL}
          TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
          SSESpecification: {SSEEnabled: true}
          DeletionProtectionEnabled: !Ref Protect
    Outputs:
      Name: {Value: !Ref Jobs}
      Arn: {Value: !GetAtt Jobs.Arn}
"""


def test_a_table_has_everything_that_its_template_says(apply, session):
    """Index, expiry, recovery, encryption and protection are all there."""
    outputs = apply(TABLE)

    dynamodb = session.client("dynamodb")
    table = dynamodb.describe_table(TableName="jobs")["Table"]
    backups = dynamodb.describe_continuous_backups(TableName="jobs")["ContinuousBackupsDescription"]
    expiry = dynamodb.describe_time_to_live(TableName="jobs")["TimeToLiveDescription"]
    assert outputs == {"Name": "jobs", "Arn": table["TableArn"]}
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by-user"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert table["DeletionProtectionEnabled"] is True
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert (expiry["AttributeName"], expiry["TimeToLiveStatus"]) == ("expires_at", "ENABLED")


def test_applying_again_keeps_the_items_and_updates_the_settings(apply, session):
    """The second run changes only what is different."""
    first = apply(TABLE)
    dynamodb = session.client("dynamodb")
    dynamodb.put_item(TableName="jobs", Item={"job_id": {"S": "1"}})

    assert apply(TABLE, {"Protect": "false"}) == first

    assert dynamodb.scan(TableName="jobs")["Count"] == 1
    assert dynamodb.describe_table(TableName="jobs")["Table"]["DeletionProtectionEnabled"] is False


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("{AttributeName: job_id, KeyType: HASH}", "{AttributeName: user_id, KeyType: HASH}", "KeySchema"),
        ("IndexName: by-user", "IndexName: other", "GlobalSecondaryIndexes"),
    ],
)
def test_a_table_is_never_replaced(apply, old, new, named):
    """What would need a new table is refused, by name."""
    apply(TABLE)

    with pytest.raises(TemplateError, match=f"Jobs.{named}"):
        apply(TABLE.replace(old, new))


RULE = """
    Parameters:
      Minutes: {Type: Number, Default: 5}
    Resources:
      Work:
        Type: AWS::SQS::Queue
        Properties: {QueueName: work}
      Lost:
        Type: AWS::SQS::Queue
        Properties: {QueueName: lost}
      Round:
        Type: AWS::Events::Rule
        Properties:
          Name: round
          ScheduleExpression: !Sub "rate(${Minutes} minutes)"
          State: ENABLED
          Targets:
            - Id: work
              Arn: !GetAtt Work.Arn
              Input: '{"go": true}'
              DeadLetterConfig: {Arn: !GetAtt Lost.Arn}
    Outputs:
      Arn: {Value: !GetAtt Round.Arn}
"""


def test_a_schedule_has_its_rate_and_its_targets_and_no_other(apply, session, capsys):
    """The second run changes both; what the local cloud does not do is said aloud."""
    apply(RULE)
    outputs = apply(RULE.replace("Id: work", "Id: other"), {"Minutes": "7"})

    events = session.client("events")
    rule = events.describe_rule(Name="round")
    (target,) = events.list_targets_by_rule(Rule="round")["Targets"]
    assert outputs == {"Arn": rule["Arn"]}
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(7 minutes)", "ENABLED")
    assert target == {
        "Id": "other",
        "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:work",
        "Input": '{"go": true}',
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"},
    }
    assert "a schedule cannot deliver" in capsys.readouterr().out


BUCKET = """
    Parameters:
      Origin: {Type: String}
    Resources:
      Uploads:
        Type: AWS::SNS::Topic
        Properties: {TopicName: uploads}
      Inputs:
        Type: AWS::S3::Bucket
        DependsOn: UploadsPolicy
        Properties:
          BucketName: !Sub "inputs-${AWS::AccountId}"
          PublicAccessBlockConfiguration:
            BlockPublicAcls: true
            BlockPublicPolicy: true
            IgnorePublicAcls: true
            RestrictPublicBuckets: true
          OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
          BucketEncryption:
            ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]
          VersioningConfiguration: {Status: Enabled}
          LifecycleConfiguration:
            Rules:
              - Id: uploads
                Status: Enabled
                AbortIncompleteMultipartUpload: {DaysAfterInitiation: 2}
              - {Id: old, Status: Enabled, Prefix: tmp/, ExpirationInDays: 7}
          CorsConfiguration:
            CorsRules:
              - AllowedOrigins: [!Ref Origin]
                AllowedMethods: [POST]
                AllowedHeaders: ["*"]
                ExposedHeaders: [ETag]
                MaxAge: 300
          NotificationConfiguration:
            TopicConfigurations:
              - Topic: !Ref Uploads
                Event: "s3:ObjectCreated:*"
                Filter: {S3Key: {Rules: [{Name: prefix, Value: inputs/}]}}
      UploadsPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Uploads]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: s3.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Uploads
      InputsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Inputs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: "s3:*"
                Resource: !Sub "${Inputs.Arn}/*"
                Condition: {Bool: {"aws:SecureTransport": "false"}}
    Outputs:
      Bucket: {Value: !Ref Inputs}
"""
ORIGIN = {"Origin": "http://127.0.0.1:5000"}


def test_a_bucket_has_everything_that_its_template_says(apply, session):
    """Moto's own CloudFormation would drop all but two of these."""
    bucket = apply(BUCKET, ORIGIN)["Bucket"]

    s3 = session.client("s3")
    (cors,) = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    (event,) = s3.get_bucket_notification_configuration(Bucket=bucket)["TopicConfigurations"]
    (owner,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    public = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    (sse,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert bucket == f"inputs-{ACCOUNT}"
    assert (cors["AllowedOrigins"], cors["ExposeHeaders"]) == ([ORIGIN["Origin"]], ["ETag"])
    assert cors["MaxAgeSeconds"] == 300
    assert [rule["ID"] for rule in lifecycle] == ["uploads", "old"]
    assert lifecycle[1]["Expiration"] == {"Days": 7}
    assert event["Filter"]["Key"]["FilterRules"][0]["Value"] == "inputs/"
    assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}
    assert all(public.values())
    assert len(public) == 4
    assert sse["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_the_tls_rule_is_left_out_aloud_and_does_not_lock_the_bucket(apply, session, capsys):
    """It is printed, once, and objects can be written."""
    bucket = apply(BUCKET, ORIGIN)["Bucket"]

    session.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")

    assert capsys.readouterr().out.count("the denial of requests without TLS is left out") == 1


def test_other_conditions_of_a_bucket_policy_are_refused(apply):
    """Moto would ignore the condition, and deny everybody or nobody."""
    conditioned = BUCKET.replace(
        'Bool: {"aws:SecureTransport": "false"}', 'StringEquals: {"aws:SourceVpc": "x"}'
    )

    with pytest.raises(UnappliedProperty, match=r"InputsPolicy\.PolicyDocument\.Statement\.Condition"):
        apply(conditioned, ORIGIN)


def test_a_bucket_keeps_its_objects_and_sends_no_second_test_event(apply, session):
    """The second run finds nothing to do."""
    bucket = apply(BUCKET, ORIGIN)["Bucket"]
    s3, sns, sqs = session.client("s3"), session.client("sns"), session.client("sqs")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    queue = sqs.create_queue(QueueName="seen")["QueueUrl"]
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:uploads"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:seen")

    apply(BUCKET, ORIGIN)

    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


MESSAGING = """
    Parameters:
      Attempts: {Type: Number, Default: 3}
    Resources:
      Subscription:
        Type: AWS::SNS::Subscription
        Properties:
          TopicArn: !Ref Topic
          Protocol: sqs
          Endpoint: !GetAtt Queue.Arn
          RawMessageDelivery: true
          RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}
      Queue:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: work
          VisibilityTimeout: 60
          RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Attempts}
      Dead: {Type: AWS::SQS::Queue}
      Topic:
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Join ["-", [job, requests]]}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Queue]
          PolicyDocument: {Version: "2012-10-17", Statement: []}
    Outputs:
      Queue: {Value: !Ref Queue}
      Topic: {Value: !Ref Topic}
      Dead: {Value: !GetAtt Dead.QueueName}
"""


def test_what_is_published_arrives_raw(apply, session):
    """The order in the template does not matter; a queue without a name gets one."""
    outputs = apply(MESSAGING)
    session.client("sns").publish(TopicArn=outputs["Topic"], Message="hello")

    (message,) = session.client("sqs").receive_message(QueueUrl=outputs["Queue"])["Messages"]

    assert message["Body"] == "hello"
    assert outputs["Topic"].endswith(":job-requests")
    assert outputs["Dead"] == "stack-Dead"


def test_an_existing_queue_gets_its_new_attributes(apply, session):
    """CreateQueue would refuse, and the messages stay."""
    queue = apply(MESSAGING)["Queue"]
    sqs = session.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="kept")

    apply(MESSAGING, {"Attempts": "7"})

    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 7
    assert attributes["ApproximateNumberOfMessages"] == "1"
    topic = apply(MESSAGING)["Topic"]
    assert len(session.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1


MACHINE = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}
          Policies:
            - PolicyName: publish
              PolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Action: sns:Publish, Resource: "*"}]
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          StateMachineName: after
          RoleArn: !GetAtt Role.Arn
          DefinitionS3Location: {Bucket: artifacts, Key: after.asl.json}
          DefinitionSubstitutions: {Seconds: 5}
      Sender: {Type: AWS::SES::EmailIdentity, Properties: {EmailIdentity: gas@example.org}}
      Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /gas/web, RetentionInDays: 30}}
    Outputs:
      Machine: {Value: !Ref Machine}
      Role: {Value: !Ref Role}
"""


def test_a_state_machine_is_read_from_its_file_and_updated(apply, session, tmp_path):
    """Role, sender and log group come with it; a second run takes the new definition."""
    file = tmp_path / "after.asl.json"
    definition = (
        '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": ${Seconds}, "End": true}}}'
    )
    file.write_text(definition)
    outputs = apply(MACHINE, files={"after.asl.json": file})
    file.write_text(definition.replace("Wait", "Pause").replace('"Type": "Pause"', '"Type": "Wait"'))
    apply(MACHINE, files={"after.asl.json": file})

    there = session.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["Machine"])
    policies = session.client("iam").list_role_policies(RoleName=outputs["Role"])["PolicyNames"]
    (group,) = session.client("logs").describe_log_groups()["logGroups"]
    identities = session.client("sesv2").list_email_identities()["EmailIdentities"]
    assert json.loads(there["definition"])["States"]["Pause"]["Seconds"] == 5
    assert there["roleArn"].endswith(":role/stack-Role")
    assert policies == ["publish"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/gas/web", 30)
    assert [identity["IdentityName"] for identity in identities] == ["gas@example.org"]


def test_a_definition_must_be_there_and_complete(apply, tmp_path):
    """A missing file and a missing substitution are named."""
    with pytest.raises(TemplateError, match=r"Machine: no file was given for after\.asl\.json"):
        apply(MACHINE)
    file = tmp_path / "after.asl.json"
    file.write_text('{"Comment": "${Unknown}"}')
    with pytest.raises(TemplateError, match="asks for Unknown"):
        apply(MACHINE, files={"after.asl.json": file})


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ("{Type: AWS::SQS::Queue, Properties: {RedriveAllowPolicy: {a: b}}}", "X.RedriveAllowPolicy"),
        ("{Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {typo: 1}}}", "X.RedrivePolicy.typo"),
        ("{Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: {a: 1}}}", "X.VisibilityTimeout"),
        ("{Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}", "X.FifoTopic"),
        ("{Type: AWS::S3::Bucket, Properties: {LoggingConfiguration: {a: b}}}", "X.LoggingConfiguration"),
        (
            "{Type: AWS::S3::Bucket, Properties: {LifecycleConfiguration: {Rules: [{Id: a}, {Size: 1}]}}}",
            "X.LifecycleConfiguration.Rules[1].Size",
        ),
        ("{Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {a: b}}}", "X.StreamSpecification"),
        ("{Type: AWS::IAM::Role, Properties: {PermissionsBoundary: a}}", "X.PermissionsBoundary"),
    ],
)
def test_a_property_that_would_be_dropped_is_refused(apply, session, resource, named):
    """Resource and property are named, at any depth, before anything is created."""
    with pytest.raises(UnappliedProperty) as refused:
        apply(f"Resources: {{First: {{Type: AWS::SQS::Queue}}, X: {resource}}}")

    assert str(refused.value).startswith(named + " ")
    assert "QueueUrls" not in session.client("sqs").list_queues()


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("Resources: {X: {Type: AWS::Lambda::Function}}", "AWS::Lambda::Function is not known"),
        ("Resources: {X: {Type: AWS::SQS::Queue, CreationPolicy: {}}}", "CreationPolicy"),
        ("Resources: {}\nMappings: {}", "Mappings"),
        ("Resources: {X: {Type: AWS::SNS::Topic, Properties: {TopicName: !Base64 x}}}", "Fn::Base64"),
        ("Resources: {X: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Nobody}}}", "no Nobody"),
        ("Resources: {X: {Type: AWS::SQS::Queue, DependsOn: Nobody}}", "no resource Nobody"),
        ("Parameters: {P: {Type: String}}\nResources: {}", "Parameter P has no value"),
        ("Parameters: {P: {Type: String, Default: x, AllowedValues: [y]}}\nResources: {}", "cannot be 'x'"),
        ("Parameters: {P: {Type: Number, Default: x}}\nResources: {}", "not a number"),
        (
            "Resources: {A: {Type: AWS::SQS::Queue, DependsOn: B}, B: {Type: AWS::SQS::Queue, DependsOn: A}}",
            "need each other",
        ),
    ],
)
def test_a_template_that_cannot_be_applied_says_why(apply, template, complaint):
    """One sentence with the name of what is wrong."""
    with pytest.raises(TemplateError, match=complaint):
        apply(template)


def test_an_unknown_parameter_is_refused(apply):
    """A misspelt one would otherwise leave the default in force."""
    with pytest.raises(TemplateError, match="no parameter Wrong"):
        apply("Resources: {}", {"Wrong": "x"})


def test_conditions_choose_resources_and_values(apply, session):
    """If, Equals, Not and NoValue."""
    template = """
        Parameters: {Stage: {Type: String}}
        Conditions:
          IsLive: !Equals [!Ref Stage, live]
          IsTest: !Not [!Condition IsLive]
        Resources:
          Extra: {Type: AWS::SQS::Queue, Condition: IsTest, Properties: {QueueName: extra}}
          Main:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !If [IsLive, live, !Sub ["${Kind}-${!literal}", {Kind: test}]]
              DelaySeconds: !If [IsLive, 5, !Ref "AWS::NoValue"]
        Outputs:
          Extra: {Value: !Ref Extra, Condition: IsTest}
    """
    assert apply(template, {"Stage": "live"}) == {}

    urls = session.client("sqs").list_queues()["QueueUrls"]
    assert [url.split("/")[-1] for url in urls] == ["live"]
