"""How an object is cut into parts, and which checksum is one of the whole."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gas.aws.part_copies import MAX_PARTS, PART_BYTES, byte_ranges, whole_crc

GIB = 1024**3


def limits(byte_range: str) -> tuple[int, int]:
    start, last = byte_range.removeprefix("bytes=").split("-")
    return int(start), int(last)


@pytest.mark.parametrize("size", [1, 9, 10, 11, 20, 25])
def test_the_parts_follow_one_another_to_the_last_byte(size):
    """Of parts of ten bytes only the last is shorter."""
    parts = [limits(each) for each in byte_ranges(size, 10)]

    assert parts[0][0] == 0
    assert parts[-1][1] == size - 1
    assert all(last + 1 == start for (_, last), (start, _) in pairwise(parts))
    assert all(last - start + 1 == 10 for start, last in parts[:-1])


@pytest.mark.parametrize("size", [5 * GIB + 1, 5 * 1024 * GIB, PART_BYTES * MAX_PARTS + 1, 48 * 1024 * GIB])
def test_ten_thousand_parts_suffice(size):
    """Parts grow with the object, and none is larger than S3 copies at once."""
    parts = byte_ranges(size, PART_BYTES)

    assert len(parts) <= MAX_PARTS
    first, last = limits(parts[0])
    assert PART_BYTES <= last - first + 1 <= 5 * GIB
    assert limits(parts[-1])[1] == size - 1


@pytest.mark.parametrize(
    ("head", "crc"),
    [
        ({"ChecksumType": "FULL_OBJECT", "ChecksumCRC32": "a"}, ("CRC32", "a")),
        ({"ChecksumType": "FULL_OBJECT", "ChecksumCRC64NVME": "b"}, ("CRC64NVME", "b")),
        ({"ChecksumType": "FULL_OBJECT", "ChecksumSHA256": "c"}, None),
        ({"ChecksumType": "COMPOSITE", "ChecksumCRC32": "d-2"}, None),
        ({}, None),
    ],
)
def test_only_a_crc_of_the_whole_can_be_compared(head, crc):
    """S3 cannot compute another digest of a whole object from those of its parts."""
    assert whole_crc(head) == crc
