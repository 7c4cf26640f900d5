"""A user's account and one of the user's jobs, by one question to DynamoDB."""

from __future__ import annotations

from typing import Any

from gas.accounts import Account
from gas.aws.accounts import DynamoAccountStore
from gas.aws.items import from_item
from gas.aws.jobs import DynamoJobStore, is_job_id
from gas.errors import NotFound
from gas.jobs import Job


class DynamoOwnedJobs:
    """`gas.ports.OwnedJobs` on the tables of accounts and of jobs.

    Needs ``dynamodb:BatchGetItem`` and ``dynamodb:GetItem`` on both.
    """

    def __init__(self, client: Any, accounts_table: str, jobs_table: str) -> None:
        self._client = client
        self._tables = (accounts_table, jobs_table)
        self._accounts = DynamoAccountStore(client, accounts_table)
        self._jobs = DynamoJobStore(client, jobs_table)

    def find(self, user_id: str, job_id: str) -> tuple[Account | None, Job | None]:
        """See `gas.ports.OwnedJobs`.

        DynamoDB may leave keys of a batch out when it is busy. They are not asked for by another batch, but
        one by one: boto3 waits and tries again there.
        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
        """
        if not is_job_id(job_id):
            return self._account(user_id), None
        accounts, jobs = self._tables
        keys = {accounts: {"user_id": {"S": user_id}}, jobs: {"job_id": {"S": job_id}}}
        answer = self._client.batch_get_item(
            RequestItems={table: {"Keys": [key], "ConsistentRead": True} for table, key in keys.items()}
        )
        if answer.get("UnprocessedKeys"):
            return self._account(user_id), self._job(user_id, job_id)
        found = answer["Responses"]
        account = [from_item(Account, item) for item in found.get(accounts, [])]
        job = [from_item(Job, item) for item in found.get(jobs, []) if item["user_id"]["S"] == user_id]
        return next(iter(account), None), next(iter(job), None)

    def _account(self, user_id: str) -> Account | None:
        try:
            return self._accounts.get(user_id)
        except NotFound:
            return None

    def _job(self, user_id: str, job_id: str) -> Job | None:
        try:
            return self._jobs.get(job_id, owner=user_id)
        except NotFound:
            return None
