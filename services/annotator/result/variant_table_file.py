"""The Parquet file of the variant table, in the making."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from types import TracebackType

# Row groups of this size are small enough to read for one page and large enough to compress well.
ROW_GROUP_ROWS = 1 << 16

# Fast, and as small as deflate at its best.
_COMPRESSION, _LEVEL = "zstd", 1

# A row group ends early when its rows take so much memory.
_ROW_GROUP_BYTES = 64 << 20

# Columns of ascending numbers, which take the least space as differences; and of texts of which hardly any
# two are the same, to collect which in a dictionary takes time and saves nothing.
_ASCENDING = ("line", "position")
_UNIQUE = ("id", "hgvsc", "hgvsp")


class VariantTable:
    """The Parquet file in the making, in row groups of one size.

    :param unique: more columns of texts of which hardly any two are the same.
    """

    def __init__(self, path: Path, columns: pa.Schema, unique: Collection[str] = ()) -> None:
        unrepeated = {*_ASCENDING, *_UNIQUE, *unique}
        self._writer = pq.ParquetWriter(
            path,
            columns,
            compression=_COMPRESSION,
            compression_level=_LEVEL,
            use_dictionary=[name for name in columns.names if name not in unrepeated],
            column_encoding=dict.fromkeys(_ASCENDING, "DELTA_BINARY_PACKED"),
        )
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, table: pa.Table) -> None:
        """Add the rows of a block."""
        self._waiting.append(table)
        self._rows += len(table)
        while self._rows >= ROW_GROUP_ROWS:
            self._write_group(ROW_GROUP_ROWS)
        if sum(waiting.nbytes for waiting in self._waiting) > _ROW_GROUP_BYTES:
            self._write_group(self._rows)

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        if self._rows:
            self._write_group(self._rows)
        self._writer.close()

    def _write_group(self, rows: int) -> None:
        table = pa.concat_tables(self._waiting)
        self._writer.write_table(table.slice(0, rows).unify_dictionaries().combine_chunks())
        rest = table.slice(rows)
        self._waiting, self._rows = ([rest] if len(rest) else []), len(rest)
