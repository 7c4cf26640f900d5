"""The records of a VCF: the structure of each is checked, and its bytes are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gas.errors import InvalidInput
from services.annotator.printable import counted, printable
from services.annotator.vcf.ends import MAX_POSITION, record_end
from services.annotator.vcf.header import FIXED_COLUMNS, Header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The contigs that were met are remembered, to see that each comes in one block.
MAX_CONTIGS = 1_000_000
MAX_CONTIG_BYTES = 1_000

CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO, FORMAT = range(9)

_POSITION = re.compile(rb"\d{1,18}")
_REF = re.compile(rb"[ACGTRYKMSWBDHVN]+", re.IGNORECASE)
_SORT = "sort the file, for instance with `bcftools sort`"


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the file.

    :ivar line: its number, counted from 1.
    :ivar raw: its bytes, without the line end.
    :ivar fields: the eight fixed columns, and as a ninth all that follows, if anything does.
    :ivar position: POS, counted from 1; 0 is the telomere.
    """

    line: int
    raw: bytes
    fields: list[bytes]
    position: int


class Lines(Protocol):
    """Lines without their ends, with the number of the one that was given last, counted from 1."""

    number: int

    def __iter__(self) -> Iterator[bytes]:
        """The lines."""


def read_records(text: Lines, header: Header, order: Order | None = None) -> Iterator[Record]:
    """The records in lines that follow the header.

    :param order: what came before these lines.
    :raises InvalidInput: at the first record that is broken or out of order.
    """
    order = order or Order()
    tabs = header.width - 1
    for line in text:
        if not line:
            raise InvalidInput("The line is empty.", line=text.number)
        fields = line.split(b"\t", len(FIXED_COLUMNS))
        if line.count(b"\t") != tabs:
            raise _wrong_width(line, header, text.number)
        position = _checked_position(fields, text.number)
        record_end(fields, position, text.number)
        order.check(fields[CHROM], position, text.number)
        yield Record(text.number, line, fields, position)


def _wrong_width(line: bytes, header: Header, number: int) -> InvalidInput:
    columns = line.count(b"\t") + 1
    if line.startswith(b"#"):
        return InvalidInput("A header line comes after the #CHROM line.", line=number)
    hint = "; tabs separate columns, not blanks" if columns < header.width and b" " in line else ""
    return InvalidInput(
        f"The record has {counted(columns, 'column')} where the header names {header.width}{hint}.",
        line=number,
    )


def _checked_position(fields: list[bytes], number: int) -> int:
    """POS of a record whose columns CHROM, POS and REF are sound."""
    if not fields[CHROM] or fields[CHROM].startswith(b"#"):
        raise InvalidInput("CHROM is empty or starts with #.", line=number, column=CHROM + 1)
    if len(fields[CHROM]) > MAX_CONTIG_BYTES:
        raise InvalidInput(
            f"CHROM is longer than {MAX_CONTIG_BYTES:,} characters, which is more than is accepted.",
            line=number,
            column=CHROM + 1,
        )
    if not _POSITION.fullmatch(fields[POS]):
        raise InvalidInput(
            f"POS has to be a whole number, not {printable(fields[POS])!r}.", line=number, column=POS + 1
        )
    if not _REF.fullmatch(fields[REF]):
        raise InvalidInput(
            f"REF has to be bases (A, C, G, T, N), not {printable(fields[REF])!r}.",
            line=number,
            column=REF + 1,
        )
    position = int(fields[POS])
    if position > MAX_POSITION:
        raise InvalidInput(
            f"POS is beyond {MAX_POSITION:,}, the last position that the index of a result can hold.",
            line=number,
            column=POS + 1,
        )
    return position


class Order:
    """Sees that contigs come in one block each and positions ascend in it.

    The specification asks for it (section 1.6.1, POS and CHROM), and the index relies on it.
    """

    def __init__(self, contig: bytes = b"", position: int = 0) -> None:
        self._contig = contig
        self._position = position
        self._seen = {contig} if contig else set()

    def follows(self, contig: bytes, position: int) -> bool:
        """Whether a record may come next, as far as the last one tells."""
        return contig != self._contig or position >= self._position

    def check(self, contig: bytes, position: int, number: int) -> None:
        """Take in the next record; `InvalidInput` naming its line if it comes too late."""
        if contig != self._contig:
            self._start(contig, number)
        elif position < self._position:
            raise InvalidInput(
                f"Position {position} comes after {self._position} on {printable(contig)}: {_SORT}.",
                line=number,
                column=POS + 1,
            )
        self._position = position

    def _start(self, contig: bytes, number: int) -> None:
        if contig in self._seen:
            raise _scattered(contig, number)
        if len(self._seen) == MAX_CONTIGS:
            raise _too_many_contigs(number)
        self._seen.add(contig)
        self._contig = contig


def _scattered(contig: bytes, number: int) -> InvalidInput:
    return InvalidInput(
        f"The records of {printable(contig)} are not in one block: {_SORT}.", line=number, column=CHROM + 1
    )


def _too_many_contigs(number: int) -> InvalidInput:
    return InvalidInput(f"The file has more than {MAX_CONTIGS:,} contigs.", line=number)


class ContigOrder:
    """Sees that contigs come in one block each, over a file whose blocks were checked each by itself."""

    def __init__(self) -> None:
        self._last = b""
        self._seen: set[bytes] = set()

    def check(self, runs: Iterable[tuple[bytes, int]], error: InvalidInput | None) -> None:
        """Take in the contigs of a block, each with its first line.

        :param error: what is wrong with the block after these.
        :raises InvalidInput: the first of what is wrong.
        """
        for contig, line in runs:
            if contig != self._last and contig in self._seen:
                raise _scattered(contig, line)
            if contig not in self._seen and len(self._seen) == MAX_CONTIGS:
                raise _too_many_contigs(line)
            self._seen.add(contig)
            self._last = contig
        if error:
            raise error
