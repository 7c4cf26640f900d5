"""Retrievals from a vault: they take the time of their tier, and their end is announced."""

import json

import pytest
from botocore.exceptions import ClientError

DATA = b"results"
FOREVER = {"Expedited": 3600, "Standard": 3600, "Bulk": 3600}
SWITCHES = {"jobs_fail": False, "notifications_lost": False, "output_seconds": 86400.0}


@pytest.fixture
def archive(glacier, vault):
    """The only archive of the vault."""
    return glacier.upload_archive(vaultName=vault, body=DATA, archiveDescription="ada/j1")["archiveId"]


@pytest.fixture
def topic(cloud):
    """A new topic, and the queue behind it."""
    return _topic(cloud)


@pytest.fixture(autouse=True)
def _settings(cloud):
    """Whatever a test switches is switched back."""
    yield
    cloud.post("/expedited", {"available": True})
    cloud.post("/restore-times", {"Expedited": 0.2, "Standard": 0.3, "Bulk": 10})
    cloud.post("/vault-jobs", SWITCHES)


def _topic(cloud):
    queue_url, queue_arn = cloud.queue()
    sns = cloud.client("sns")
    arn = sns.create_topic(Name=queue_arn.split(":")[-1])["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"})
    return arn, queue_url


def _begin(glacier, vault, archive=None, **parameters):
    kind = {"Type": "archive-retrieval", "ArchiveId": archive} if archive else {"Type": "inventory-retrieval"}
    made = glacier.initiate_job(vaultName=vault, jobParameters={**kind, **parameters})
    return {"vaultName": vault, "jobId": made["jobId"]}


def _wait(glacier, job, eventually):
    eventually(lambda: glacier.describe_job(**job)["Completed"], "the end of the job")
    return glacier.describe_job(**job)


def _messages(cloud, queue_url, count, eventually):
    messages = []
    eventually(lambda: messages.extend(cloud.receive(queue_url, 1)) or len(messages) >= count)
    return [json.loads(message["Body"]) for message in messages]


def test_a_retrieval_ends_by_itself_and_is_announced(cloud, glacier, vault, archive, topic, eventually):
    """The message is what DescribeJob answers; nobody has to look before."""
    arn, queue_url = topic

    job = _begin(glacier, vault, archive, Tier="Expedited", SNSTopic=arn, Description="job 1")

    [told] = _messages(cloud, queue_url, 1, eventually)
    described = glacier.describe_job(**job)
    assert {name: value for name, value in told.items() if value is not None} == {
        name: value for name, value in described.items() if name != "ResponseMetadata"
    }
    assert (told["JobId"], told["StatusCode"], told["Completed"]) == (job["jobId"], "Succeeded", True)
    assert (told["ArchiveId"], told["Tier"], told["JobDescription"]) == (archive, "Expedited", "job 1")
    assert (told["ArchiveSizeInBytes"], told["RetrievalByteRange"]) == (7, "0-6")
    assert told["SHA256TreeHash"] == told["ArchiveSHA256TreeHash"]
    assert glacier.get_job_output(**job)["body"].read() == DATA


def test_until_it_has_ended_there_is_no_output(cloud, glacier, vault, archive):
    """400, as for a job that failed."""
    cloud.post("/restore-times", FOREVER)
    job = _begin(glacier, vault, archive)

    described = glacier.describe_job(**job)

    assert (described["StatusCode"], described["Completed"], described["Tier"]) == (
        "InProgress",
        False,
        "Standard",
    )
    assert not {"CompletionDate", "SHA256TreeHash"} & described.keys()
    with pytest.raises(
        glacier.exceptions.InvalidParameterValueException, match="not currently available for download"
    ):
        glacier.get_job_output(**job)


def test_the_vaults_topic_is_told_as_well(cloud, glacier, vault, archive, topic, eventually):
    """Each of the two has one message; jobs of the other kind are not told."""
    arn, queue_url = _topic(cloud)
    config = {"SNSTopic": arn, "Events": ["ArchiveRetrievalCompleted"]}
    glacier.set_vault_notifications(vaultName=vault, vaultNotificationConfig=config)
    _wait(glacier, _begin(glacier, vault), eventually)

    job = _begin(glacier, vault, archive, Tier="Expedited", SNSTopic=topic[0])

    for queue in (topic[1], queue_url):
        [told] = _messages(cloud, queue, 1, eventually)
        assert told["JobId"] == job["jobId"]


def test_a_job_can_be_made_to_fail(cloud, glacier, vault, archive, topic, eventually):
    """A switch of the control port; the failure is announced."""
    assert cloud.post("/vault-jobs", {"jobs_fail": True}).status_code == 200

    job = _begin(glacier, vault, archive, Tier="Expedited", SNSTopic=topic[0])

    [told] = _messages(cloud, topic[1], 1, eventually)
    assert (told["StatusCode"], told["Completed"]) == ("Failed", True)
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="not currently available"):
        glacier.get_job_output(**job)


def test_a_notification_can_be_lost(cloud, glacier, vault, archive, topic, eventually):
    """A switch of the control port; the job ends all the same."""
    cloud.post("/vault-jobs", {"notifications_lost": True})
    lost = _begin(glacier, vault, archive, Tier="Expedited", SNSTopic=topic[0])
    _wait(glacier, lost, eventually)
    _wait(glacier, _begin(glacier, vault, archive, Tier="Expedited"), eventually)
    cloud.post("/vault-jobs", {"notifications_lost": False})

    told = _begin(glacier, vault, archive, Tier="Expedited", SNSTopic=topic[0])

    assert [each["JobId"] for each in _messages(cloud, topic[1], 1, eventually)] == [told["jobId"]]


def test_a_job_is_forgotten_some_time_after_its_end(cloud, glacier, vault, archive, eventually):
    """A day on AWS; a job that has not ended stays."""
    ended = _begin(glacier, vault, archive, Tier="Expedited")
    _wait(glacier, ended, eventually)
    cloud.post("/restore-times", FOREVER)
    going = _begin(glacier, vault, archive)

    cloud.post("/vault-jobs", {"output_seconds": 0})

    for ask in (glacier.get_job_output, glacier.describe_job):
        with pytest.raises(glacier.exceptions.ResourceNotFoundException, match="job ID was not found"):
            ask(**ended)
    assert [job["JobId"] for job in glacier.list_jobs(vaultName=vault)["JobList"]] == [going["jobId"]]


def test_what_was_retrieved_can_be_read_after_the_archive_is_gone(glacier, vault, archive, eventually):
    """The output is a copy; the archive cannot be asked for again."""
    job = _begin(glacier, vault, archive, Tier="Expedited")
    _wait(glacier, job, eventually)

    glacier.delete_archive(vaultName=vault, archiveId=archive)

    assert glacier.get_job_output(**job)["body"].read() == DATA
    with pytest.raises(glacier.exceptions.ResourceNotFoundException, match="archive ID was not found"):
        _begin(glacier, vault, archive)


def test_jobs_are_listed_by_status_and_in_pages(cloud, glacier, vault, archive, eventually):
    """In the order in which they began."""
    ended = [_begin(glacier, vault, archive, Tier="Expedited")["jobId"] for _ in range(3)]
    _wait(glacier, {"vaultName": vault, "jobId": ended[-1]}, eventually)
    cloud.post("/restore-times", FOREVER)
    going = [_begin(glacier, vault, archive)["jobId"] for _ in range(2)]

    def listed(**filters):
        paginate = glacier.get_paginator("list_jobs").paginate
        pages = paginate(vaultName=vault, PaginationConfig={"PageSize": 2}, **filters)
        return [job["JobId"] for page in pages for job in page["JobList"]]

    assert listed() == ended + going
    assert listed(completed="true") == listed(statuscode="Succeeded") == ended
    assert listed(completed="false") == listed(statuscode="InProgress") == going
    assert listed(statuscode="Failed") == listed(completed="true", statuscode="InProgress") == []


@pytest.mark.parametrize("filters", [{"completed": "maybe"}, {"statuscode": "Done"}, {"marker": "nowhere"}])
def test_senseless_filters_are_refused(glacier, vault, filters):
    """Instead of an empty list."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException):
        glacier.list_jobs(vaultName=vault, **filters)


def test_expedited_is_refused_when_there_is_no_capacity(cloud, glacier, vault, archive):
    """The switch that S3 restores obey; Standard still works."""
    cloud.post("/expedited", {"available": False})

    with pytest.raises(ClientError, match="InsufficientCapacityException") as refused:
        _begin(glacier, vault, archive, Tier="Expedited")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert _begin(glacier, vault, archive, Tier="Standard")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Tier": "Overnight"},
        {"Type": "retrieval"},
        {"Description": "x" * 1025},
        {"SNSTopic": "arn:aws:sns:us-east-1:123456789012:nowhere"},
        {"SNSTopic": "results"},
        {"RetrievalByteRange": "0-7"},
        {"RetrievalByteRange": "1-6"},
        {"RetrievalByteRange": "0-5"},
        {"RetrievalByteRange": "bytes=0-6"},
        {"Format": "JSON"},
    ],
)
def test_a_senseless_retrieval_is_refused(glacier, vault, archive, wrong):
    """No job is begun."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException):
        _begin(glacier, vault, archive, **wrong)

    assert glacier.list_jobs(vaultName=vault)["JobList"] == []


@pytest.mark.parametrize("left_out", ["Type", "ArchiveId"])
def test_a_retrieval_says_what_it_is_of(glacier, vault, archive, left_out):
    """Both parameters are required."""
    parameters = {"Type": "archive-retrieval", "ArchiveId": archive}
    del parameters[left_out]

    with pytest.raises(glacier.exceptions.MissingParameterValueException, match=left_out):
        glacier.initiate_job(vaultName=vault, jobParameters=parameters)


def test_an_unknown_archive_cannot_be_retrieved(glacier, vault):
    """404; so is a job that was never begun."""
    not_found = glacier.exceptions.ResourceNotFoundException
    with pytest.raises(not_found, match="archive ID was not found"):
        _begin(glacier, vault, "x" * 138)
    with pytest.raises(not_found, match="job ID was not found"):
        glacier.describe_job(vaultName=vault, jobId="x" * 92)


@pytest.mark.parametrize(
    "body", [{"fail": True}, {"jobs_fail": 1}, {"output_seconds": -1}, {"output_seconds": True}]
)
def test_senseless_switches_are_refused(cloud, body):
    """The settings stay as they were."""
    before = cloud.post("/vault-jobs", {}).json()

    assert cloud.post("/vault-jobs", body).status_code == 400

    assert cloud.post("/vault-jobs", {}).json() == before
