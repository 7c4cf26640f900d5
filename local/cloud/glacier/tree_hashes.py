"""SHA-256 tree hashes: the root over the hashes of every MiB.

https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html
"""

import hashlib
from collections.abc import Sequence

MIB = 1024 * 1024


class LeafHashes:
    """Collects the hash of each MiB of what passes through."""

    def __init__(self) -> None:
        self._done: list[bytes] = []
        self._open, self._filled = hashlib.sha256(), 0

    def update(self, data: bytes) -> None:
        """Take in the next bytes, however they are cut."""
        view = memoryview(data)
        while view:
            piece = view[: MIB - self._filled]
            self._open.update(piece)
            self._filled += len(piece)
            view = view[len(piece) :]
            if self._filled == MIB:
                self._close()

    def leaves(self) -> tuple[bytes, ...]:
        """The hash of each MiB, the last of which may be shorter."""
        if self._filled:
            self._close()
        return tuple(self._done)

    def _close(self) -> None:
        self._done.append(self._open.digest())
        self._open, self._filled = hashlib.sha256(), 0


def root(leaves: Sequence[bytes]) -> str:
    """The tree hash, in hexadecimal; a leaf without a neighbour goes up as it is."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0].hex()


def is_node(first: int, last: int, count: int) -> bool:
    """Whether the leaves first to last are all below one node of the tree over `count` leaves."""
    width = 1
    while width < last - first + 1:
        width *= 2
    return first % width == 0 and last == min(first + width, count) - 1
