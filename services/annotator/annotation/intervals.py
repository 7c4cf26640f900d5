"""What the pack's sources say about stretches of the reference that a record touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from services.annotator.annotation.screening import NO_CONTIG
from services.annotator.pack.manifest import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from services.annotator.pack.manifest import Contig, Source
    from services.annotator.pack.pack import Pack

_COLUMNS = ("contig", "start", "end")


class _Group(NamedTuple):
    number: int
    start: int
    end: int


class _Stretches(NamedTuple):
    """Stretches of one contig by ascending start, and how far those up to each reach."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    reach: NDArray[np.int64]
    table: pa.Table


class KnownIntervals:
    """The sources of intervals of a pack, open for the time of one job."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._files = [
            _File(source, pq.ParquetFile(pack.path(source.file)))
            for source in pack.sources
            if source.kind == Kind.INTERVALS
        ]

    def look_up(
        self, contigs: NDArray[np.int32], positions: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> dict[str, pa.StringArray]:
        """For each key the values of each record, joined by commas; null where no interval is touched.

        Of several sources with one key the first in the manifest counts, as it does for alleles.

        :param contigs: for each record the number of its contig in the pack.
        :param positions: the first base of each, and ``ends`` the last.
        """
        found: dict[str, list[str | None]] = {
            key: [None] * len(positions) for file in self._files for key in file.source.keys
        }
        for number in np.unique(contigs[contigs != NO_CONTIG]).tolist():
            records = np.flatnonzero(contigs == number)
            for file in self._files:
                stretches = file.read(
                    self._pack.contigs[number], int(positions[records].min()), int(ends[records].max())
                )
                for record, rows in _touching(stretches, records, positions, ends):
                    for key in file.source.keys:
                        values = stretches.table[key].take(pa.array(rows)).to_pylist()
                        if given := dict.fromkeys(value for value in values if value):
                            found[key][record] = found[key][record] or ",".join(given)
        return {key: pa.array(texts, pa.string()) for key, texts in found.items()}


def _touching(
    stretches: _Stretches, records: NDArray[np.int64], positions: NDArray[np.int64], ends: NDArray[np.int64]
) -> Iterator[tuple[int, list[int]]]:
    """The records that touch any stretch, each with the rows of those that it touches."""
    firsts = np.searchsorted(stretches.reach, positions[records])
    lasts = np.searchsorted(stretches.starts, ends[records], side="right")
    for place in np.flatnonzero(firsts < lasts).tolist():
        record = int(records[place])
        rows = np.arange(firsts[place], lasts[place])
        rows = rows[stretches.ends[rows] >= positions[record]]
        if len(rows):
            yield record, rows.tolist()


class _File:
    """A Parquet file of intervals, of which only the row groups that are needed are read."""

    def __init__(self, source: Source, file: pq.ParquetFile) -> None:
        self.source = source
        self._file = file
        self._groups: dict[str, list[_Group]] = {}
        places = [file.schema_arrow.names.index(name) for name in _COLUMNS]
        for number in range(file.num_row_groups):
            group = file.metadata.row_group(number)
            contig, start, end = (group.column(place).statistics for place in places)
            self._groups.setdefault(contig.min, []).append(_Group(number, start.min, end.max))

    def read(self, contig: Contig, start: int, end: int) -> _Stretches:
        """The row groups that may have something in a stretch of a contig, as one table."""
        groups = [
            group.number
            for group in self._groups.get(contig.name, ())
            if group.start <= end and group.end >= start
        ]
        table = self._file.read_row_groups(
            groups, columns=["start", "end", *self.source.keys], use_threads=False
        )
        starts, ends = (table[name].to_numpy().astype(np.int64) for name in ("start", "end"))
        return _Stretches(starts, ends, np.maximum.accumulate(ends), table)
