"""The policy of an upload form: what a browser may send, decided by who signed the form.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from local.cloud.s3.errors import S3Error, access_denied, bad_request

#: Fields that no condition needs to name.
UNCONDITIONED = frozenset({"x-amz-signature", "file", "policy", "bucket"})
IGNORED_PREFIX = "x-ignore-"
LENGTH_RANGE = "content-length-range"


def _invalid(message: str) -> S3Error:
    return access_denied(f"Invalid according to Policy: {message}")


@dataclass(frozen=True)
class Condition:
    """One line of a policy: an exact match or a beginning of one field."""

    operator: str
    field: str
    value: str

    def check(self, fields: dict[str, str]) -> None:
        """Refuse a form that does not satisfy this."""
        given = fields.get(self.field)
        if given is None or not self._matches(given):
            shown = json.dumps([self.operator, f"${self.field}", self.value])
            raise _invalid(f"Policy Condition failed: {shown}")

    def _matches(self, given: str) -> bool:
        return given.startswith(self.value) if self.operator == "starts-with" else given == self.value


@dataclass(frozen=True)
class Policy:
    """A policy document, read."""

    expires: dt.datetime
    conditions: tuple[Condition, ...]
    sizes: tuple[range, ...]

    @classmethod
    def parse(cls, encoded: str) -> "Policy":
        """Read the base64 document of a form."""
        try:
            document = json.loads(base64.b64decode(encoded, validate=True))
            expires = dt.datetime.fromisoformat(document["expiration"]).astimezone(dt.UTC)
            lines = [_normal(line) for line in document["conditions"]]
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as e:
            raise bad_request("InvalidPolicyDocument", "Invalid Policy: Invalid JSON.") from e
        conditions = tuple(Condition(op, field, value) for op, field, value in lines if op != LENGTH_RANGE)
        sizes = tuple(range(int(low), int(high) + 1) for op, low, high in lines if op == LENGTH_RANGE)
        return cls(expires, conditions, sizes)

    def check_fields(self, fields: dict[str, str], now: dt.datetime) -> None:
        """Refuse a form that came late, breaks a condition, or carries a field that none names."""
        if now >= self.expires:
            raise _invalid("Policy expired.")
        for condition in self.conditions:
            condition.check(fields)
        named = {condition.field for condition in self.conditions} | UNCONDITIONED
        if extra := sorted(f for f in fields if f not in named and not f.startswith(IGNORED_PREFIX)):
            raise _invalid(f"Extra input fields: {', '.join(extra)}")

    def check_size(self, size: int) -> None:
        """Refuse a file that is longer or shorter than the policy allows."""
        for allowed in self.sizes:
            _check_size(size, allowed)


def _check_size(size: int, allowed: range) -> None:
    if size >= allowed.stop:
        raise bad_request(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            ProposedSize=size,
            MaxSizeAllowed=allowed.stop - 1,
        )
    if size < allowed.start:
        raise bad_request(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
            ProposedSize=size,
            MinSizeAllowed=allowed.start,
        )


def _normal(line: Any) -> tuple[str, str, str]:
    """Both spellings of a condition as (operator, field, value); field names compare in lower case."""
    if isinstance(line, dict):
        ((field, value),) = line.items()
        return "eq", field.lower(), str(value)
    operator, field, value = line
    if operator.lower() == LENGTH_RANGE:
        return LENGTH_RANGE, str(int(field)), str(int(value))
    if operator.lower() not in {"eq", "starts-with"} or not field.startswith("$"):
        raise ValueError(operator)
    return operator.lower(), field[1:].lower(), str(value)
