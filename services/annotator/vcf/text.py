"""The lines of an upload: numbered, bounded in length, and free of what no VCF may have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

from gas.errors import InvalidInput
from services.annotator.printable import counted
from services.annotator.vcf import decompression, formats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

# A longer line is refused before it ends: this is room for 2 million genotypes. What is held at a time is
# a block of records, which ends with the line that fills it.
MAX_LINE_BYTES = 8_000_000


class Text:
    """The lines of a file, without their ends, in one pass.

    :ivar number: number of the line that was given last, counted from 1.
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
        self._lines = self._checked()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def read_to_end(self) -> None:
        """Expand the rest without looking at its lines.

        A line that makes no sense may be what is left of damaged data, which only the checksum at
        their end can tell.

        :raises InvalidInput: if the data are damaged.
        """
        try:
            for _ in self._pieces if self._compressed else ():
                pass
        except decompression.Damaged as error:
            raise _damaged(error, max(0, self.number - 1)) from error

    def _checked(self) -> Iterator[bytes]:
        """The lines; empty ones are accepted at the end of the file only."""
        empty = 0
        for line in self._split():
            self.number += 1
            if not line:
                empty = empty or self.number
                continue
            if empty:
                raise InvalidInput("The line is empty.", line=empty)
            if b"\0" in line:
                raise InvalidInput(
                    "The line has a zero byte, which no text has: the file is damaged or is not a VCF.",
                    line=self.number,
                    column=line[: line.index(b"\0")].count(b"\t") + 1,
                )
            yield line
        self._note_the_end(empty)

    def _split(self) -> Iterator[bytes]:
        pending = b""
        for piece in self._sound_pieces():
            lines = (pending + piece).split(b"\n")
            pending = lines.pop()
            for line in lines:
                yield self._without_return(self._bounded(line))
            self._bounded(pending)
        if pending:
            self.notes.append("The last line had no line end; one was added.")
            yield self._without_return(pending)

    def _sound_pieces(self) -> Iterator[bytes]:
        """The pieces of text, the first of which is looked at for what it is."""
        first = True
        try:
            for piece in self._pieces:
                if first and (sentence := formats.foreign(piece)):
                    raise InvalidInput(sentence)
                first = False
                yield piece
        except decompression.Damaged as error:
            raise _damaged(error, self.number) from error
        if first:
            raise InvalidInput("The file is empty.")

    def _without_return(self, line: bytes) -> bytes:
        if line.endswith(b"\r"):
            self.carriage_returns += 1
            return line.rstrip(b"\r")
        return line

    def _bounded(self, line: bytes) -> bytes:
        if len(line) > MAX_LINE_BYTES:
            raise InvalidInput(
                f"The line is longer than {MAX_LINE_BYTES:,} characters, which is more than is accepted.",
                line=self.number + 1,
            )
        return line

    def _note_the_end(self, empty: int) -> None:
        if self.carriage_returns:
            self.notes.append(
                f"{counted(self.carriage_returns, 'line')} ended in CR LF; "
                "in the result every line ends in LF, because an index cannot be used otherwise."
            )
        if empty:
            self.notes.append("Empty lines at the end of the file were left out.")
        if self._bgzip and not self._has_end_block():
            self.warnings.append(
                "The file lacks the mark that bgzip puts at the end: "
                "if it was cut off, its last records are missing."
            )

    def _has_end_block(self) -> bool:
        size = len(decompression.BGZF_END)
        if os.fstat(self._stream.fileno()).st_size < size:
            return False
        self._stream.seek(-size, os.SEEK_END)
        return self._stream.read() == decompression.BGZF_END


def _damaged(error: decompression.Damaged, last_good_line: int) -> InvalidInput:
    place = f"after line {last_good_line}" if last_good_line else "near its start"
    return InvalidInput(f"The file is damaged {place}: {error}.")
