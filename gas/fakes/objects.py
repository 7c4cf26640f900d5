"""Fakes of hot storage."""

from __future__ import annotations

from typing import BinaryIO

from gas.errors import NotFound
from gas.storage_ports import StoredObject, UploadForm


class FakeObjectStore:
    """Objects as bytes in a dict; ``content_types`` beside it."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.content_types: dict[str, str] = {}

    def stat(self, key: str) -> StoredObject:
        """See `gas.storage_ports.ObjectStore`."""
        return StoredObject(key, len(self._bytes(key)))

    def download(self, key: str, target: BinaryIO, *, limit: int | None = None) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        target.write(self._bytes(key)[:limit])

    def upload(self, key: str, source: BinaryIO, *, content_type: str) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        self.objects[key] = source.read()
        self.content_types[key] = content_type

    def remove(self, key: str) -> None:
        """See `gas.storage_ports.ObjectStore`."""
        self.objects.pop(key, None)

    def verify(self) -> None:
        """Nothing to reach."""

    def _bytes(self, key: str) -> bytes:
        try:
            return self.objects[key]
        except KeyError:
            raise NotFound(f"no object {key}") from None


class FakeSignedAccess:
    """Addresses that say what they were made for and lead nowhere."""

    def upload_form(self, key: str, *, max_bytes: int, lifetime: int) -> UploadForm:
        """See `gas.storage_ports.SignedAccess`."""
        fields = {"key": key, "policy": f"1-{max_bytes} bytes for {lifetime} s"}
        return UploadForm("https://inputs.invalid/", fields)

    def download_link(self, key: str, *, file_name: str, lifetime: int) -> str:
        """See `gas.storage_ports.SignedAccess`."""
        return f"https://results.invalid/{key}?as={file_name}&for={lifetime}"
