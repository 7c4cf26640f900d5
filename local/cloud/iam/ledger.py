"""What roles were allowed and refused, since the cloud was started."""

import threading
from typing import Any

from local.cloud.iam.permissions import Permission


class Ledger:
    """Each thing once, however often it was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed: set[tuple[str, str, str, str]] = set()
        self._refused: set[tuple[str, str, str]] = set()

    def note_allowed(self, role: str, sid: str, permission: Permission) -> None:
        """A statement of the role's policies allowed it."""
        with self._lock:
            self._allowed.add((role, sid, permission.action, permission.resource))

    def note_refused(self, role: str, permission: Permission) -> None:
        """None did."""
        with self._lock:
            self._refused.add((role, permission.action, permission.resource))

    def as_json(self) -> dict[str, Any]:
        """Both, in order."""
        with self._lock:
            allowed, refused = sorted(self._allowed), sorted(self._refused)
        return {
            "allowed": [
                dict(zip(("role", "sid", "action", "resource"), each, strict=True)) for each in allowed
            ],
            "refused": [dict(zip(("role", "action", "resource"), each, strict=True)) for each in refused],
        }
