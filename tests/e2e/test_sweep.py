"""What is lost for good costs time and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.test_life import SAMPLE, assert_restored, results_of
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e


@contextmanager
def unheard(system, topic: str) -> Iterator[None]:
    """Nobody listens to this topic for a while: what is published is lost."""
    sns = system.client("sns")
    (arn,) = (each["TopicArn"] for each in sns.list_topics()["Topics"] if each["TopicArn"].endswith(topic))
    (heard,) = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=heard["SubscriptionArn"])
    try:
        yield
    finally:
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=heard["Endpoint"], Attributes=raw)


def execution_status(system, name: str) -> str:
    return {each["name"]: each["status"] for each in system.control("/executions.json")}.get(name, "")


def are_readable(system, job_id: str) -> bool:
    """Whether every cold copy of the job has come back, as far as S3 is concerned."""
    s3, bucket = system.client("s3"), system.bucket("results")
    cold = [key for key, kind in system.objects("results", job_id).items() if kind == "GLACIER"]
    heads = [s3.head_object(Bucket=bucket, Key=key) for key in cold]
    return all('ongoing-request="false"' in head.get("Restore", "") for head in heads)


def test_lost_requests_and_notifications_are_made_good(system, ada):
    """The request to archive a result, and the word of S3 that it can be read again, reach nobody."""
    with unheard(system, "-archive-requests"):
        job_id = ada.submit(SAMPLE)
        before = results_of(ada, ada.wait(job_id, status="COMPLETED"))
        wait_for(lambda: execution_status(system, f"{job_id}-1") == "SUCCEEDED", "the end of the window")
        assert ada.job(job_id)["location"] == "HOT"
    ada.wait(job_id, location="ARCHIVED")

    with unheard(system, "-restore-completed"):
        ada.post("/account/upgrade")
        ada.wait(job_id, location="RESTORING")
        wait_for(lambda: are_readable(system, job_id), "the cold copies")
        assert ada.job(job_id)["location"] == "RESTORING"
    assert_restored(system, ada, job_id, before)
