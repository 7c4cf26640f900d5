"""What every copy of an input promises."""

from __future__ import annotations

import io
import uuid

import pytest

from gas.aws.object_copies import S3ObjectCopies
from gas.aws.objects import S3ObjectStore
from gas.errors import NotFound
from gas.fakes import FakeObjectCopies, FakeObjectStore
from gas.keys import input_key

#: The least part that S3 takes.
PART_BYTES = 5 * 1024**2


@pytest.fixture
def inputs(aws):
    return S3ObjectStore(aws.client("s3"), aws.outputs["InputsBucket"]) if aws else FakeObjectStore()


@pytest.fixture
def copies(aws, inputs):
    if aws is None:
        return FakeObjectCopies(inputs)
    return S3ObjectCopies(
        aws.client("s3"), aws.outputs["InputsBucket"], single_bytes=PART_BYTES, part_bytes=PART_BYTES
    )


def key_of(user: str, job_id: str = "") -> str:
    return input_key(user, job_id or str(uuid.uuid4()), "my sample.vcf")


def store(inputs, key: str, data: bytes) -> str:
    inputs.upload(key, io.BytesIO(data), content_type="text/plain")
    return key


def read(inputs, key: str) -> bytes:
    target = io.BytesIO()
    inputs.download(key, target)
    return target.getvalue()


@pytest.mark.parametrize("size", [1, 1000, PART_BYTES + 1], ids=["a byte", "in one piece", "in parts"])
def test_a_copy_has_the_same_bytes(copies, inputs, user, size):
    data = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    source = store(inputs, key_of(user), data[:size])

    copies.copy(source, target := key_of(user))

    assert read(inputs, target) == data[:size]
    assert read(inputs, source) == data[:size]


def test_a_copy_that_is_made_again_takes_the_place_of_the_first(copies, inputs, user):
    """A request that came twice."""
    source, target = store(inputs, key_of(user), b"vcf"), store(inputs, key_of(user), b"half of")

    copies.copy(source, target)
    copies.copy(source, target)

    assert read(inputs, target) == b"vcf"


def test_what_is_not_there_is_not_copied(copies, inputs, user):
    target = key_of(user)

    with pytest.raises(NotFound):
        copies.copy(key_of(user), target)

    with pytest.raises(NotFound):
        inputs.stat(target)
