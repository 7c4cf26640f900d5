"""Where a template is applied, and what one resource becomes there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3

#: What is sent to the local cloud, or left out for a reason, although nothing there enforces it.
#: The smoke checks on AWS are the proof of these.
KNOWN_NOT_ENFORCED: dict[str, str] = {
    "AWS::S3::BucketPolicy": (
        "the denial of requests without TLS is left out: the local cloud speaks http, and moto ignores"
        " conditions, so the statement would lock the bucket for everybody"
    ),
    "AWS::S3::Bucket.LifecycleConfiguration": "lifecycle rules are stored and never run",
    "AWS::S3::Bucket.LoggingConfiguration": "requests are not logged",
    "AWS::SNS::TopicPolicy": "the policy is stored and not evaluated",
    "AWS::SQS::QueuePolicy": "the policy is stored and not evaluated",
    "AWS::SNS::Subscription.RedrivePolicy": "undeliverable messages are not moved to its queue",
    "AWS::Events::Rule.DeadLetterConfig": "what a schedule cannot deliver is not moved to its queue",
    "AWS::StepFunctions::StateMachine.LoggingConfiguration": "executions are neither logged nor traced",
    "AWS::IAM::Role": "only the roles of tasks are judged by their policies; this one is stored",
}


@dataclass(frozen=True)
class Applied:
    """What Ref and GetAtt of a resource give."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Target:
    """One account and region behind an endpoint; `session` brings keys, region and endpoint."""

    session: boto3.Session
    stack_name: str
    files: Mapping[str, Path]
    not_enforced: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client: Callable[[str], Any] = cache(self.session.client)
        self.region = str(self.session.region_name)
        self.account = str(self.client("sts").get_caller_identity()["Account"])

    def name(self, logical_id: str) -> str:
        """A name for a resource whose template gives none: always the same, so that it is found again."""
        return f"{self.stack_name}-{logical_id}"

    def bucket_name(self, logical_id: str) -> str:
        """Names of buckets are lower case and belong to the whole world."""
        return re.sub(r"[^a-z0-9-]", "-", f"{self.name(logical_id)}-{self.account}".lower())

    def note_not_enforced(self, what: str) -> None:
        """Have it said at the end that this was met."""
        assert what in KNOWN_NOT_ENFORCED
        self.not_enforced.add(what)
