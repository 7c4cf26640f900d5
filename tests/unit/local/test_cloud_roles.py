"""A role is allowed what its policies say, by every service that the system uses, and nothing else."""

from __future__ import annotations

import json
import socket
import uuid

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.unit.local.conftest import REGION, SECRET

ACCOUNT = "123456789012"


class Role:
    """A new role, and clients that are signed by it."""

    def __init__(self, cloud, *statements) -> None:
        self.name, self._cloud = f"role-{uuid.uuid4().hex[:8]}", cloud
        iam = cloud.client("iam")
        iam.create_role(RoleName=self.name, AssumeRolePolicyDocument="{}")
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        if statements:
            iam.put_role_policy(RoleName=self.name, PolicyName="own", PolicyDocument=json.dumps(document))

    def client(self, service: str):
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self._cloud.url,
            aws_access_key_id=self.name,
            aws_secret_access_key=SECRET,
            config=Config(
                signature_version="s3v4" if service == "s3" else None, retries={"total_max_attempts": 1}
            ),
        )


def allow(action, resource, **more):
    return {"Sid": f"S{uuid.uuid4().hex}", "Effect": "Allow", "Action": action, "Resource": resource, **more}


def refusal(call) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


@pytest.fixture
def things(hurried_cloud):
    """One of everything."""
    name = f"thing-{uuid.uuid4().hex[:8]}"
    client = hurried_cloud.client
    client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("s3").create_bucket(Bucket=name)
    client("s3").put_object(Bucket=name, Key="a/b", Body=b"content")
    client("glacier").create_vault(vaultName=name)
    return {
        "name": name,
        "queue": client("sqs").create_queue(QueueName=name)["QueueUrl"],
        "topic": client("sns").create_topic(Name=name)["TopicArn"],
        "machine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}",
    }


CALLS = {
    "dynamodb": (
        "dynamodb:GetItem",
        f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{name}}",
        lambda role, it: role.client("dynamodb").get_item(TableName=it["name"], Key={"id": {"S": "a"}}),
        "AccessDeniedException",
    ),
    "sqs": (
        "sqs:SendMessage",
        f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{name}}",
        lambda role, it: role.client("sqs").send_message(QueueUrl=it["queue"], MessageBody="x"),
        "AccessDenied",
    ),
    "sns": (
        "sns:Publish",
        f"arn:aws:sns:{REGION}:{ACCOUNT}:{{name}}",
        lambda role, it: role.client("sns").publish(TopicArn=it["topic"], Message="x"),
        "AuthorizationError",
    ),
    "s3": (
        "s3:GetObject",
        "arn:aws:s3:::{name}/a/*",
        lambda role, it: role.client("s3").get_object(Bucket=it["name"], Key="a/b"),
        "AccessDenied",
    ),
    "glacier": (
        "glacier:DescribeVault",
        f"arn:aws:glacier:{REGION}:{ACCOUNT}:vaults/{{name}}",
        lambda role, it: role.client("glacier").describe_vault(vaultName=it["name"]),
        "AccessDeniedException",
    ),
}


@pytest.mark.parametrize("service", CALLS)
def test_what_a_policy_names_is_allowed_and_the_same_of_another_refused(hurried_cloud, things, service):
    """Action and resource have to be those of the policy."""
    action, arn, call, code = CALLS[service]
    resource = arn.format(**things)

    assert call(Role(hurried_cloud, allow(action, resource)), things)
    assert refusal(lambda: call(Role(hurried_cloud, allow(action, resource + "-other")), things)) == code
    other_action = action.partition(":")[0] + ":Other"
    assert refusal(lambda: call(Role(hurried_cloud, allow(other_action, resource)), things)) == code
    assert refusal(lambda: call(Role(hurried_cloud), things)) == code


def test_a_denial_outweighs_an_allowance(hurried_cloud, things):
    """In whatever order they stand."""
    action, _, call, code = CALLS["s3"]
    denied = {**allow(action, "*"), "Effect": "Deny"}

    assert refusal(lambda: call(Role(hurried_cloud, allow(action, "*"), denied), things)) == code
    assert refusal(lambda: call(Role(hurried_cloud, denied, allow(action, "*")), things)) == code


def test_a_batch_needs_every_table_and_a_query_its_index(hurried_cloud, things):
    """Each has an ARN of its own."""
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{things['name']}"
    role = Role(hurried_cloud, allow(["dynamodb:BatchGetItem", "dynamodb:Query"], table))
    client, key = role.client("dynamodb"), {"Keys": [{"id": {"S": "a"}}]}

    assert client.batch_get_item(RequestItems={things["name"]: key})["Responses"] == {things["name"]: []}
    both = {things["name"]: key, "another": key}
    assert refusal(lambda: client.batch_get_item(RequestItems=both)) == "AccessDeniedException"
    query = {"TableName": things["name"], "IndexName": "some", "KeyConditionExpression": "id = :a"}
    query["ExpressionAttributeValues"] = {":a": {"S": "a"}}
    assert refusal(lambda: client.query(**query)) == "AccessDeniedException"


def test_a_condition_has_to_be_met(hurried_cloud, things):
    """Such as the prefix of a list; a key that the request does not have meets nothing."""
    bucket = f"arn:aws:s3:::{things['name']}"
    condition = {"StringLike": {"s3:prefix": "a/*"}}
    client = Role(hurried_cloud, allow("s3:ListBucket", bucket, Condition=condition)).client("s3")

    assert client.list_objects_v2(Bucket=things["name"], Prefix="a/b")["KeyCount"] == 1
    assert refusal(lambda: client.list_objects_v2(Bucket=things["name"], Prefix="b/")) == "AccessDenied"
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "x"}}
    client = Role(hurried_cloud, allow("s3:ListBucket", bucket, Condition=tagged)).client("s3")
    assert refusal(lambda: client.list_objects_v2(Bucket=things["name"])) == "AccessDenied"


def test_a_copy_needs_its_source_and_a_tag_its_own_action(hurried_cloud, things):
    """And a deletion of many is judged key by key."""
    name = things["name"]
    into = allow("s3:PutObject", f"arn:aws:s3:::{name}/copies/*")
    client = Role(hurried_cloud, into).client("s3")
    copy = {"Bucket": name, "Key": "copies/b", "CopySource": f"{name}/a/b"}

    assert refusal(lambda: client.copy_object(**copy)) == "AccessDenied"
    assert refusal(lambda: client.put_object(Bucket=name, Key="copies/t", Tagging="a=b")) == "AccessDenied"
    reading = Role(hurried_cloud, into, allow("s3:GetObject", f"arn:aws:s3:::{name}/a/*")).client("s3")
    assert reading.copy_object(**copy)["CopyObjectResult"]
    deleting = Role(hurried_cloud, allow("s3:DeleteObject", f"arn:aws:s3:::{name}/copies/*")).client("s3")
    keys = [{"Key": "copies/b"}, {"Key": "a/b"}]
    assert refusal(lambda: deleting.delete_objects(Bucket=name, Delete={"Objects": keys})) == "AccessDenied"
    assert deleting.delete_objects(Bucket=name, Delete={"Objects": keys[:1]})["Deleted"]


def test_whoever_may_not_list_a_bucket_does_not_learn_what_is_not_there(hurried_cloud, things):
    """403 instead of 404, on which many a program has stumbled."""
    name = things["name"]
    read, listing = (
        allow("s3:GetObject", f"arn:aws:s3:::{name}/*"),
        allow("s3:ListBucket", f"arn:aws:s3:::{name}"),
    )
    missing = {"Bucket": name, "Key": "missing"}

    reader, lister = Role(hurried_cloud, read).client("s3"), Role(hurried_cloud, read, listing).client("s3")
    assert refusal(lambda: reader.get_object(**missing)) == "AccessDenied"
    assert refusal(lambda: reader.head_object(**missing)) == "403"
    assert refusal(lambda: lister.get_object(**missing)) == "NoSuchKey"
    assert reader.get_object(Bucket=name, Key="a/b")["Body"].read() == b"content"


def test_what_a_role_presigned_is_what_the_role_may_do(hurried_cloud, things):
    """Addresses and forms alike: a browser acts for the service."""
    name = things["name"]
    own = allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/a/*")
    for role, status in ((Role(hurried_cloud, own), {200, 204}), (Role(hurried_cloud), {403})):
        client = role.client("s3")
        address = client.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "a/b"})
        form = client.generate_presigned_post(name, "a/c")
        posted = requests.post(form["url"], data=form["fields"], files={"file": b"x"}, timeout=5)

        assert {requests.get(address, timeout=5).status_code, posted.status_code} <= status


def test_what_was_used_and_refused_can_be_read(hurried_cloud, things):
    """By the statement that allowed it."""
    action, arn, call, _ = CALLS["sqs"]
    role = Role(hurried_cloud, {**allow(action, arn.format(**things)), "Sid": "Own"})
    call(role, things)
    refusal(lambda: role.client("sqs").receive_message(QueueUrl=things["queue"]))

    rights = requests.get(f"{hurried_cloud.control}/rights.json", timeout=5).json()
    mine = {side: [each for each in rights[side] if each["role"] == role.name] for side in rights}
    resource = arn.format(**things)
    used = {"role": role.name, "sid": "Own", "action": action, "resource": resource}
    assert mine["allowed"] == [used]
    assert mine["refused"] == [{"role": role.name, "action": "sqs:ReceiveMessage", "resource": resource}]


def test_a_request_whose_body_never_arrived_is_no_request(hurried_cloud):
    """A service that is killed while it sends was not refused anything."""
    role = Role(hurried_cloud)
    scope = f"{role.name}/20260101/{REGION}/dynamodb/aws4_request"
    head = (
        "POST / HTTP/1.1\r\nHost: cloud\r\nX-Amz-Target: DynamoDB_20120810.UpdateItem\r\n"
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n"
        "Content-Length: 50\r\n\r\n"
    )
    host, _, port = hurried_cloud.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as killed:
        killed.sendall(head.encode())
        killed.shutdown(socket.SHUT_WR)
        assert killed.recv(1) == b""

    refused = requests.get(f"{hurried_cloud.control}/rights.json", timeout=5).json()["refused"]
    assert role.name not in {each["role"] for each in refused}


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def encrypt_all(cloud, things) -> None:
    cloud.client("sqs").set_queue_attributes(QueueUrl=things["queue"], Attributes={"KmsMasterKeyId": KEY})
    cloud.client("sns").set_topic_attributes(
        TopicArn=things["topic"], AttributeName="KmsMasterKeyId", AttributeValue=KEY
    )
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    cloud.client("s3").put_bucket_encryption(
        Bucket=things["name"], ServerSideEncryptionConfiguration={"Rules": rules}
    )


@pytest.mark.parametrize(
    ("service", "needs"),
    [
        ("s3", ["kms:Decrypt"]),
        ("sqs", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("sns", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ],
)
def test_what_is_encrypted_needs_its_key_as_well(hurried_cloud, things, service, needs):
    """Each of the actions on it, on this key."""
    encrypt_all(hurried_cloud, things)
    action, arn, call, code = CALLS[service]
    own = allow(action, arn.format(**things))

    assert call(Role(hurried_cloud, own, allow(needs, KEY)), things)
    assert refusal(lambda: call(Role(hurried_cloud, own, allow(needs, KEY + "0")), things)) == code
    for missing in needs:
        others = [each for each in needs if each != missing] or ["kms:Other"]
        assert (
            refusal(lambda others=others: call(Role(hurried_cloud, own, allow(others, KEY)), things)) == code
        )


def test_nobody_needs_a_right_to_ask_who_they_are(hurried_cloud):
    """And an operator's key is no role."""
    assert Role(hurried_cloud).client("sts").get_caller_identity()["Account"] == ACCOUNT
