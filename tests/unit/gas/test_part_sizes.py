"""Parts are never too many or too large, and the tree hash of the whole follows from theirs."""

from __future__ import annotations

import hashlib
import io
import random

import pytest
from botocore.utils import calculate_tree_hash
from hypothesis import given
from hypothesis import strategies as st

from gas.aws.byte_spans import READ_ATTEMPTS, Damaged, Span, read_again
from gas.aws.part_sizes import BLOCK_BYTES, MAX_PART_BYTES, MAX_PARTS, MIB, part_size
from gas.aws.sending_parts import send_parts

TERABYTE = 10**12
DATA = random.Random(5).randbytes(9 * MIB + 11)


def fetch(start: int, size: int) -> bytes:
    return DATA[start : start + size]


@given(st.integers(1, 40 * TERABYTE))
def test_a_file_of_any_size_has_parts_that_a_vault_takes(size):
    """A power of two of MiB, as small as ten thousand parts allow."""
    part = part_size(size)

    assert part.bit_count() == 1
    assert MIB <= part <= MAX_PART_BYTES
    assert size <= part * MAX_PARTS
    assert part == BLOCK_BYTES or size > part // 2 * MAX_PARTS


def test_a_file_that_no_archive_can_hold_is_refused():
    """Ten thousand parts of 4 GiB are the end."""
    assert part_size(MAX_PARTS * MAX_PART_BYTES) == MAX_PART_BYTES
    with pytest.raises(ValueError, match="larger than any archive"):
        part_size(MAX_PARTS * MAX_PART_BYTES + 1)


@pytest.mark.parametrize("size", [1, MIB - 1, MIB, MIB + 1, 2 * MIB, 5 * MIB, 7 * MIB + 3, len(DATA)])
@pytest.mark.parametrize("part", [MIB, 2 * MIB, 4 * MIB])
def test_the_digests_of_the_whole_follow_from_the_parts(size, part):
    """The tree hash is that of botocore, however the file is cut, and every byte is sent once."""
    sent: dict[int, bytes] = {}

    def send(each) -> None:
        sent[each.start] = each.body.read()
        assert each.tree_hash == calculate_tree_hash(io.BytesIO(sent[each.start]))

    digests = send_parts(fetch, size, part, MIB, send)

    assert digests.tree_hash == calculate_tree_hash(io.BytesIO(DATA[:size]))
    assert digests.sha256 == hashlib.sha256(DATA[:size]).hexdigest()
    assert b"".join(sent[start] for start in sorted(sent)) == DATA[:size]
    assert len(sent) == -(-size // part)


def test_what_a_sender_raises_ends_the_whole():
    """Nothing is swallowed in a thread."""

    def send(each) -> None:
        if each.index == 1:
            raise ConnectionError("the part is lost")

    with pytest.raises(ConnectionError):
        send_parts(fetch, len(DATA), MIB, MIB, send)


def test_a_stretch_of_one_block_is_fetched_once_and_a_longer_one_for_every_pass():
    """So memory holds one block of it, however long it is."""
    fetched: list[tuple[int, int]] = []

    def counted(start: int, size: int) -> bytes:
        fetched.append((start, size))
        return fetch(start, size)

    for size, passes in [(MIB, 1), (2 * MIB + 1, 2)]:
        fetched.clear()
        span = Span(counted, 5, size, MIB)
        for _ in range(2):
            assert span.read() == DATA[5 : 5 + size]
            assert span.read(10) == b""
            span.seek(0)
        assert len(fetched) == passes * -(-size // MIB)
        assert max(length for _, length in fetched) == MIB


def test_a_stretch_is_read_from_any_place():
    """Clients measure a body by seeking to its end."""
    span = Span(fetch, 100, 2 * MIB, MIB)

    assert span.seek(0, io.SEEK_END) == 2 * MIB
    assert span.seek(-3, io.SEEK_CUR) == span.tell() == 2 * MIB - 3
    assert span.read(10) == DATA[100 + 2 * MIB - 3 : 100 + 2 * MIB]


def test_a_body_that_breaks_off_is_read_again_and_not_for_ever():
    """A client of AWS repeats a request, and not the reading of its answer."""
    left = [READ_ATTEMPTS - 1]

    def read() -> bytes:
        left[0] -= 1
        if left[0] >= 0:
            raise Damaged
        return b"whole"

    assert read_again(read) == b"whole"
    left[0] = READ_ATTEMPTS
    with pytest.raises(Damaged):
        read_again(read)
