"""What every stream of an object promises."""

from __future__ import annotations

import io
import random

import pytest
from botocore.exceptions import ResponseStreamingError

from gas.aws.objects import PIECE_BYTES, S3ObjectStore, S3ObjectStream
from gas.errors import NotFound
from gas.fakes import FakeObjectStream
from gas.keys import result_key

DATA = random.Random(1).randbytes(2 * PIECE_BYTES + 12_345)


class Breaking:
    """A client whose first body breaks off after a piece.

    :ivar asked: what was asked for.
    """

    def __init__(self, client):
        self.client = client
        self.asked = []

    def get_object(self, **asked):
        answer = self.client.get_object(**asked)
        self.asked.append(asked)
        return {**answer, "Body": BreakingBody(answer["Body"])} if len(self.asked) == 1 else answer


class BreakingBody:
    def __init__(self, body):
        self.body = body
        self.pieces = 0

    def read(self, size):
        self.pieces += 1
        if self.pieces > 1:
            self.body.close()
            raise ResponseStreamingError(error="reset by peer")
        return self.body.read(size)


@pytest.fixture
def stream(aws, results):
    if aws:
        return S3ObjectStream(aws.client("s3"), aws.outputs["ResultsBucket"])
    return FakeObjectStream(results)


@pytest.fixture
def key(results, user) -> str:
    key = result_key(user, "j1", "large")
    results.upload(key, io.BytesIO(DATA), content_type="application/gzip")
    return key


@pytest.mark.parametrize("start", [0, 1, PIECE_BYTES, len(DATA) - 1, len(DATA)])
def test_an_object_comes_in_pieces_from_any_place(stream, key, start):
    """None of them larger than a process can hold."""
    pieces = list(stream.stream(key, start=start))

    assert b"".join(pieces) == DATA[start:]
    assert all(0 < len(piece) <= PIECE_BYTES for piece in pieces)


def test_an_empty_object_has_no_pieces(stream, results, user):
    """And is there all the same."""
    key = result_key(user, "j1", "empty")
    results.upload(key, io.BytesIO(b""), content_type="text/plain")

    assert list(stream.stream(key)) == []


def test_what_is_not_there_is_not_found(stream, user):
    """With the first piece."""
    with pytest.raises(NotFound):
        next(stream.stream(result_key(user, "j1", "none")))


def test_a_stream_can_be_left_in_the_middle(stream, key):
    """And another one begins at the start."""
    left = stream.stream(key)
    next(left)
    left.close()

    assert b"".join(stream.stream(key)) == DATA


def test_a_stream_goes_on_where_its_connection_broke(cloud, user):
    """With the rest of the same object, and with another one never."""
    bucket, key = cloud.outputs["ResultsBucket"], result_key(user, "j1", "large")
    S3ObjectStore(cloud.client("s3"), bucket).upload(key, io.BytesIO(DATA), content_type="text/plain")
    client = Breaking(cloud.client("s3"))

    assert b"".join(S3ObjectStream(client, bucket).stream(key)) == DATA

    assert [asked.get("Range") for asked in client.asked] == [None, f"bytes={PIECE_BYTES}-"]
    assert client.asked[1]["IfMatch"]
