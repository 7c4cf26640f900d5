"""Jobs in DynamoDB."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import Any

from botocore.exceptions import ClientError

from gas.aws.clients import code_of, proving
from gas.aws.conditional_writes import ConditionalWrite
from gas.aws.items import from_item, to_item, to_value
from gas.errors import NotFound, Refused
from gas.jobs import Job, JobStatus
from gas.ports import Page
from gas.transitions import Guard, Transition, attention_after, stage_after

USER_INDEX = "user_id-submit_time"

#: Holds only the keys of jobs that have an ``attention_at``, all under the one value of ``attention``. One
#: key value takes 1,000 writes a second, and a change of ``attention_at`` is two (a delete and a put): a job
#: makes some ten changes in its life and one more in every minute that it runs.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
ATTENTION_INDEX = "attention-attention_at"
WANTED = "wanted"

#: What is as it was while a job has not gone on.
SEEN = ("attention_at", "status", "location", "cycle")

#: Time and id of the last job of a page, as the index has them.
_CURSOR = re.compile(r"(\d{1,12}(?:\.\d{1,20})?) ([\w-]{1,64})", re.ASCII)

#: Longer than any id of ours; DynamoDB refuses a key above 2,048 bytes with an error of its own.
_MAX_ID_LENGTH = 128


def is_job_id(text: str) -> bool:
    """Whether a job could have this id, so that DynamoDB may be asked for it."""
    return 0 < len(text) <= _MAX_ID_LENGTH


class DynamoJobStore:
    """`gas.ports.JobStore` and `gas.ports.OverdueJobs` on a table with key ``job_id`` and its two indexes.

    Needs ``dynamodb:PutItem``, ``GetItem`` and ``UpdateItem`` on the table for the life of a job,
    ``dynamodb:Query`` on its index for lists, ``dynamodb:DescribeTable`` for `verify`.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, job: Job) -> None:
        """See `gas.ports.JobStore`."""
        try:
            self._client.put_item(
                TableName=self._table, Item=to_item(job), ConditionExpression="attribute_not_exists(job_id)"
            )
        except ClientError as error:
            _refuse_if_conditional(error, f"job {job.job_id} exists")

    def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """See `gas.ports.JobStore`."""
        if not is_job_id(job_id):
            raise NotFound("no job has such an id")
        answer = self._client.get_item(
            TableName=self._table, Key={"job_id": {"S": job_id}}, ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFound(f"no job {job_id}")
        job = from_item(Job, answer["Item"])
        if owner is not None and job.user_id != owner:
            raise NotFound(f"no job {job_id}")
        return job

    def move(self, job_id: str, transition: Transition, guard: Guard, **changes: Any) -> Job:
        """See `gas.ports.JobStore`."""
        write = ConditionalWrite()
        write.require("job_id", "=", job_id)
        _require(write, transition, guard)
        _set(write, transition, changes)
        _set_attention(write, attention_after(transition, guard, changes))
        for name, value in stage_after(transition, guard, changes).items():
            write.set(name, value)
        try:
            answer = self._client.update_item(
                TableName=self._table, Key={"job_id": {"S": job_id}}, **write.arguments()
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                self.get(job_id, owner=guard.user_id)  # NotFound is the better answer where it is true.
            _refuse_if_conditional(error, f"{transition.name} is not allowed for job {job_id}")
        return from_item(Job, answer["Attributes"])

    def page_of_user(self, user_id: str, *, cursor: str | None = None, limit: int = 25) -> Page:
        """See `gas.ports.JobStore`; the owner is part of every start key, so no cursor leads elsewhere."""
        start = {"ExclusiveStartKey": _start_key(user_id, cursor)} if cursor else {}
        answer = self._client.query(
            TableName=self._table,
            IndexName=USER_INDEX,
            KeyConditionExpression="user_id = :user",
            FilterExpression="#status <> :deleted",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":user": {"S": user_id}, ":deleted": to_value(JobStatus.DELETED)},
            ScanIndexForward=False,
            Limit=limit,
            **start,
        )
        jobs = [from_item(Job, item) for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        return Page(jobs, _cursor(last) if last else None, [_cursor(item) for item in answer["Items"]])

    def overdue(self, before: float, *, limit: int) -> Sequence[str]:
        """See `gas.ports.OverdueJobs`."""
        answer = self._client.query(
            TableName=self._table,
            IndexName=ATTENTION_INDEX,
            KeyConditionExpression="attention = :wanted AND attention_at <= :before",
            ExpressionAttributeValues={":wanted": to_value(WANTED), ":before": to_value(before)},
            Limit=limit,
        )
        return [item["job_id"]["S"] for item in answer["Items"]]

    def postpone(self, job: Job, until: float | None) -> bool:
        """See `gas.ports.OverdueJobs`."""
        if job.attention_at is None:
            return False
        write = ConditionalWrite()
        for name in SEEN:
            write.require(name, "=", getattr(job, name))
        _set_attention(write, until)
        try:
            self._client.update_item(
                TableName=self._table, Key={"job_id": {"S": job.job_id}}, **write.arguments()
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def verify(self) -> None:
        """See `gas.ports.JobStore`."""
        with proving(f"jobs table {self._table!r}"):
            self._client.describe_table(TableName=self._table)


def _require(write: ConditionalWrite, transition: Transition, guard: Guard) -> None:
    """The same conditions as `gas.transitions.allows`, for DynamoDB to check."""
    write.require_one_of("status", [status.value for status in transition.status_from])
    if transition.location_from:
        write.require_one_of("location", [location.value for location in transition.location_from])
    if transition.owned:
        write.require("lease_owner", "=", guard.owner)
    if transition.lapsed:
        write.require("lease_expires", "<=", guard.now)
    if transition.in_cycle:
        write.require("cycle", "=", guard.cycle)
    if transition.same_files:
        write.require("result_files", "=", _as_stored(guard.result_files))
    if transition.same_upload:
        write.require("upload_id", "=", guard.upload_id)
    if guard.user_id is not None:
        write.require("user_id", "=", guard.user_id)


def _set(write: ConditionalWrite, transition: Transition, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        write.set(name, _as_stored(value))
    if transition.status_to:
        write.set("status", transition.status_to)
    if transition.location_to:
        write.set("location", transition.location_to)


def _set_attention(write: ConditionalWrite, at: float | None) -> None:
    write.set("attention", None if at is None else WANTED)
    write.set("attention_at", at)


def _as_stored(value: Any) -> Any:
    if isinstance(value, tuple):
        return [vars(each) for each in value]
    return vars(value) if is_dataclass(value) else value


def _refuse_if_conditional(error: ClientError, reason: str) -> None:
    if code_of(error) == "ConditionalCheckFailedException":
        raise Refused(reason) from error
    raise error


def _start_key(user_id: str, cursor: str) -> dict[str, Any]:
    """Where a page starts; a cursor comes from an address and may be anything."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        text = ""
    place = _CURSOR.fullmatch(text)
    if place is None:
        raise NotFound("there is no such page")
    submit_time, job_id = place.groups()
    return {"user_id": {"S": user_id}, "job_id": {"S": job_id}, "submit_time": {"N": submit_time}}


def _cursor(last: dict[str, Any]) -> str:
    place = f"{last['submit_time']['N']} {last['job_id']['S']}"
    return base64.urlsafe_b64encode(place.encode()).decode()
