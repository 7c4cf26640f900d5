"""A large file read in order, hashed, and sent in parts, all three at the same time and in little memory."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.utils import calculate_tree_hash

from gas.aws.byte_spans import Fetch, Span

#: How many parts are on their way at once, while another is read and hashed.
SENDERS = 3


@dataclass(frozen=True)
class Part:
    """One part.

    :ivar index: counted from 0.
    :ivar start: where it begins in the file.
    :ivar tree_hash: its SHA-256 tree hash, in hexadecimal.
    :ivar body: its bytes, as a file.
    """

    index: int
    start: int
    size: int
    tree_hash: str
    body: Span


@dataclass(frozen=True)
class Digests:
    """What was read: SHA-256 and SHA-256 tree hash of the whole, in hexadecimal."""

    sha256: str
    tree_hash: str


def send_parts(
    fetch: Fetch, size: int, part_size: int, block: int, send: Callable[[Part], object]
) -> Digests:
    """Read a file of this size once, in order, and send each part as soon as it is hashed.

    :param part_size: a power of two of MiB, and of ``block``.
    :param send: is called in another thread; what it raises ends the whole.
    """
    whole = hashlib.sha256()
    hashes = []
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="part") as pool:
        pending: deque[Future[object]] = deque()
        try:
            for index, start in enumerate(range(0, size, part_size)):
                length = min(part_size, size - start)
                part = _hashed(index, start, length, Span(fetch, start, length, block), whole)
                hashes.append(part.tree_hash)
                if len(pending) == SENDERS:
                    pending.popleft().result()
                pending.append(pool.submit(send, part))
            while pending:
                pending.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return Digests(whole.hexdigest(), root_of(hashes))


def _hashed(index: int, start: int, size: int, span: Span, whole: Any) -> Part:
    tree_hash = calculate_tree_hash(_Hashing(span, whole))
    span.seek(0)
    return Part(index, start, size, tree_hash, span)


@dataclass(frozen=True)
class _Hashing:
    """Feeds the digest of the whole with what is read for the tree hash of a part."""

    span: Span
    whole: Any

    def read(self, size: int) -> bytes:
        data = self.span.read(size)
        self.whole.update(data)
        return data


def root_of(hashes: Sequence[str]) -> str:
    """The tree hash of a file from the tree hashes of its parts.

    Right because every part but the last is a power of two of MiB:
    https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html
    """
    level = [bytes.fromhex(each) for each in hashes]
    while len(level) > 1:
        level = [_joined(level[at : at + 2]) for at in range(0, len(level), 2)]
    return level[0].hex()


def _joined(pair: Sequence[bytes]) -> bytes:
    return pair[0] if len(pair) == 1 else hashlib.sha256(b"".join(pair)).digest()
