"""RestoreObject as S3 Glacier does it: in progress for a while, completed by itself, announced once.

While it is in progress, a faster tier takes the place of the one that was asked for; nothing else does.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
"""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from moto.s3.exceptions import MissingBucket, MissingKey
from moto.s3.models import FakeKey
from moto.s3.notifications import S3NotificationEvent

from local.cloud.accounts import object_store
from local.cloud.s3.archived import ARCHIVE_CLASSES, DEEP_ARCHIVE, IN_PROGRESS, RESTORED, announce
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.tiers import EXPEDITED, Tiers

Later = Callable[[float, Callable[[], None]], None]


@dataclass(frozen=True)
class Asked:
    """One request to restore one object."""

    bucket: str
    key: str
    version_id: str | None
    days: int
    tier: str


class Restores:
    """Every restore of the cloud; `later` is told what to do when a tier's time is over."""

    def __init__(self, tiers: Tiers, later: Later) -> None:
        self._tiers, self._later = tiers, later
        self._lock = threading.Lock()
        self._under_way: WeakKeyDictionary[FakeKey, Asked] = WeakKeyDictionary()

    def ask(self, asked: Asked) -> str:
        """Begin a restore, hasten one, or prolong a finished one; the status line of the answer."""
        with self._lock:
            stored = _find(asked)
            self._check(stored, asked.tier)
            if stored.status == RESTORED:
                stored.set_expiry(_expiry(asked.days))
                return "200 OK"
            if stored.status == IN_PROGRESS:
                self._hasten(stored, asked)
            else:
                self._begin(stored, asked)
            return "202 Accepted"

    def _check(self, stored: FakeKey, tier: str) -> None:
        if stored.storage_class not in ARCHIVE_CLASSES:
            raise _not_archived(stored)
        if tier not in self._tiers.seconds:
            raise bad_request("MalformedXML", f"There is no retrieval tier {tier}")
        if tier == EXPEDITED and stored.storage_class == DEEP_ARCHIVE:
            raise bad_request("InvalidArgument", "Retrieval option is not supported by this storage class")
        if stored.status == IN_PROGRESS and not self._is_faster(tier, stored):
            raise _in_progress()
        if tier == EXPEDITED and stored.status != RESTORED and not self._tiers.expedited_available:
            raise _no_capacity()

    def _is_faster(self, tier: str, stored: FakeKey) -> bool:
        order = list(self._tiers.seconds)
        return order.index(tier) < order.index(self._under_way[stored].tier)

    def _begin(self, stored: FakeKey, asked: Asked) -> None:
        stored.status = IN_PROGRESS
        stored.set_expiry(_expiry(asked.days))
        announce(S3NotificationEvent.OBJECT_RESTORE_POST_EVENT, stored)
        self._await(stored, asked)

    def _hasten(self, stored: FakeKey, asked: Asked) -> None:
        """The days stay those of the first request."""
        self._await(stored, replace(asked, days=self._under_way[stored].days))

    def _await(self, stored: FakeKey, asked: Asked) -> None:
        self._under_way[stored] = asked
        self._later(self._tiers.seconds[asked.tier], lambda: self._complete(stored, asked))

    def _complete(self, stored: FakeKey, asked: Asked) -> None:
        """An object that was overwritten, deleted or hastened meanwhile has nothing to complete."""
        with self._lock:
            if self._under_way.get(stored) is not asked or not _is_there(stored, asked):
                return
            del self._under_way[stored]
            stored.status = RESTORED
            stored.set_expiry(_expiry(asked.days))
        announce(S3NotificationEvent.OBJECT_RESTORE_COMPLETED_EVENT, stored)


def _is_there(stored: FakeKey, asked: Asked) -> bool:
    try:
        return _find(asked) is stored
    except S3Error:
        return False


def _find(asked: Asked) -> FakeKey:
    try:
        stored = object_store().get_object(asked.bucket, asked.key, version_id=asked.version_id)
    except MissingBucket as e:
        raise S3Error("404 Not Found", "NoSuchBucket", "The specified bucket does not exist") from e
    except MissingKey:
        stored = None
    if not isinstance(stored, FakeKey):
        raise S3Error("404 Not Found", "NoSuchKey", "The specified key does not exist.", Key=asked.key)
    return stored


def _expiry(days: int) -> dt.datetime:
    """So many days from now, rounded up to the next midnight UTC, as S3 does; moto keeps naive times."""
    end = dt.datetime.now(dt.UTC) + dt.timedelta(days=days + 1)
    return end.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def _not_archived(stored: FakeKey) -> S3Error:
    return S3Error(
        "403 Forbidden",
        "InvalidObjectState",
        "Restore is not allowed for the object's current storage class",
        StorageClass=stored.storage_class,
    )


def _in_progress() -> S3Error:
    return S3Error("409 Conflict", "RestoreAlreadyInProgress", "Object restore is already in progress")


def _no_capacity() -> S3Error:
    return S3Error(
        "503 Service Unavailable",
        "GlacierExpeditedRetrievalNotAvailable",
        "Glacier expedited retrievals are currently not available, please try again later",
    )
