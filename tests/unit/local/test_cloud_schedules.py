"""Scheduled rules of the local cloud come round; a minute may last as long as its starter says."""

import uuid

import pytest

from tests.unit.local.conftest import running_cloud

RATE = "rate(2 minutes)"


@pytest.fixture(scope="module")
def hasty_cloud():
    """A minute takes a fortieth of a second."""
    with running_cloud("--minute-seconds=0.025") as running:
        yield running


@pytest.fixture
def schedule(hasty_cloud):
    """Make a rule that sends this to a new queue; its name and the address of the queue."""

    def make(text: str, **options) -> tuple[str, str]:
        url, arn = hasty_cloud.queue()
        name, events = f"rule-{uuid.uuid4().hex}", hasty_cloud.client("events")
        events.put_rule(Name=name, **{"ScheduleExpression": RATE, **options})
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn, "Input": text}])
        return name, url

    return make


def receive(cloud, url: str, count: int) -> list[str]:
    """The next so many messages."""
    bodies: list[str] = []
    while len(bodies) < count:
        messages = cloud.receive(url, wait_s=20)
        assert messages, "nothing came"
        bodies += [message["Body"] for message in messages]
    return bodies[:count]


def test_a_rule_with_a_rate_sends_its_input_over_and_over(hasty_cloud, schedule):
    """As it is, to the queue."""
    _, url = schedule('{"type": "SweepDue", "version": 1}')

    assert receive(hasty_cloud, url, 3) == ['{"type": "SweepDue", "version": 1}'] * 3


def test_a_rule_that_is_put_again_comes_no_oftener(hasty_cloud, schedule):
    """A template may be applied at every start."""
    events = hasty_cloud.client("events")
    name, url = schedule("often")
    for _ in range(20):
        events.put_rule(Name=name, ScheduleExpression=RATE)
    _, beside = schedule("once", ScheduleExpression=RATE)
    receive(hasty_cloud, url, 1)
    hasty_cloud.client("sqs").purge_queue(QueueUrl=url)
    receive(hasty_cloud, beside, 20)

    assert waiting(hasty_cloud, url) < 60


@pytest.mark.parametrize("end", ["disable_rule", "delete_rule"])
def test_a_rule_that_is_switched_off_or_gone_sends_nothing(hasty_cloud, schedule, end):
    """While others go on."""
    events = hasty_cloud.client("events")
    name, url = schedule("more")
    receive(hasty_cloud, url, 1)
    if end == "delete_rule":
        events.remove_targets(Rule=name, Ids=["queue"])
    getattr(events, end)(Name=name)
    _, beside = schedule("beside")
    receive(hasty_cloud, beside, 2)
    hasty_cloud.client("sqs").purge_queue(QueueUrl=url)
    receive(hasty_cloud, beside, 5)

    assert waiting(hasty_cloud, url) == 0


def test_a_schedule_of_another_kind_is_kept_and_not_played(hasty_cloud, schedule):
    """It is no reason to fail."""
    _, url = schedule("never", ScheduleExpression="cron(0 12 * * ? *)")
    _, beside = schedule("beside")
    receive(hasty_cloud, beside, 3)

    assert waiting(hasty_cloud, url) == 0


def waiting(cloud, url: str) -> int:
    names = ["ApproximateNumberOfMessages"]
    answer = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return int(answer["Attributes"][names[0]])
