"""Fake of cold storage, over a fake of hot storage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gas.cold_stores import COLD_STORES
from gas.errors import NotFound, NotYet
from gas.fakes.objects import FakeObjectStore
from gas.jobs import ResultFile
from gas.storage_ports import Retrieval

EXPECTED = {name: tier.usual_seconds for name, tier in COLD_STORES["GLACIER"].tiers.items()}


class FakeColdStorage:
    """Cold copies in a dict.

    A retrieval stays in progress until `thaw`. With ``expedited_available`` False the expedited
    tier is refused.
    """

    name = "GLACIER"

    def __init__(self, hot: FakeObjectStore) -> None:
        self.hot = hot
        self.archives: dict[str, bytes] = {}
        self.asked: dict[str, str] = {}
        self.ready: set[str] = set()
        self.expedited_available = True

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:  # noqa: ARG002
        """See `gas.storage_ports.ColdStorage`."""
        data = self._checked(self.hot.objects.get(file.key), file)
        self.archives[archive_key] = data
        return archive_key

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:  # noqa: ARG002
        """See `gas.storage_ports.ColdStorage`."""
        if file.archive_id not in self.archives:
            raise NotFound(f"no archive {file.archive_id}")
        if file.archive_id in self.asked:
            return Retrieval("", file.archive_id in self.ready)
        if tier == "Expedited" and not self.expedited_available:
            tier = "Standard"
        self.asked[file.archive_id] = tier
        return Retrieval(tier, ready=False, expected_seconds=EXPECTED[tier])

    def bring_back(self, file: ResultFile, key: str) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        if file.archive_id not in self.ready:
            raise NotYet(f"{file.archive_id} is not ready")
        self.hot.put(key, self._checked(self.archives.get(file.archive_id), file))

    def discard(self, file: ResultFile) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        self.archives.pop(file.archive_id, None)
        self.asked.pop(file.archive_id, None)
        self.ready.discard(file.archive_id)

    def verify(self) -> None:
        """Nothing to reach."""

    def thaw(self, archive_id: str) -> None:
        """Let a retrieval that was asked for become ready."""
        if archive_id in self.asked:
            self.ready.add(archive_id)

    def expire(self, archive_id: str) -> None:
        """Let a ready copy expire before anybody brought it back."""
        self.ready.discard(archive_id)
        self.asked.pop(archive_id, None)

    def _checked(self, data: bytes | None, file: ResultFile) -> bytes:
        if data is None:
            raise NotFound(f"nothing to copy for {file.name}")
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise ValueError(f"{file.name} is not what was recorded")
        return data
