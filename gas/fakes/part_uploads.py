"""Fake of uploads in parts."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from gas.errors import NotFound, Refused
from gas.fakes.objects import FakeObjectStore
from gas.part_uploads import Part, PartAddress

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MIN_PART_BYTES = 5 * 1024**2


class FakePartUploads:
    """Uploads to a fake bucket.

    :ivar uploads: the parts of each upload that is under way, by key and id.
    :ivar min_part_bytes: what every part but the last has at least.
    """

    def __init__(self, store: FakeObjectStore, *, min_part_bytes: int = MIN_PART_BYTES) -> None:
        self.uploads: dict[tuple[str, str], dict[int, bytes]] = {}
        self.min_part_bytes = min_part_bytes
        self._store = store

    def begin(self, key: str) -> str:
        """See `gas.part_uploads.PartUploads`."""
        upload_id = uuid.uuid4().hex
        self.uploads[key, upload_id] = {}
        return upload_id

    def sign(self, key: str, upload_id: str, part: Part, *, lifetime: int) -> PartAddress:
        """See `gas.part_uploads.PartUploads`; the address says what it was made for and leads nowhere."""
        place = f"https://inputs.invalid/{key}?uploadId={upload_id}&partNumber={part.number}&for={lifetime}"
        return PartAddress(place, {"x-amz-checksum-sha256": part.sha256})

    def send(self, key: str, upload_id: str, part: Part, data: bytes) -> None:
        """Store a part, as whoever was given its address does; `Refused` for other bytes."""
        if part_of(part.number, data) != part:
            raise Refused(f"part {part.number} of {key} is not what was signed")
        self._parts(key, upload_id)[part.number] = data

    def stored(self, key: str, upload_id: str) -> Sequence[Part]:
        """See `gas.part_uploads.PartUploads`."""
        return [part_of(number, data) for number, data in sorted(self._parts(key, upload_id).items())]

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """See `gas.part_uploads.PartUploads`."""
        sent = self.stored(key, upload_id)
        if not sent or sent != list(parts) or any(part.size < self.min_part_bytes for part in sent[:-1]):
            raise Refused(f"the parts of {key} make no object")
        data = self.uploads.pop((key, upload_id))
        self._store.put(key, b"".join(data[number] for number in sorted(data)))

    def abort(self, key: str, upload_id: str) -> None:
        """See `gas.part_uploads.PartUploads`."""
        self.uploads.pop((key, upload_id), None)

    def _parts(self, key: str, upload_id: str) -> dict[int, bytes]:
        try:
            return self.uploads[key, upload_id]
        except KeyError:
            raise NotFound(f"no such upload of {key}") from None


def part_of(number: int, data: bytes) -> Part:
    """The part that these bytes are."""
    return Part(number, len(data), hashlib.sha256(data).hexdigest())
