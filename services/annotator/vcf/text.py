"""The text of an upload: the lines of the header, then blocks of records, bounded and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from gas.errors import InvalidInput
from services.annotator.printable import counted
from services.annotator.vcf import decompression, formats
from services.annotator.vcf.lines import (
    MAX_LINE_BYTES,
    count_lines,
    damaged_after,
    first_long_line,
    has_end_block,
    is_clean,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

# Large enough that the work per block (the genes around it, some hundred calls of libraries) is small
# beside the work per record, small enough that a worker stays under 200 MB with all that it derives.
BLOCK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive records.

    :ivar line: the number of the first one's line, counted from 1.
    :ivar text: whole lines, each with its line end.
    """

    line: int
    text: bytes


class Text:
    """A file's text in one pass.

    :ivar number: number of the line that was given last, counted from 1.
    :ivar read: how many bytes of the file were read, as it is stored.
    :ivar carriage_returns: how many lines ended in CR LF; a CR there is not part of the line.
    :ivar notes: what was changed or left out, as sentences.
    :ivar warnings: what may be wrong with the file as a whole, as sentences.
    """

    def __init__(self, path: Path) -> None:
        self.number = 0
        self.carriage_returns = 0
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self._stream = path.open("rb")
        head = self._stream.read(formats.HEAD_BYTES)
        self._stream.seek(0)
        self._bgzip = formats.is_bgzip(head)
        self._compressed = head.startswith(formats.GZIP)
        unpack = decompression.gunzip if self._compressed else decompression.plain
        self._pieces = unpack(self._stream)
        self._text = self._sound_pieces()
        self._pending, self._start, self._empty = b"", 0, 0
        self._fault: InvalidInput | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    @property
    def read(self) -> int:
        """How many bytes of the stored file were read so far."""
        return self._stream.tell()

    def __iter__(self) -> Iterator[bytes]:
        """The next lines without their ends, for a reader that stops after the header."""
        while self._fill(1):
            end = self._pending.index(b"\n", self._start)
            line = self._pending[self._start : end]
            self._start = end + 1
            yield from self._checked([line])

    def blocks(self, size: int = BLOCK_BYTES) -> Iterator[Block]:
        """What is left of the lines; where one block ends and the next begins depends on the text alone.

        :param size: a block ends with the line that makes it this long, in bytes.
        """
        while end := self._fill(size):
            chunk = self._pending[self._start : end]
            self._start = end
            line = self.number + 1
            if is_clean(chunk) and not self._empty:
                self.number += count_lines(chunk)
            else:
                chunk = self._cleaned(chunk)
            if chunk:
                yield Block(line, chunk)
        self._note_the_end()

    def _cleaned(self, text: bytes) -> bytes:
        """Lines looked at one by one, up to the first that is wrong, which is left for the next time."""
        lines: list[bytes] = []
        try:
            lines.extend(line + b"\n" for line in self._checked(text.split(b"\n")[:-1]))
        except InvalidInput as error:
            self._fault = error
        return b"".join(lines)

    def read_to_end(self) -> None:
        """Expand the rest without looking at its lines.

        A line that makes no sense may be what is left of damaged data, which only the checksum at
        their end can tell.

        :raises InvalidInput: if the data are damaged.
        """
        if isinstance(self._fault, decompression.Damaged):
            raise self._fault
        place = self.number + self._pending.count(b"\n", self._start)
        try:
            for piece in self._pieces if self._compressed else ():
                place += piece.count(b"\n")
        except decompression.Damaged as error:
            raise damaged_after(error, place) from error

    def _fill(self, size: int) -> int:
        """Read until there are lines of this many bytes; where they end, or 0 after the last line.

        What comes before a fault comes before its error.
        """
        if self._fault:
            raise self._fault
        end = self._pending.find(b"\n", self._start + size - 1)
        if end >= 0:
            return end + 1
        pieces = [self._pending[self._start :]]
        self._start, have = 0, len(pieces[0])
        while piece := self._next_piece(pieces):
            pieces.append(piece)
            found = piece.find(b"\n", max(0, size - 1 - have))
            have += len(piece)
            if found >= 0 or have > size + MAX_LINE_BYTES:
                self._pending = b"".join(pieces)
                return self._bounded(have - len(piece) + found + 1 if found >= 0 else have)
        self._pending = b"".join(pieces) if self._fault else self._ended(b"".join(pieces))
        return self._bounded(len(self._pending))

    def _next_piece(self, pieces: list[bytes]) -> bytes:
        """More text; where the data are damaged, the lines so far tell the place."""
        try:
            return next(self._text, b"")
        except decompression.Damaged as error:
            place = self.number + sum(piece.count(b"\n") for piece in pieces)
            self._fault = damaged_after(error, place)
            return b""

    def _ended(self, text: bytes) -> bytes:
        if text and not text.endswith(b"\n"):
            self.notes.append("The last line had no line end; one was added.")
            text += b"\n"
        return text

    def _bounded(self, end: int) -> int:
        """Where the sound lines end, of those up to a place: before one that is too long or cut off."""
        if long := first_long_line(self._pending[:end]):
            self._fault = InvalidInput(
                f"The line is longer than {MAX_LINE_BYTES:,} characters, which is more than is accepted.",
                line=self.number + 1 + long.place,
            )
            end = long.start
        if self._fault:
            end = self._pending.rfind(b"\n", 0, end) + 1
            if not end:
                raise self._fault
        return end

    def _checked(self, lines: list[bytes]) -> Iterator[bytes]:
        """Lines one by one; empty ones are accepted at the end of the file only."""
        for given in lines:
            line = self._without_return(given)
            self.number += 1
            if not line:
                self._empty = self._empty or self.number
                continue
            if self._empty:
                raise InvalidInput("The line is empty.", line=self._empty)
            if b"\0" in line:
                raise InvalidInput(
                    "The line has a zero byte, which no text has: the file is damaged or is not a VCF.",
                    line=self.number,
                    column=line[: line.index(b"\0")].count(b"\t") + 1,
                )
            yield line

    def _sound_pieces(self) -> Iterator[bytes]:
        """The pieces of text, the first of which is looked at for what it is."""
        first = True
        for piece in self._pieces:
            if first and (sentence := formats.foreign(piece)):
                raise InvalidInput(sentence)
            first = False
            yield piece
        if first:
            raise InvalidInput("The file is empty.")

    def _without_return(self, line: bytes) -> bytes:
        if line.endswith(b"\r"):
            self.carriage_returns += 1
            return line.rstrip(b"\r")
        return line

    def _note_the_end(self) -> None:
        if self.carriage_returns:
            self.notes.append(
                f"{counted(self.carriage_returns, 'line')} ended in CR LF; "
                "in the result every line ends in LF, because an index cannot be used otherwise."
            )
        if self._empty:
            self.notes.append("Empty lines at the end of the file were left out.")
        if self._bgzip and not has_end_block(self._stream):
            self.warnings.append(
                "The file lacks the mark that bgzip puts at the end: "
                "if it was cut off, its last records are missing."
            )
