"""Fakes of hot storage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from gas.errors import NotFound
from gas.storage_ports import ListedObject, StoredObject, UploadForm


class FakeObjectStore:
    """Objects as bytes in a dict; ``content_types`` and ``written_at`` beside it.

    What a test puts into the dict itself was written at time 0.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.objects: dict[str, bytes] = {}
        self.content_types: dict[str, str] = {}
        self.written_at: dict[str, float] = {}

    def stat(self, key: str) -> StoredObject:
        """See `gas.storage_ports.ObjectStore`."""
        return StoredObject(key, len(self._bytes(key)))

    def download(self, key: str, target: BinaryIO, *, limit: int | None = None) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        target.write(self._bytes(key)[:limit])

    def upload(self, key: str, source: BinaryIO, *, content_type: str) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        self.put(key, source.read())
        self.content_types[key] = content_type

    def put(self, key: str, data: bytes) -> None:
        """Store bytes, from wherever they come: an upload, or cold storage."""
        self.objects[key] = data
        self.written_at[key] = self.clock()

    def remove(self, key: str) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        self.objects.pop(key, None)
        self.written_at.pop(key, None)

    def verify(self) -> None:
        """Nothing to reach."""

    def _bytes(self, key: str) -> bytes:
        try:
            return self.objects[key]
        except KeyError:
            raise NotFound(f"no object {key}") from None


class FakeObjectListing:
    """The listing of a fake bucket."""

    def __init__(self, store: FakeObjectStore) -> None:
        self._store = store

    def under(self, prefix: str) -> Iterator[ListedObject]:
        """See `gas.storage_ports.ObjectListing`."""
        for key in sorted(self._store.objects):
            data = self._store.objects.get(key)
            if data is not None and key.startswith(prefix):
                yield ListedObject(key, len(data), self._store.written_at.get(key, 0.0))


class FakeObjectStream:
    """The objects of a fake bucket in small pieces; ``streamed`` counts those that were taken."""

    PIECE = 1000

    def __init__(self, store: FakeObjectStore) -> None:
        self._store = store
        self.streamed = 0

    def stream(self, key: str, *, start: int = 0) -> Iterator[bytes]:
        """See `gas.storage_ports.ObjectStream`."""
        self._store.stat(key)
        data = self._store.objects[key]
        for at in range(start, len(data), self.PIECE):
            self.streamed += 1
            yield data[at : at + self.PIECE]


class FakeObjectCopies:
    """Copies within a fake bucket."""

    def __init__(self, store: FakeObjectStore) -> None:
        self._store = store

    def copy(self, source: str, target: str) -> None:
        """See `gas.storage_ports.ObjectCopies`."""
        self._store.stat(source)
        self._store.put(target, self._store.objects[source])


class FakeSignedAccess:
    """Addresses that say what they were made for and lead nowhere."""

    def upload_form(self, key: str, *, max_bytes: int, lifetime: int) -> UploadForm:
        """See `gas.storage_ports.SignedAccess`."""
        fields = {"key": key, "policy": f"1-{max_bytes} bytes for {lifetime} s"}
        return UploadForm("https://inputs.invalid/", fields)

    def download_link(self, key: str, *, file_name: str, lifetime: int) -> str:
        """See `gas.storage_ports.SignedAccess`."""
        return f"https://results.invalid/{key}?as={file_name}&for={lifetime}"
