"""What the services say to each other: small facts and requests that carry ids, never contents.

On the wire a message is a JSON object with its ``type``, the ``version`` of its shape, and its
fields. Versions N and N-1 run side by side during a deployment, so a reader ignores fields that it
does not know and a new field always has a default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from gas.errors import Unreadable

VERSION = 1


class Topic(StrEnum):
    """The topics; each value is also the name of the topic in ``ecs/templates``."""

    JOB_REQUESTS = "job-requests"
    JOB_RESULTS = "job-results"
    ARCHIVE_REQUESTS = "archive-requests"
    RESTORE_REQUESTS = "restore-requests"
    RESTORE_COMPLETED = "restore-completed"


@dataclass(frozen=True)
class JobSubmitted:
    """An input was stored; S3 says so itself, hence the key as S3 saw it.

    :ivar yielded: how often the annotator has put the job off for those of other users.
    """

    job_id: str
    key: str
    yielded: int = 0


@dataclass(frozen=True)
class JobFinished:
    """A job ended COMPLETED or FAILED; for whoever wants to know."""

    job_id: str
    user_id: str
    status: str


@dataclass(frozen=True)
class ArchiveDue:
    """The retention window of this cycle has ended and its owner was on the free plan."""

    job_id: str
    cycle: int


@dataclass(frozen=True)
class AccountDowngraded:
    """A user went back to the free plan: every hot result gets a new window."""

    user_id: str


@dataclass(frozen=True)
class WindowRequested:
    """One hot result of a downgraded account is to get its new window."""

    job_id: str


@dataclass(frozen=True)
class SweepDue:
    """It is time to look at jobs that are later than they should be; a schedule says so."""


@dataclass(frozen=True)
class RestoreRequested:
    """Every archived result of a user is to come back; without a tier, by the usual one."""

    user_id: str
    tier: str = ""


@dataclass(frozen=True)
class JobRestoreRequested:
    """The archived result of one job is to come back; without a tier, by the usual one."""

    job_id: str
    tier: str = ""


@dataclass(frozen=True)
class DeletionRequested:
    """A user has deleted this job; whatever belongs to it is to be removed."""

    job_id: str


@dataclass(frozen=True)
class RetrievalCompleted:
    """Cold storage has made one file readable for a while."""

    job_id: str
    archive_id: str


Message = (
    JobSubmitted
    | JobFinished
    | ArchiveDue
    | AccountDowngraded
    | WindowRequested
    | SweepDue
    | RestoreRequested
    | JobRestoreRequested
    | DeletionRequested
    | RetrievalCompleted
)

TOPIC_OF: Mapping[type, Topic] = {
    JobSubmitted: Topic.JOB_REQUESTS,
    JobFinished: Topic.JOB_RESULTS,
    ArchiveDue: Topic.ARCHIVE_REQUESTS,
    AccountDowngraded: Topic.ARCHIVE_REQUESTS,
    WindowRequested: Topic.ARCHIVE_REQUESTS,
    SweepDue: Topic.ARCHIVE_REQUESTS,
    DeletionRequested: Topic.ARCHIVE_REQUESTS,
    RestoreRequested: Topic.RESTORE_REQUESTS,
    JobRestoreRequested: Topic.RESTORE_REQUESTS,
    RetrievalCompleted: Topic.RESTORE_COMPLETED,
}

_TYPES = {cls.__name__: cls for cls in TOPIC_OF}


def encode(message: Message) -> str:
    """The message as it goes over the wire."""
    return json.dumps({"type": type(message).__name__, "version": VERSION, **asdict(message)})


def decode(data: Mapping[str, Any]) -> Message:
    """The message that a JSON object stands for.

    :raises Unreadable: unknown type, or a field without default is missing or of another type.
    """
    cls = _TYPES.get(str(data.get("type")))
    if cls is None:
        raise Unreadable(f"there is no message type {data.get('type')!r}")
    values = {field.name: _value(cls, field, data) for field in fields(cls) if _present(field, data)}
    message: Message = cls(**values)
    return message


def _present(field: Any, data: Mapping[str, Any]) -> bool:
    return field.name in data or field.default is MISSING


def _value(cls: type, field: Any, data: Mapping[str, Any]) -> Any:
    value = data.get(field.name)
    expected = {"str": str, "int": int}[field.type]
    if not isinstance(value, expected) or isinstance(value, bool):
        raise Unreadable(f"{cls.__name__}.{field.name} is {value!r} and not {field.type}")
    return value
