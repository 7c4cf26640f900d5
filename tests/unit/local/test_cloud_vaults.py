"""Vaults of Amazon Glacier: made once, listed by name, removed only when empty."""

import uuid

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/glacier/aws4_request, SignedHeaders=host"
VERSION = {"x-amz-glacier-version": "2012-06-01"}


@pytest.fixture
def topic(cloud):
    """A new topic."""
    return cloud.client("sns").create_topic(Name=f"topic-{uuid.uuid4().hex}")["TopicArn"]


def _raw(cloud, path, **headers):
    signed = {"Authorization": AUTHORIZATION, **VERSION, **headers}
    return requests.get(cloud.url + path, headers=signed, timeout=10)


def test_a_vault_that_is_created_again_keeps_what_it_holds(glacier, vault):
    """Services create their vault whenever they start."""
    glacier.upload_archive(vaultName=vault, body=b"results")

    again = glacier.create_vault(vaultName=vault)

    assert again["location"] == f"/123456789012/vaults/{vault}"
    described = glacier.describe_vault(vaultName=vault)
    assert (described["NumberOfArchives"], described["SizeInBytes"]) == (1, 7)
    assert described["VaultARN"] == f"arn:aws:glacier:us-east-1:123456789012:vaults/{vault}"


def test_a_vault_is_removed_only_when_it_is_empty(glacier, vault):
    """Removing it twice is no error; afterwards it is unknown."""
    archive = glacier.upload_archive(vaultName=vault, body=b"results")["archiveId"]
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="not empty"):
        glacier.delete_vault(vaultName=vault)
    glacier.delete_archive(vaultName=vault, archiveId=archive)

    for _ in range(2):
        glacier.delete_vault(vaultName=vault)

    with pytest.raises(glacier.exceptions.ResourceNotFoundException, match="Vault not found for ARN"):
        glacier.describe_vault(vaultName=vault)


def test_vaults_are_listed_by_name_in_pages_of_ten(glacier):
    """The marker is the ARN of the first vault on the next page."""
    prefix = f"listed-{uuid.uuid4().hex}"
    names = [f"{prefix}-{number:02}" for number in range(12)]
    for name in reversed(names):
        glacier.create_vault(vaultName=name)

    pages = list(glacier.get_paginator("list_vaults").paginate())

    listed = [vault["VaultName"] for page in pages for vault in page["VaultList"]]
    assert listed == sorted(listed)
    assert [name for name in listed if name.startswith(prefix)] == names
    assert max(len(page["VaultList"]) for page in pages) == 10
    assert all(":vaults/" in page["Marker"] for page in pages[:-1])


def test_a_vault_belongs_to_one_region(cloud, vault):
    """Another region does not know it."""
    elsewhere = boto3.client(
        "glacier",
        region_name="eu-west-1",
        endpoint_url=cloud.url,
        aws_access_key_id="k",
        aws_secret_access_key="s",
    )

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        elsewhere.describe_vault(vaultName=vault)


@pytest.mark.parametrize("name", ["with space", "slash%2Finside", "ä", "x" * 256])
def test_senseless_names_are_refused(glacier, name):
    """Letters, digits, underscore, hyphen and full stop, at most 255."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="Invalid vault name"):
        glacier.create_vault(vaultName=name)


def test_the_topic_of_a_vault_is_kept_until_it_is_removed(glacier, vault, topic):
    """A vault without one answers 404."""
    wanted = {"SNSTopic": topic, "Events": ["ArchiveRetrievalCompleted"]}

    glacier.set_vault_notifications(vaultName=vault, vaultNotificationConfig=wanted)

    assert glacier.get_vault_notifications(vaultName=vault)["vaultNotificationConfig"] == wanted
    glacier.delete_vault_notifications(vaultName=vault)
    with pytest.raises(glacier.exceptions.ResourceNotFoundException):
        glacier.get_vault_notifications(vaultName=vault)


@pytest.mark.parametrize("events", [[], ["ArchiveDeleted"]])
def test_only_the_two_events_of_jobs_can_be_told(glacier, vault, topic, events):
    """At least one of them."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="events"):
        glacier.set_vault_notifications(
            vaultName=vault, vaultNotificationConfig={"SNSTopic": topic, "Events": events}
        )


@pytest.mark.parametrize("arn", ["results", "", "arn:aws:sns:us-east-1:123456789012:nowhere"])
def test_a_vault_cannot_tell_a_topic_that_does_not_exist(glacier, vault, arn):
    """Nor something that is no topic."""
    wanted = {"SNSTopic": arn, "Events": ["ArchiveRetrievalCompleted"]}
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="Invalid SNS topic ARN"):
        glacier.set_vault_notifications(vaultName=vault, vaultNotificationConfig=wanted)


@pytest.mark.parametrize(
    ("account", "status"), [("-", 200), ("123456789012", 200), ("210987654321", 403), ("me", 403)]
)
def test_only_the_account_that_signs_is_served(cloud, vault, account, status):
    """It is named in the address, or left open."""
    assert _raw(cloud, f"/{account}/vaults/{vault}").status_code == status


def test_a_request_names_the_version_of_the_api(cloud, vault):
    """There is one version."""
    answer = _raw(cloud, f"/-/vaults/{vault}", **{"x-amz-glacier-version": "2011-01-01"})

    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameterValueException")


@pytest.mark.parametrize("limit", ["0", "-1", "many", "9" * 5000])
def test_a_senseless_limit_is_refused(glacier, limit):
    """Pages have at least one entry."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="limit"):
        glacier.list_vaults(limit=limit)


@pytest.mark.parametrize(
    "ask",
    [
        lambda glacier, vault: glacier.list_tags_for_vault(vaultName=vault),
        lambda glacier, vault: glacier.get_vault_lock(vaultName=vault),
        lambda glacier, vault: glacier.get_vault_access_policy(vaultName=vault),
        lambda glacier, _: glacier.get_data_retrieval_policy(),
        lambda glacier, _: glacier.list_provisioned_capacity(),
    ],
)
def test_what_the_local_cloud_does_not_have_is_refused_by_name(glacier, vault, ask):
    """One sentence instead of an empty answer."""
    with pytest.raises(ClientError, match="is not supported by the local cloud") as refused:
        ask(glacier, vault)

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
