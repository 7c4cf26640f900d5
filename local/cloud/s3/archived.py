"""Objects in the archive classes: whether they can be read, and the end of a restored copy.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
"""

from moto.s3.models import FakeBucket, FakeKey
from moto.s3.notifications import S3NotificationEvent, send_event

from local.cloud.accounts import ACCOUNT, object_store

DEEP_ARCHIVE = "DEEP_ARCHIVE"
ARCHIVE_CLASSES = frozenset({"GLACIER", DEEP_ARCHIVE})
#: The two states of moto's object that its HEAD and GET understand.
IN_PROGRESS = "IN_PROGRESS"
RESTORED = "RESTORED"


def is_readable(stored: FakeKey) -> bool:
    """Whether its content can be read or copied now."""
    return stored.storage_class not in ARCHIVE_CLASSES or stored.status == RESTORED


def announce(event: S3NotificationEvent, stored: FakeKey) -> None:
    """Send an event of this object to whatever its bucket is set up to tell."""
    send_event(ACCOUNT, event, object_store().get_bucket(str(stored.bucket_name)), stored)


def expire_restored() -> int:
    """Let the time of every restored copy end now, and say so; how many there were.

    The archived objects stay. Nobody waits for days here, so that this is the only way in which one expires.
    """
    restored = [stored for stored in _archived() if stored.status == RESTORED]
    for stored in restored:
        stored._status = None
        stored.set_expiry(None)
        announce(S3NotificationEvent.OBJECT_RESTORE_DELETE_EVENT, stored)
    return len(restored)


def _archived() -> list[FakeKey]:
    buckets = [bucket for bucket in object_store().buckets.values() if isinstance(bucket, FakeBucket)]
    versions = [each for bucket in buckets for _, kept in bucket.keys.iterlists() for each in kept]
    return [each for each in versions if isinstance(each, FakeKey) and each.storage_class in ARCHIVE_CLASSES]
