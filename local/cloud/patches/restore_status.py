"""moto finishes a restore, and announces it, when somebody happens to look at the object.

Here the status is a plain value that only `local.cloud.s3.restore` changes, so that nobody's HEAD sends
a second "restore completed".
"""

from moto.s3.models import FakeKey

from local.cloud.patches.replacing import replace


def _status(key: FakeKey) -> str | None:
    return key._status


def _set_status(key: FakeKey, value: str | None) -> None:
    key._status = value


def install() -> None:
    """Take the transitions out of the status of an object."""
    replace(FakeKey, "status", property(_status, _set_status))
