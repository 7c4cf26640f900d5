"""What every port of uploads in parts promises."""

from __future__ import annotations

import hashlib

import pytest
import requests

from gas.aws.objects import S3ObjectStore
from gas.aws.part_uploads import S3PartUploads
from gas.errors import NotFound, Refused
from gas.fakes import FakeObjectStore, FakePartUploads
from gas.part_uploads import Part
from tests.contract.test_storage import content

#: Parts of one page of the adapter.
PAGE = 2
#: The smallest part that is not the last one.
PART_BYTES = 5 * 1024**2
DATA = bytes(range(256)) * (2 * PART_BYTES // 256) + b"the rest"


class PartSide:
    """Uploads in parts, the bucket that they go to, and somebody who sends parts."""

    def __init__(self, aws) -> None:
        self._aws = aws
        if aws is None:
            self.inputs = FakeObjectStore()
            self.uploads = FakePartUploads(self.inputs)
        else:
            s3, bucket = aws.client("s3"), aws.outputs["InputsBucket"]
            self.inputs = S3ObjectStore(s3, bucket)
            self.uploads = S3PartUploads(s3, bucket, page=PAGE)

    def send(self, key: str, upload_id: str, part: Part, data: bytes) -> bool:
        """Send a part to its address; whether it was taken."""
        address = self.uploads.sign(key, upload_id, part, lifetime=60)
        if self._aws:
            return requests.put(address.url, data=data, headers=address.headers, timeout=30).ok
        try:
            self.uploads.send(key, upload_id, part, data)
        except (Refused, NotFound):
            return False
        return True

    def send_all(self, key: str, upload_id: str, data: bytes = DATA) -> list[Part]:
        starts = range(0, len(data), PART_BYTES)
        pieces = [data[start : start + PART_BYTES] for start in starts]
        parts = [part_of(number, piece) for number, piece in enumerate(pieces, 1)]
        # The last one first: the order does not matter.
        sent = reversed(list(zip(parts, pieces, strict=True)))
        assert all(self.send(key, upload_id, part, piece) for part, piece in sent)
        return parts


def part_of(number: int, data: bytes) -> Part:
    return Part(number, len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def part_side(aws):
    return PartSide(aws)


@pytest.fixture
def key(user) -> str:
    """With what an address has to quote."""
    return f"inputs/{user}/j1/a b+c (1).vcf"


def test_parts_become_an_object(part_side, key):
    """All of them, in the order of their numbers, and only once they are completed."""
    upload_id = part_side.uploads.begin(key)
    parts = part_side.send_all(key, upload_id)
    assert part_side.uploads.stored(key, upload_id) == parts
    with pytest.raises(NotFound):
        part_side.inputs.stat(key)

    part_side.uploads.complete(key, upload_id, parts)

    assert content(part_side.inputs, key) == DATA


def test_what_was_completed_is_no_upload_any_more(part_side, key):
    """Whoever comes second sees so, and finds the object."""
    upload_id = part_side.uploads.begin(key)
    parts = part_side.send_all(key, upload_id)
    part_side.uploads.complete(key, upload_id, parts)

    with pytest.raises(NotFound):
        part_side.uploads.stored(key, upload_id)
    with pytest.raises(NotFound):
        part_side.uploads.complete(key, upload_id, parts)
    part_side.uploads.abort(key, upload_id)
    assert part_side.inputs.stat(key).size == len(DATA)


def test_stored_parts_are_listed_by_number(part_side, key):
    """However many pages that takes, and whatever is missing between them."""
    upload_id = part_side.uploads.begin(key)
    assert part_side.uploads.stored(key, upload_id) == []
    parts = [part_of(number, b"x" * number) for number in (3, 7, 400, 401, 10_000)]
    for part in reversed(parts):
        assert part_side.send(key, upload_id, part, b"x" * part.size)

    assert part_side.uploads.stored(key, upload_id) == parts


@pytest.mark.parametrize("data", [b"dada", b"dat", b"data and more", b""])
def test_a_part_is_what_was_signed_or_nothing(part_side, key, data):
    """Damaged on its way, too short, too long."""
    upload_id = part_side.uploads.begin(key)

    assert not part_side.send(key, upload_id, part_of(1, b"data"), data)

    assert part_side.uploads.stored(key, upload_id) == []


def test_a_part_that_is_sent_again_replaces_the_first(part_side, key):
    """With other bytes as well."""
    upload_id = part_side.uploads.begin(key)
    for data in (b"one", b"two!"):
        assert part_side.send(key, upload_id, part_of(1, data), data)

    assert part_side.uploads.stored(key, upload_id) == [part_of(1, b"two!")]


def test_only_the_parts_that_were_seen_are_completed(part_side, key):
    """One was replaced since, or there is none, or one is missing."""
    upload_id = part_side.uploads.begin(key)
    with pytest.raises(Refused):
        part_side.uploads.complete(key, upload_id, [])
    parts = part_side.send_all(key, upload_id)

    for seen in ([*parts[:-1], part_of(3, b"other")], parts[:-1], parts[::-1]):
        with pytest.raises(Refused):
            part_side.uploads.complete(key, upload_id, seen)

    assert part_side.uploads.stored(key, upload_id) == parts


def test_only_the_last_part_is_small(part_side, key):
    """S3 refuses the rest, and the upload can go on."""
    upload_id = part_side.uploads.begin(key)
    parts = [part_of(number, b"small") for number in (1, 2)]
    for part in parts:
        assert part_side.send(key, upload_id, part, b"small")

    with pytest.raises(Refused):
        part_side.uploads.complete(key, upload_id, parts)

    assert part_side.uploads.stored(key, upload_id) == parts


def test_an_aborted_upload_takes_nothing_more(part_side, key):
    """Aborting it again is no error."""
    upload_id = part_side.uploads.begin(key)
    part = part_of(1, b"data")
    assert part_side.send(key, upload_id, part, b"data")

    part_side.uploads.abort(key, upload_id)
    part_side.uploads.abort(key, upload_id)

    with pytest.raises(NotFound):
        part_side.uploads.stored(key, upload_id)
    assert not part_side.send(key, upload_id, part, b"data")


def test_an_upload_is_of_one_key(part_side, key):
    """Nobody reaches it by another one."""
    upload_id = part_side.uploads.begin(key)
    other = key + ".other"

    with pytest.raises(NotFound):
        part_side.uploads.stored(other, upload_id)
    part_side.uploads.abort(other, upload_id)

    assert part_side.uploads.stored(key, upload_id) == []
