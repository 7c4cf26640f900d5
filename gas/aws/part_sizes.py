"""How large the parts are in which a file goes to a vault or comes back from one.

Limits of a vault: a part is a power of two of MiB, from 1 MiB to 4 GiB, and an archive has at most 10,000 of
them (https://docs.aws.amazon.com/amazonglacier/latest/dev/uploading-archive-mpu.html). S3 takes the same
parts: 5 MiB to 5 GiB each, and at most 10,000 as well
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
"""

from __future__ import annotations

MIB = 1024**2
MAX_PARTS = 10_000
MAX_PART_BYTES = 4096 * MIB

#: What is read at once and, up to a file of 156 GiB, sent at once. A few of these are in memory at a time; a
#: smaller one costs more requests, each of which is paid for.
BLOCK_BYTES = 16 * MIB


def part_size(size: int, smallest: int = BLOCK_BYTES) -> int:
    """Bytes of each part but the last, so that a file of this size has at most 10,000 parts.

    :param smallest: a power of two of MiB.
    :raises ValueError: the file is larger than any archive can be.
    """
    part = smallest
    while part * MAX_PARTS < size:
        part *= 2
    if part > MAX_PART_BYTES:
        raise ValueError(f"a file of {size} bytes is larger than any archive can be")
    return part
