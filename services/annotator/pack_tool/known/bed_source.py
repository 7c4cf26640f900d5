"""A source of intervals: BED files, whose stretches of the reference have a name or one common value.

BED counts from 0 and leaves the last base out (https://genome.ucsc.edu/FAQ/FAQformat.html#format1); a
pack counts from 1 and has both ends in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from gas.errors import InvalidInput
from services.annotator.pack_tool.input_files import line_pieces
from services.annotator.pack_tool.known.reading import OUTSIDE, UNKNOWN_CONTIG
from services.annotator.pack_tool.known.values import constant, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.known.parquet_files import Gathered
    from services.annotator.pack_tool.known.reading import Reading
    from services.annotator.pack_tool.known.source_spec import SourceSpec

# Lines that are for the browser of UCSC alone.
_OTHER_LINES = (b"#", b"track", b"browser")
_COLUMNS = 3


class Interval(NamedTuple):
    """A stretch of a contig.

    :ivar start: the first base, counted from 1.
    :ivar end: the last base.
    :ivar name: the fourth column, or nothing.
    """

    start: int
    end: int
    name: str


def read_intervals(spec: SourceSpec, pack: Pack, gathered: Gathered, reading: Reading) -> None:
    """Gather the rows of BED files, whose lines may be in any order; they are held in memory.

    :raises InvalidInput: if one is not BED.
    """
    found: dict[Contig, list[Interval]] = {}
    for path in spec.files:
        for name, interval in read_bed(path):
            reading.records += 1
            contig = pack.contig_names.get(name)
            if contig is None:
                reading.leave_out(UNKNOWN_CONTIG, name.decode("utf-8", "replace"))
            elif not 1 <= interval.start <= interval.end <= contig.length:
                reading.leave_out(OUTSIDE, f"{contig.name}:{interval.start}-{interval.end}")
            else:
                found.setdefault(contig, []).append(interval)
    for contig, intervals in found.items():
        intervals.sort(key=lambda interval: interval[:2])
        rows = _rows(spec, intervals, gathered, reading)
        reading.count_values(rows)
        gathered.add(contig, rows)


def _rows(spec: SourceSpec, intervals: Sequence[Interval], gathered: Gathered, reading: Reading) -> pa.Table:
    starts, ends, names = zip(*intervals, strict=True)
    texts = pa.array(names, pa.string())
    columns: list[Any] = [
        constant(field.constant, len(intervals)) if field.field is None else values(field, texts, reading)
        for field in spec.fields
    ]
    places = [pa.array(starts, pa.int32()), pa.array(ends, pa.int32())]
    return pa.table(places + columns, schema=gathered.rows_schema)


def read_bed(path: Path) -> Iterator[tuple[bytes, Interval]]:
    """The intervals of a BED file, each with its contig as the file calls it.

    :raises InvalidInput: at the first line that is not BED.
    """
    number = 0
    for piece in line_pieces(path):
        for line in piece.splitlines():
            number += 1
            if line.strip() and not line.startswith(_OTHER_LINES):
                yield _interval(line, path, number)


def _interval(line: bytes, path: Path, number: int) -> tuple[bytes, Interval]:
    separator = b"\t" if b"\t" in line else None
    columns = line.split(separator, _COLUMNS + 1)
    if len(columns) < _COLUMNS or not columns[1].isdigit() or not columns[2].isdigit():
        raise InvalidInput(f"{path} is not BED, which has contig, start and end.", line=number)
    name = columns[_COLUMNS].decode("utf-8", "replace").strip() if len(columns) > _COLUMNS else ""
    return columns[0], Interval(int(columns[1]) + 1, int(columns[2]), name)
