"""Whether policies allow something.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from local.cloud.iam.permissions import Permission

#: By condition operator, whether a value meets what the policy wants. Another operator is an error.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringNotEquals": lambda value, wanted: value != wanted,
    "StringLike": lambda value, wanted: bool(matches(wanted, value)),
    "ArnEquals": lambda value, wanted: bool(matches(wanted, value)),
    "ArnLike": lambda value, wanted: bool(matches(wanted, value)),
    "Bool": lambda value, wanted: value == wanted.lower(),
}


def deciding_statement(documents: Iterable[str], permission: Permission) -> str | None:
    """The Sid of the statement that allows it; None if none does, or one denies it."""
    found = None
    for document in documents:
        for statement in _statements(document):
            if not _applies(statement, permission):
                continue
            if statement["Effect"] == "Deny":
                return None
            found = found or str(statement.get("Sid", "unnamed"))
    return found


@cache
def _statements(document: str) -> list[dict[str, Any]]:
    statements = json.loads(document)["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _applies(statement: dict[str, Any], permission: Permission) -> bool:
    action, resource = permission.action.lower(), permission.resource
    named = any(matches(each.lower(), action) for each in _list(statement["Action"]))
    return (
        named
        and any(matches(each, resource) for each in _list(statement["Resource"]))
        and all(
            _is_met(operator, key, _list(wanted), permission.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _is_met(operator: str, key: str, wanted: list[str], context: dict[str, str]) -> bool:
    meets = OPERATORS[operator.removesuffix("IfExists")]
    if key not in context:
        return operator.endswith("IfExists")
    return any(meets(context[key], each) for each in wanted)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """A star is any text, a question mark any character."""
    return _pattern(pattern).fullmatch(text) is not None


def _list(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
