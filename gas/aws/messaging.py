"""Topics, queues and the state machine."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from gas.aws.clients import code_of, proving
from gas.messages import TOPIC_OF, Message, Topic, encode
from gas.ports import Delivery

#: The longest long poll. Idle workers then cost one request in twenty seconds.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
LONG_POLL_SECONDS = 20

#: The longest time that a message can be sent ahead of its delivery.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
MAX_DELAY_SECONDS = 900


class SnsBus:
    """`gas.ports.Bus` on the topics that this service may publish to.

    Needs ``sns:Publish`` on each, and ``sns:GetTopicAttributes`` for `verify`.
    """

    def __init__(self, client: Any, topics: Mapping[Topic, str]) -> None:
        self._client = client
        self._topics = topics

    def publish(self, message: Message) -> None:
        """See `gas.ports.Bus`."""
        self._client.publish(TopicArn=self._topics[TOPIC_OF[type(message)]], Message=encode(message))

    def verify(self) -> None:
        """See `gas.ports.Bus`."""
        for topic in self._topics.values():
            with proving(f"topic {topic!r}"):
                self._client.get_topic_attributes(TopicArn=topic)


class SqsInbox:
    """`gas.ports.Inbox` on one queue.

    Needs ``sqs:ReceiveMessage``, ``sqs:ChangeMessageVisibility`` for heartbeats and to give work back,
    ``sqs:DeleteMessage``, ``sqs:SendMessage`` to put a message off (the annotator only), and
    ``sqs:GetQueueAttributes`` for `verify`.
    """

    def __init__(self, client: Any, queue_url: str, *, visibility: float) -> None:
        self._client = client
        self._queue_url = queue_url
        self._visibility = math.ceil(visibility)

    def receive(self) -> Delivery | None:
        """See `gas.ports.Inbox`; one message, since one worker does one thing at a time."""
        answer = self._client.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=LONG_POLL_SECONDS,
            VisibilityTimeout=self._visibility,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return next((_delivery(message) for message in answer.get("Messages", ())), None)

    def extend(self, delivery: Delivery, seconds: float) -> None:
        """See `gas.ports.Inbox`."""
        self._client.change_message_visibility(
            QueueUrl=self._queue_url,
            ReceiptHandle=delivery.receipt,
            VisibilityTimeout=math.ceil(seconds),
        )

    def defer(self, delivery: Delivery, seconds: float, body: str) -> None:
        """See `gas.ports.Inbox`."""
        delay = min(math.ceil(seconds), MAX_DELAY_SECONDS)
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=body, DelaySeconds=delay)
        self.delete(delivery)

    def delete(self, delivery: Delivery) -> None:
        """See `gas.ports.Inbox`."""
        self._client.delete_message(QueueUrl=self._queue_url, ReceiptHandle=delivery.receipt)

    def verify(self) -> None:
        """See `gas.ports.Inbox`."""
        with proving(f"queue {self._queue_url!r}"):
            self._client.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=["QueueArn"])


class StepFunctionsExecutions:
    """`gas.ports.Executions` of one standard state machine.

    Needs ``states:StartExecution``, and ``states:DescribeStateMachine`` for `verify`. Step Functions
    keeps the name of a closed execution for 90 days and refuses to start it again:
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, name: str, data: Mapping[str, Any]) -> bool:
        """See `gas.ports.Executions`."""
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine_arn, name=name, input=json.dumps(data, sort_keys=True)
            )
        except ClientError as error:
            if code_of(error) == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def verify(self) -> None:
        """See `gas.ports.Executions`."""
        with proving(f"state machine {self._state_machine_arn!r}"):
            self._client.describe_state_machine(stateMachineArn=self._state_machine_arn)


def _delivery(message: Mapping[str, Any]) -> Delivery:
    attempt = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
    return Delivery(message["MessageId"], message["Body"], attempt, message["ReceiptHandle"])
