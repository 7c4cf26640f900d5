"""The bucket from which workers take packs."""

from typing import BinaryIO

from gas.fakes.objects import FakeObjectStore


class Bucket(FakeObjectStore):
    """A bucket that remembers what was done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.uploaded: list[str] = []
        self.downloaded: list[str] = []

    def upload(self, key: str, source: BinaryIO, *, content_type: str) -> None:
        self.uploaded.append(key)
        super().upload(key, source, content_type=content_type)

    def download(self, key: str, target: BinaryIO, *, limit: int | None = None) -> None:
        self.downloaded.append(key)
        super().download(key, target, limit=limit)
