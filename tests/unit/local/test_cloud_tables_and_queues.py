"""DynamoDB and SQS of the local cloud under many clients at once."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

CLIENTS = 8


@pytest.fixture
def table(hurried_cloud):
    """A new table keyed by `id`."""
    name = f"table-{uuid.uuid4().hex[:8]}"
    hurried_cloud.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def _claim(cloud, table, item):
    try:
        cloud.client("dynamodb").update_item(
            TableName=table,
            Key={"id": {"S": item}},
            UpdateExpression="SET claimed = :yes",
            ConditionExpression="attribute_not_exists(claimed)",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )
    except cloud.client("dynamodb").exceptions.ConditionalCheckFailedException:
        return False
    return True


EVERY_TYPE = {
    "id": {"S": "every"},
    "N": {"N": "1.5"},
    "BOOL": {"BOOL": False},
    "NULL": {"NULL": True},
    "SS": {"SS": ["a", "b"]},
    "L": {"L": [{"M": {"S": {"S": ""}, "L": {"L": []}}}, {"N": "2"}]},
    "M": {"M": {"inner": {"M": {"N": {"N": "3"}}}, "M": {"M": {}}}},
}


def test_every_type_of_value_comes_back_as_it_was_put(hurried_cloud, table):
    """Names of attributes may be those of types."""
    dynamodb = hurried_cloud.client("dynamodb")
    dynamodb.put_item(TableName=table, Item=EVERY_TYPE)

    key = {"id": {"S": "every"}}
    batch = dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}})["Responses"][table]
    one = dynamodb.get_item(TableName=table, Key=key)["Item"]
    several = dynamodb.scan(TableName=table)["Items"]

    assert [one, *batch, *several] == [EVERY_TYPE] * 3


def test_of_many_conditional_updates_exactly_one_wins(hurried_cloud, table):
    """Every item is claimed once however many try at the same moment."""
    hurried_cloud.client("dynamodb")
    items = [f"item-{n}" for n in range(15)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        wins = list(pool.map(lambda item: _claim(hurried_cloud, table, item), sorted(items * CLIENTS)))

    assert wins.count(True) == len(items)


def test_no_addition_to_a_counter_is_lost(hurried_cloud, table):
    """ADD is one step for each of many clients."""
    dynamodb = hurried_cloud.client("dynamodb")

    def add(_):
        dynamodb.update_item(
            TableName=table,
            Key={"id": {"S": "counter"}},
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(add, range(120)))

    assert dynamodb.get_item(TableName=table, Key={"id": {"S": "counter"}})["Item"]["n"] == {"N": "120"}


def _fill(cloud, queue_url, count):
    sqs = cloud.client("sqs")
    for start in range(0, count, 10):
        entries = [{"Id": str(n), "MessageBody": str(start + n)} for n in range(10)]
        sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)


def test_many_receivers_share_a_queue_without_duplicates(hurried_cloud):
    """Every message reaches one of the receivers, and none reaches two."""
    queue_url, _ = hurried_cloud.queue()
    _fill(hurried_cloud, queue_url, 200)

    def drain(_):
        bodies = []
        while messages := hurried_cloud.receive(queue_url):
            bodies += [message["Body"] for message in messages]
        return bodies

    with ThreadPoolExecutor(CLIENTS) as pool:
        received = [body for bodies in pool.map(drain, range(CLIENTS)) for body in bodies]

    assert sorted(received, key=int) == [str(n) for n in range(200)]


def _seconds_to_send_and_receive(cloud, queue_url):
    sqs = cloud.client("sqs")
    times = []
    for _ in range(9):
        start = time.perf_counter()
        sqs.send_message(QueueUrl=queue_url, MessageBody="timed")
        sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def test_a_long_queue_is_about_as_fast_as_a_short_one(cloud):
    """A backlog of 2,000 messages costs a small factor, where moto alone takes hundreds of times longer."""
    short, _ = cloud.queue()
    long, _ = cloud.queue()
    _fill(cloud, long, 2_000)
    _fill(cloud, short, 100)

    assert _seconds_to_send_and_receive(cloud, long) < 8 * _seconds_to_send_and_receive(cloud, short)


def test_a_long_poll_wakes_when_a_message_arrives(cloud):
    """The receiver waits without keeping the sender out of the queue."""
    queue_url, _ = cloud.queue()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cloud.receive, queue_url, 20)
        start = time.monotonic()
        cloud.client("sqs").send_message(QueueUrl=queue_url, MessageBody="wake")
        messages = waiting.result()

    assert [message["Body"] for message in messages] == ["wake"]
    assert time.monotonic() - start < 15


def test_handled_messages_are_not_remembered(cloud):
    """The cloud's memory does not grow with the traffic of its queues."""
    queue_url, _ = cloud.queue()
    _fill(cloud, queue_url, 30)

    tracked = requests.get(cloud.url + "/moto-api/data.json", timeout=30).json()

    assert tracked["sqs"]["Message"] == []


def test_the_control_page_tells_how_full_the_queues_are(cloud):
    """Visible, in flight and dead letters, by queue."""
    dead_url, dead_arn = cloud.queue()
    queue_url, _ = cloud.queue()
    sqs = cloud.client("sqs")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"RedrivePolicy": policy})
    _fill(cloud, queue_url, 10)

    sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=4)

    by_name = {queue["name"]: queue for queue in cloud.get("/queues.json")}
    queue, dead = by_name[queue_url.split("/")[-1]], by_name[dead_url.split("/")[-1]]
    assert (queue["visible"], queue["in_flight"], queue["is_dead_letter_queue"]) == (6, 4, False)
    assert queue["dead_letter_queue"] == dead["name"]
    assert (dead["visible"], dead["is_dead_letter_queue"]) == (0, True)
