"""Accounts and access tokens in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, NoReturn

from botocore.exceptions import ClientError

from gas.accounts import Account, Plan, PlanChange, Profile, Token
from gas.aws.clients import code_of, proving
from gas.aws.conditional_writes import ConditionalWrite
from gas.aws.items import from_item, to_item, to_value
from gas.errors import NotFound, Refused

#: Hexadecimal digits of a SHA-256.
_DIGEST_LENGTH = 64

#: Holds only the keys of accounts that have an ``untold_since``, all under the one value of ``untold``.
UNTOLD_INDEX = "untold-untold_since"
WANTED = "wanted"

TOKEN_USER_INDEX = "user_id-created_at"  # noqa: S105 - the name of an index.


class DynamoAccountStore:
    """`gas.ports.AccountStore` and `gas.ports.UntoldAccounts` on a table with key ``user_id`` and its index.

    Needs ``dynamodb:GetItem`` to read plans, ``dynamodb:UpdateItem`` for logins, plan changes and wishes,
    ``dynamodb:Query`` on its index for the accounts that are untold,
    ``dynamodb:DescribeTable`` for `verify`.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, user_id: str) -> Account:
        """See `gas.ports.AccountStore`."""
        answer = self._client.get_item(TableName=self._table, Key=_key(user_id), ConsistentRead=True)
        if "Item" not in answer:
            raise NotFound(f"no account {user_id}")
        return from_item(Account, answer["Item"])

    def enter(self, profile: Profile, *, now: float) -> Account:
        """See `gas.ports.AccountStore`; one write, so two logins at once cannot reset a plan."""
        known = {name: value for name, value in asdict(profile).items() if name != "user_id"}
        first = {"plan": Plan.FREE, "plan_since": now, "created_at": now}
        sets = [f"#{name} = :{name}" for name in known]
        sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
        answer = self._client.update_item(
            TableName=self._table,
            Key=_key(profile.user_id),
            UpdateExpression=f"SET {', '.join(sets)}",
            ExpressionAttributeNames={f"#{name}": name for name in (*known, *first)},
            ExpressionAttributeValues={f":{n}": to_value(v) for n, v in {**known, **first}.items()},
            ReturnValues="ALL_NEW",
        )
        return from_item(Account, answer["Attributes"])

    def change_plan(self, user_id: str, change: PlanChange, *, now: float) -> Account:
        """See `gas.ports.AccountStore`."""
        values = {":start": change.start, ":end": change.end, ":now": now, ":wanted": WANTED}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=_key(user_id),
                UpdateExpression=(
                    "SET #plan = :end, plan_since = :now, untold_since = :now, untold = :wanted"
                ),
                ConditionExpression="#plan = :start",
                ExpressionAttributeNames={"#plan": "plan"},
                ExpressionAttributeValues={name: to_value(value) for name, value in values.items()},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            self._explain(error, user_id, change)
        return from_item(Account, answer["Attributes"])

    def set(self, user_id: str, **fields: Any) -> Account:
        """See `gas.ports.AccountStore`."""
        write = ConditionalWrite()
        write.require("user_id", "=", user_id)
        for name, value in fields.items():
            write.set(name, vars(value) if is_dataclass(value) else value)
        try:
            answer = self._client.update_item(TableName=self._table, Key=_key(user_id), **write.arguments())
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise NotFound(f"no account {user_id}") from error
            raise
        return from_item(Account, answer["Attributes"])

    def untold(self, before: float, *, limit: int) -> Sequence[str]:
        """See `gas.ports.UntoldAccounts`."""
        answer = self._client.query(
            TableName=self._table,
            IndexName=UNTOLD_INDEX,
            KeyConditionExpression="untold = :wanted AND untold_since <= :before",
            ExpressionAttributeValues={":wanted": to_value(WANTED), ":before": to_value(before)},
            Limit=limit,
        )
        return [item["user_id"]["S"] for item in answer["Items"]]

    def note_told(self, account: Account) -> None:
        """See `gas.ports.UntoldAccounts`."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(account.user_id),
                UpdateExpression="REMOVE untold, untold_since",
                ConditionExpression="untold_since = :seen",
                ExpressionAttributeValues={":seen": to_value(account.untold_since)},
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def verify(self) -> None:
        """See `gas.ports.AccountStore`."""
        with proving(f"accounts table {self._table!r}"):
            self._client.describe_table(TableName=self._table)

    def _explain(self, error: ClientError, user_id: str, change: PlanChange) -> NoReturn:
        if code_of(error) != "ConditionalCheckFailedException":
            raise error
        self.get(user_id)  # NotFound is the better answer where it is true.
        raise Refused(f"{change.name} is not allowed for {user_id}") from error


class DynamoTokenStore:
    """`gas.ports.TokenStore` on a table with key ``token_hash`` and an index by user and time.

    Needs ``dynamodb:PutItem``, ``GetItem`` and ``DeleteItem`` on the table, ``dynamodb:Query`` on its
    index, ``dynamodb:DescribeTable`` for `verify`.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, token: Token) -> None:
        """See `gas.ports.TokenStore`."""
        self._client.put_item(TableName=self._table, Item=to_item(token))

    def find(self, token_hash: str) -> Token:
        """See `gas.ports.TokenStore`."""
        answer = self._client.get_item(
            TableName=self._table, Key={"token_hash": {"S": token_hash}}, ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFound("no such token")
        return from_item(Token, answer["Item"])

    def of_user(self, user_id: str) -> Sequence[Token]:
        """See `gas.ports.TokenStore`; the index may miss what was written in the last moments."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=TOKEN_USER_INDEX,
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues={":user": {"S": user_id}},
            ScanIndexForward=False,
        )
        return [from_item(Token, item) for page in pages for item in page["Items"]]

    def revoke(self, user_id: str, token_hash: str) -> None:
        """See `gas.ports.TokenStore`."""
        if len(token_hash) != _DIGEST_LENGTH:
            return
        try:
            self._client.delete_item(
                TableName=self._table,
                Key={"token_hash": {"S": token_hash}},
                ConditionExpression="user_id = :user",
                ExpressionAttributeValues={":user": {"S": user_id}},
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def verify(self) -> None:
        """See `gas.ports.TokenStore`."""
        with proving(f"tokens table {self._table!r}"):
            self._client.describe_table(TableName=self._table)


def _key(user_id: str) -> dict[str, Any]:
    return {"user_id": {"S": user_id}}
