"""A VCF of known variants as tables of its first eight columns, one contig and some megabytes at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gas.errors import InvalidInput
from services.annotator.pack_tool.input_files import line_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_USED = ("CHROM", "POS", "ID", "REF", "ALT", "INFO")
_LINE_FEED = 10


class Records(NamedTuple):
    """Consecutive records of one contig.

    :ivar contig: as the file calls it.
    :ivar table: the columns POS, ID, REF, ALT and INFO.
    """

    contig: str
    table: pa.Table


def read_vcf(path: Path) -> Iterator[Records]:
    """The records of a VCF, which has to be sorted by position in each contig.

    :raises InvalidInput: if it is not a VCF, or not sorted.
    """
    order = _Order(path)
    for table in _tables(path):
        contigs = table["CHROM"].combine_chunks().dictionary_encode()
        codes = contigs.indices.to_numpy()
        starts = [0, *(np.flatnonzero(np.diff(codes)) + 1), len(codes)]
        for start, end in pairwise(starts):
            records = Records(contigs.dictionary[codes[start]].as_py(), table.slice(start, end - start))
            order.check(records)
            yield records


def _tables(path: Path) -> Iterator[pa.Table]:
    width = 0
    for piece in line_pieces(path):
        body = piece
        if not width:
            header, body = _split_header(piece)
            width = _width(header, path)
        if width and body.strip():
            yield _table(body, width, path)
    if not width:
        raise InvalidInput(f"{path} is not a VCF: it has no #CHROM line.")


def _split_header(text: bytes) -> tuple[bytes, bytes]:
    """The #CHROM line, nothing if it is still to come, and what follows it."""
    start = 0 if text.startswith(b"#CHROM") else text.find(b"\n#CHROM") + 1
    if not text.startswith(b"#CHROM", start):
        return b"", b""
    header, _, body = text[start:].partition(b"\n")
    return header, body


def _width(header: bytes, path: Path) -> int:
    """How many columns a record is split into: those up to INFO, and all that follow it as one."""
    if not header:
        return 0
    names = header.decode("utf-8", "replace").rstrip("\r").removeprefix("#").split("\t")
    if tuple(names[: len(_COLUMNS)]) != _COLUMNS:
        raise InvalidInput(f"{path} is not a VCF: its #CHROM line lacks columns.")
    return min(len(names), len(_COLUMNS) + 1)


def _table(text: bytes, width: int, path: Path) -> pa.Table:
    lines = _lines(text, path)
    parts = pc.split_pattern(lines, "\t", max_splits=len(_COLUMNS))
    widths = pc.list_value_length(parts).to_numpy()
    if (widths != width).any():
        line = lines[int(np.flatnonzero(widths != width)[0])].as_py()
        raise InvalidInput(f"{path} has a record that has not as many columns as #CHROM: {line[:60]!r}.")
    flat = parts.flatten()
    first = np.arange(len(lines)) * width
    columns = {name: flat.take(pa.array(first + _COLUMNS.index(name))) for name in _USED}
    try:
        columns["POS"] = columns["POS"].cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise InvalidInput(f"{path} has a POS that is not a number: {str(error).rstrip('.')}.") from error
    return pa.table(columns)


def _lines(text: bytes, path: Path) -> Any:
    """The lines as an array, without their ends."""
    text = text.replace(b"\r\n", b"\n")
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == _LINE_FEED) + 1
    offsets = np.unique(np.concatenate([[0], ends, [len(data)]])).astype(np.int32)
    lines = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(text))
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid as error:
        raise InvalidInput(f"{path} is not a VCF: its text is not UTF-8.") from error
    lines = pc.ascii_rtrim(lines, "\n")
    return lines.filter(pc.greater(pc.binary_length(lines), 0))


class _Order:
    """Sees that a contig comes in one piece and its positions ascend, on which the sorting relies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: set[str] = set()
        self._contig = ""
        self._position = 0

    def check(self, records: Records) -> None:
        positions: Any = records.table["POS"].combine_chunks().to_numpy()
        if records.contig != self._contig:
            if records.contig in self._seen:
                raise self._unsorted(records.contig, int(positions[0]))
            self._seen.add(records.contig)
            self._contig, self._position = records.contig, 0
        wrong = np.flatnonzero(np.diff(positions, prepend=self._position) < 0)
        if len(wrong):
            raise self._unsorted(records.contig, int(positions[wrong[0]]))
        self._position = int(positions[-1])

    def _unsorted(self, contig: str, position: int) -> InvalidInput:
        return InvalidInput(
            f"{self._path} is not sorted at {contig}:{position}; sort it with `bcftools sort`."
        )
