"""What was found out about texts that come again and again, such as FORMAT and genotypes."""

from __future__ import annotations

from typing import Generic, TypeVar

Found = TypeVar("Found")

# A common file has a few dozen of each kind. Of a file that has ever new ones, this many take a few
# hundred kilobytes, and the rest is looked at anew each time.
MOST_TEXTS = 2_000
MOST_LENGTH = 200


class Memory(dict[bytes, Found], Generic[Found]):
    """By text; it stops to take more before it takes much memory."""

    def keep(self, text: bytes, found: Found) -> Found:
        """Remember what was found, if there is room, and give it back."""
        if len(self) < MOST_TEXTS and len(text) <= MOST_LENGTH:
            self[text] = found
        return found


class Memories(dict[int, Memory[Found]], Generic[Found]):
    """Memories by the number of ALT alleles, on which much depends; only of the usual numbers.

    :param most: up to which number of alleles texts are remembered.
    """

    def __init__(self, most: int = 16) -> None:
        super().__init__({number: Memory() for number in range(most + 1)})

    def of(self, alleles: int) -> Memory[Found]:
        """What is known where ALT has so many alleles; with an unusual number, nothing is known yet."""
        known = self.get(alleles)
        return Memory() if known is None else known
