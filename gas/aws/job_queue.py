"""The queue of jobs in DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gas.aws.items import from_item, to_value
from gas.fair_share import QueueEntry
from gas.transitions import STAGES, Stage

#: Holds every job that waits, runs or has ended, under its stage, with what an entry shows and no more. One
#: key value takes 1,000 writes a second; a job changes its stage some three times in its life.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
STAGE_INDEX = "stage-stage_at"


class DynamoJobQueue:
    """`gas.ports.JobQueue` on the index of the table of jobs.

    Needs ``dynamodb:Query`` on that index.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def waiting(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """See `gas.ports.JobQueue`."""
        return self._entries(Stage.WAITING, limit, since, oldest_first=True)

    def running(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """See `gas.ports.JobQueue`."""
        return self._entries(Stage.RUNNING, limit, since, oldest_first=True)

    def ended(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """See `gas.ports.JobQueue`."""
        return self._entries(Stage.ENDED, limit, since, oldest_first=False)

    def _entries(self, stage: Stage, limit: int, since: float, *, oldest_first: bool) -> list[QueueEntry]:
        """One page of an answer holds one megabyte, which is some thousands of entries."""
        found: list[QueueEntry] = []
        start: dict[str, Any] = {}
        while len(found) < limit:
            answer = self._client.query(
                TableName=self._table,
                IndexName=STAGE_INDEX,
                KeyConditionExpression="stage = :stage AND stage_at >= :since",
                ExpressionAttributeValues={":stage": to_value(stage), ":since": to_value(since)},
                ScanIndexForward=oldest_first,
                Limit=limit - len(found),
                **start,
            )
            found += [_entry(item) for item in answer["Items"] if _is_true(item, stage)]
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return found


def _is_true(item: Mapping[str, Any], stage: Stage) -> bool:
    """A service that is older than the index changes the status of a job and leaves its stage as it was."""
    return any(
        status.value == item["status"]["S"] and found is stage for status, (found, _) in STAGES.items()
    )


def _entry(item: Mapping[str, Any]) -> QueueEntry:
    """A job that an older service has queued does not say when."""
    since = item.get("queued_at") or item.get("started_at") or item["stage_at"]
    return from_item(QueueEntry, {**item, "queued_at": since})
