"""Dead letters: what they are about, and what becomes of them.

A dead letter was received too often (``ecs/templates/30-messaging.yaml``), so first find out why: the runbook
page of its alarm. Then a letter about a job is not sent again as it is, for the job may have gone on since:
its worker is told what the job needs now, as the sweep does. A letter whose job needs nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gas.envelope import unwrap
from gas.errors import NotFound, Unreadable
from gas.messages import TOPIC_OF, Message, Topic, encode
from gas.ports import AccountStore, JobStore
from services.archiver.sweep import message_for

#: At most so many messages in one call:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
BATCH = 10
#: Long enough to decide, short enough that a letter which nobody decided on is seen again soon.
HIDDEN_SECONDS = 60

WORKER_OF = {
    Topic.JOB_REQUESTS: "annotator",
    Topic.ARCHIVE_REQUESTS: "archiver",
    Topic.RESTORE_REQUESTS: "restorer",
    Topic.RESTORE_COMPLETED: "restorer",
}


@dataclass(frozen=True)
class Letter:
    """One dead letter, and what is to be done about it.

    :ivar about: the type of its message and its job or user, and the job's state.
    :ivar answers: by worker, what to send; nothing if it can be dropped.
    :ivar readable: whether it is a message of this system at all.
    """

    receipt: str
    about: str
    answers: tuple[tuple[str, str], ...]
    readable: bool


@dataclass(frozen=True)
class DeadLetters:
    """The dead letters of one service."""

    sqs: Any
    jobs: JobStore
    accounts: AccountStore
    name: str

    def count(self, service: str) -> int:
        """About how many there are."""
        wanted = ["ApproximateNumberOfMessages"]
        found = self.sqs.get_queue_attributes(
            QueueUrl=self._url(f"{service}-dead-letters"), AttributeNames=wanted
        )
        return int(found["Attributes"][wanted[0]])

    def letters(self, service: str, *, limit: int) -> Iterator[Letter]:
        """At most so many; each is hidden from others for a minute."""
        left = limit
        while left > 0:
            answer = self.sqs.receive_message(
                QueueUrl=self._url(f"{service}-dead-letters"),
                MaxNumberOfMessages=min(BATCH, left),
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            )
            found = answer.get("Messages", [])
            if not found:
                return
            left -= len(found)
            yield from (self._read(service, each) for each in found)

    def show_again(self, service: str, letter: Letter) -> None:
        """Leave it where it is, for others to see."""
        self.sqs.change_message_visibility(
            QueueUrl=self._url(f"{service}-dead-letters"), ReceiptHandle=letter.receipt, VisibilityTimeout=0
        )

    def settle(self, service: str, letter: Letter) -> None:
        """Send what is to be sent, and only then remove the letter: twice is harmless, never is not."""
        for worker, body in letter.answers:
            self.sqs.send_message(QueueUrl=self._url(worker), MessageBody=body)
        self.sqs.delete_message(QueueUrl=self._url(f"{service}-dead-letters"), ReceiptHandle=letter.receipt)

    def _read(self, service: str, message: dict[str, Any]) -> Letter:
        body, receipt = message["Body"], message["ReceiptHandle"]
        try:
            messages = unwrap(body)
        except Unreadable as error:
            return Letter(receipt, f"unreadable, {error}: {body[:200]}", (), readable=False)
        read = [self._judge(service, each, body) for each in messages]
        about = "; ".join(what for what, _ in read) or "a test of a bucket"
        return Letter(receipt, about, tuple(answer for _, answer in read if answer), readable=True)

    def _judge(self, service: str, message: Message, body: str) -> tuple[str, tuple[str, str] | None]:
        kind, job_id = type(message).__name__, getattr(message, "job_id", None)
        if job_id is None:
            return f"{kind} {getattr(message, 'user_id', '')}".strip(), (service, body)
        try:
            job = self.jobs.get(job_id)
            needed = message_for(job, self.accounts.get(job.user_id).plan)
        except NotFound:
            return f"{kind} of job {job_id}, which does not exist", None
        state = f"{kind} of job {job_id}, which is {job.status} {job.location}".rstrip()
        if needed is None or job.attention_at is None:
            return f"{state} and needs nothing", None
        return state, (WORKER_OF[TOPIC_OF[type(needed)]], encode(needed))

    def _url(self, queue: str) -> str:
        return str(self.sqs.get_queue_url(QueueName=f"{self.name}-{queue}")["QueueUrl"])
