"""The Parquet file of a source: its rows gathered contig by contig, then written in the pack's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from services.annotator.pack.pack_contents import ROW_GROUP_ROWS, source_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from services.annotator.pack.manifest import Contig, Kind

# Beyond this level of Zstandard files get hardly smaller.
COMPRESSION_LEVEL = 9


class Gathered:
    """Rows on their way into a Parquet file; on disk, for a source may be larger than the memory.

    A file has its contigs in any order, the pack has its own.
    """

    def __init__(self, kind: Kind, keys: tuple[str, ...], folder: Path) -> None:
        self.schema = source_schema(kind, keys)
        self.rows_schema = self.schema.remove(0)
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._count = 0
        self._writer: Any = None
        self._contig = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def add(self, contig: Contig, rows: pa.Table) -> None:
        """Take sorted rows, without the column of the contig, that follow all of it that was taken."""
        if contig.name != self._contig:
            self._begin(contig.name)
        self._count += rows.num_rows
        self._writer.write_table(rows)

    def _begin(self, contig: str) -> None:
        self._close()
        assert contig not in self._files, "the rows of a contig come one after another"
        self._contig = contig
        self._files[contig] = self._folder / f"{len(self._files)}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
        self._writer = pa.ipc.new_stream(str(self._files[contig]), self.rows_schema, options=options)

    def write(self, path: Path, contigs: Sequence[Contig]) -> int:
        """Write the file, and tell how many rows it has."""
        self._close()
        options = {"compression": "zstd", "compression_level": COMPRESSION_LEVEL, "store_schema": False}
        with pq.ParquetWriter(path, self.schema, **options) as writer:
            for contig in contigs:
                for rows in self._groups(contig.name):
                    writer.write_table(self._with_contig(contig.name, rows), row_group_size=ROW_GROUP_ROWS)
        return self._count

    def _groups(self, contig: str) -> Iterator[pa.Table]:
        """The rows of a contig in tables of the size of a row group; the last one may be smaller."""
        if contig not in self._files:
            return
        held = self.rows_schema.empty_table()
        options = pa.ipc.IpcReadOptions(use_threads=False)
        with pa.ipc.open_stream(str(self._files[contig]), options=options) as batches:
            for batch in batches:
                held = pa.concat_tables([held, pa.table(batch)])
                while held.num_rows >= ROW_GROUP_ROWS:
                    yield held.slice(0, ROW_GROUP_ROWS)
                    held = held.slice(ROW_GROUP_ROWS)
        if held.num_rows:
            yield held

    def _with_contig(self, contig: str, rows: pa.Table) -> pa.Table:
        names = pa.repeat(pa.scalar(contig, pa.string()), rows.num_rows)
        # Bytes do not depend on how the rows came together.
        return pa.table([names, *rows.columns], schema=self.schema).combine_chunks()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer, self._contig = None, ""
