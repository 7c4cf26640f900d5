"""Buckets as templates describe them: everything that Moto would drop, and objects stay."""

import pytest

from local.applier.errors import UnappliedProperty

ACCOUNT = "123456789012"

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
