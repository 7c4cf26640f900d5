"""Restores from S3 Glacier: in progress for a while, then complete by themselves, announced once."""

import json

import pytest
from botocore.exceptions import ClientError

KEY = "results/ada/job 1/sample.annot.vcf.gz"


@pytest.fixture
def events(cloud):
    """A queue behind a topic, for the events of buckets."""
    queue_url, queue_arn = cloud.queue()
    sns = cloud.client("sns")
    topic = sns.create_topic(Name=queue_arn.split(":")[-1])["TopicArn"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes=raw)
    return topic, queue_url


@pytest.fixture
def bucket(cloud, events):
    """Announces every event of a restore; holds one archived object."""
    name = cloud.bucket()
    topic, queue_url = events
    configuration = {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectRestore:*"]}]}
    s3 = cloud.client("s3")
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=configuration)
    s3.put_object(Bucket=name, Key=KEY, Body=b"results", StorageClass="GLACIER")
    assert [json.loads(m["Body"])["Event"] for m in cloud.receive(queue_url)] == ["s3:TestEvent"]
    return name


@pytest.fixture(autouse=True)
def _settings(cloud):
    """Whatever a test switches is switched back."""
    yield
    cloud.post("/expedited", {"available": True})
    cloud.post("/restore-times", {"Expedited": 0.2, "Standard": 0.3, "Bulk": 10})


def _restore(cloud, bucket, tier="Standard", days=2, key=KEY):
    request = {"Days": days, "GlacierJobParameters": {"Tier": tier}}
    answer = cloud.client("s3").restore_object(Bucket=bucket, Key=key, RestoreRequest=request)
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def _state(cloud, bucket):
    return cloud.client("s3").head_object(Bucket=bucket, Key=KEY).get("Restore")


def _names(messages):
    return [json.loads(m["Body"])["Records"][0]["eventName"] for m in messages]


def test_a_restore_completes_by_itself_and_is_announced_once(cloud, bucket, events, eventually):
    """Nobody looks at the object until the event arrives; later looks send nothing more."""
    _, queue_url = events
    assert _restore(cloud, bucket) == 202
    messages = []

    eventually(lambda: messages.extend(cloud.receive(queue_url, 1)) or len(messages) >= 2)

    assert _names(messages) == ["ObjectRestore:Post", "ObjectRestore:Completed"]
    told = json.loads(messages[1]["Body"])["Records"][0]["s3"]
    assert (told["bucket"]["name"], told["object"]["key"]) == (bucket, KEY.replace(" ", "+"))
    assert _state(cloud, bucket).startswith('ongoing-request="false", expiry-date="')
    assert cloud.client("s3").get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"results"
    assert _restore(cloud, bucket, days=5) == 200
    assert cloud.receive(queue_url, 1) == []


def test_until_it_is_complete_the_object_cannot_be_read(cloud, bucket):
    """HEAD says that it is under way; GET and copy are refused, and so is a second request."""
    cloud.post("/restore-times", {"Standard": 3600})
    assert _restore(cloud, bucket) == 202
    s3 = cloud.client("s3")

    assert _state(cloud, bucket) == 'ongoing-request="true"'
    with pytest.raises(ClientError, match="InvalidObjectState"):
        s3.get_object(Bucket=bucket, Key=KEY)
    with pytest.raises(ClientError, match="ObjectNotInActiveTierError"):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": KEY})
    with pytest.raises(ClientError, match="RestoreAlreadyInProgress") as refused:
        _restore(cloud, bucket)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_faster_tier_takes_over_while_a_restore_is_in_progress(cloud, bucket, events, eventually):
    """A slower one or the same is refused, and completion is announced once."""
    _, queue_url = events
    cloud.post("/restore-times", {"Standard": 3600, "Bulk": 3600})
    _restore(cloud, bucket, "Standard")
    for tier in ("Standard", "Bulk"):
        with pytest.raises(ClientError, match="RestoreAlreadyInProgress"):
            _restore(cloud, bucket, tier)

    assert _restore(cloud, bucket, "Expedited") == 202

    eventually(lambda: "false" in _state(cloud, bucket))
    assert _names(cloud.receive(queue_url)) == ["ObjectRestore:Post", "ObjectRestore:Completed"]


def test_what_was_hastened_does_not_complete_at_its_first_time(cloud, bucket, eventually):
    """Once restored and expired, a restore asked for anew takes its own time."""
    cloud.post("/restore-times", {"Standard": 0.3, "Expedited": 0})
    _restore(cloud, bucket, "Standard")
    _restore(cloud, bucket, "Expedited")
    eventually(lambda: "false" in _state(cloud, bucket))
    cloud.post("/expire-restored", {})
    cloud.post("/restore-times", {"Bulk": 3600})
    _restore(cloud, bucket, "Bulk")
    _restore_another_at(cloud, bucket, "Standard", eventually)

    assert _state(cloud, bucket) == 'ongoing-request="true"'


def _restore_another_at(cloud, bucket, tier, eventually):
    """Whatever was due before is done when this returns."""
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="another", Body=b"x", StorageClass="GLACIER")
    _restore(cloud, bucket, tier, key="another")
    eventually(lambda: "false" in s3.head_object(Bucket=bucket, Key="another")["Restore"])


def test_a_restored_copy_expires(cloud, bucket, events, eventually):
    """A switch of the control port; the object is archived as before, and can be restored again."""
    _, queue_url = events
    _restore(cloud, bucket, "Expedited")
    eventually(lambda: "false" in _state(cloud, bucket))

    assert cloud.post("/expire-restored", {}).json()["expired"] >= 1

    assert _state(cloud, bucket) is None
    with pytest.raises(ClientError, match="InvalidObjectState"):
        cloud.client("s3").get_object(Bucket=bucket, Key=KEY)
    assert "ObjectRestore:Delete" in _names(cloud.receive(queue_url))
    assert _restore(cloud, bucket, "Expedited") == 202


def test_a_second_request_prolongs_what_is_restored(cloud, bucket, eventually):
    """More days move the expiry date; it falls on midnight, as on AWS."""
    _restore(cloud, bucket, days=1)
    eventually(lambda: "false" in _state(cloud, bucket))
    before = _state(cloud, bucket)

    assert _restore(cloud, bucket, days=30) == 200

    assert _state(cloud, bucket) != before
    assert '00:00:00 GMT"' in _state(cloud, bucket)


def test_a_restored_object_can_be_copied_back(cloud, bucket, eventually):
    """The copy is an ordinary object."""
    _restore(cloud, bucket, "Expedited")
    eventually(lambda: "false" in _state(cloud, bucket))
    s3 = cloud.client("s3")

    source = {"Bucket": bucket, "Key": KEY}
    s3.copy_object(Bucket=bucket, Key=KEY, CopySource=source, StorageClass="STANDARD")

    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key=KEY)
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"results"


def test_expedited_is_refused_when_there_is_no_capacity(cloud, bucket):
    """The switch of the control port; Standard still works."""
    assert cloud.post("/expedited", {"available": False}).status_code == 200

    with pytest.raises(ClientError, match="GlacierExpeditedRetrievalNotAvailable") as refused:
        _restore(cloud, bucket, "Expedited")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert _state(cloud, bucket) is None
    assert _restore(cloud, bucket, "Standard") == 202


def test_expedited_is_refused_for_deep_archive(cloud, bucket):
    """That class has no such tier."""
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="deep", Body=b"x", StorageClass="DEEP_ARCHIVE")

    with pytest.raises(ClientError, match="InvalidArgument"):
        _restore(cloud, bucket, "Expedited", key="deep")

    assert _restore(cloud, bucket, "Bulk", key="deep") == 202


def test_an_object_that_is_not_archived_cannot_be_restored(cloud, bucket):
    """Nor can one that does not exist."""
    cloud.client("s3").put_object(Bucket=bucket, Key="hot", Body=b"x")

    with pytest.raises(ClientError, match="InvalidObjectState"):
        _restore(cloud, bucket, key="hot")
    with pytest.raises(ClientError, match="NoSuchKey"):
        _restore(cloud, bucket, key="nowhere")


def test_an_object_deleted_meanwhile_is_not_announced(cloud, bucket, events, eventually):
    """There is nothing left that could be complete."""
    _, queue_url = events
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="later", Body=b"x", StorageClass="GLACIER")
    _restore(cloud, bucket, "Expedited")
    s3.delete_object(Bucket=bucket, Key=KEY)
    _restore(cloud, bucket, "Standard", key="later")
    messages = []

    eventually(lambda: messages.extend(cloud.receive(queue_url, 1)) or len(messages) >= 3)

    completed = [m for m in messages if "Completed" in m["Body"]]
    assert [json.loads(m["Body"])["Records"][0]["s3"]["object"]["key"] for m in completed] == ["later"]


def test_a_multipart_upload_is_announced_once(cloud, events):
    """One event, named after how the object was made."""
    topic, queue_url = events
    name = cloud.bucket()
    s3 = cloud.client("s3")
    configuration = {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=configuration)
    cloud.receive(queue_url)

    upload = s3.create_multipart_upload(Bucket=name, Key="big")["UploadId"]
    part = s3.upload_part(Bucket=name, Key="big", UploadId=upload, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=name, Key="big", UploadId=upload, MultipartUpload=parts)

    assert _names(cloud.receive(queue_url)) == ["ObjectCreated:CompleteMultipartUpload"]


@pytest.mark.parametrize("body", [{"Fast": 1}, {"Bulk": -1}, {"Bulk": "soon"}, [1]])
def test_senseless_restore_times_are_refused(cloud, body):
    """The settings stay as they were."""
    assert cloud.post("/restore-times", body).status_code == 400
