"""The resource types that can be applied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.applier.resources import (
    bucket_policies,
    buckets,
    identities,
    keys,
    log_groups,
    queue_policies,
    queues,
    roles,
    rules,
    state_machines,
    subscriptions,
    tables,
    topic_policies,
    topics,
)
from local.applier.shapes import Shape
from local.applier.target import Applied, Target


@dataclass(frozen=True)
class Resource:
    """What a type may say, and what is done about it."""

    shape: Shape
    apply: Callable[[str, dict[str, Any], Target], Applied]


RESOURCES = {
    "AWS::DynamoDB::Table": Resource(tables.SHAPE, tables.apply),
    "AWS::Events::Rule": Resource(rules.SHAPE, rules.apply),
    "AWS::IAM::Role": Resource(roles.SHAPE, roles.apply),
    "AWS::KMS::Key": Resource(keys.SHAPE, keys.apply),
    "AWS::Logs::LogGroup": Resource(log_groups.SHAPE, log_groups.apply),
    "AWS::S3::Bucket": Resource(buckets.SHAPE, buckets.apply),
    "AWS::S3::BucketPolicy": Resource(bucket_policies.SHAPE, bucket_policies.apply),
    "AWS::SES::EmailIdentity": Resource(identities.SHAPE, identities.apply),
    "AWS::SNS::Subscription": Resource(subscriptions.SHAPE, subscriptions.apply),
    "AWS::SNS::Topic": Resource(topics.SHAPE, topics.apply),
    "AWS::SNS::TopicPolicy": Resource(topic_policies.SHAPE, topic_policies.apply),
    "AWS::SQS::Queue": Resource(queues.SHAPE, queues.apply),
    "AWS::SQS::QueuePolicy": Resource(queue_policies.SHAPE, queue_policies.apply),
    "AWS::StepFunctions::StateMachine": Resource(state_machines.SHAPE, state_machines.apply),
}
