"""The files of a result appear all at once, when they are complete, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from services.annotator.result.bgzf import compress
from services.annotator.result.tabix import TabixIndex
from services.annotator.result.variant_table_file import VariantTable
from services.annotator.vcf.decompression import BGZF_END

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import TracebackType

    from services.annotator.annotation.block import Annotated

_COPIED_BYTES = 1 << 20
_VCF_SUFFIXES = (".vcf", ".vcf.gz", ".vcf.bgz")


@dataclass(frozen=True)
class Outputs:
    """Where a result goes; the files have to be in one file system.

    :ivar vcf: the annotated records, as BGZF.
    :ivar index: their tabix index.
    :ivar log: the page for people.
    :ivar summary: the same numbers as JSON.
    :ivar table: the alleles of the records as rows, as Parquet; None if nobody wants it.
    """

    vcf: Path
    index: Path
    log: Path
    summary: Path
    table: Path | None = None


def result_names(file_name: str) -> Outputs:
    """The names of the results of an input: those of ``x.vcf`` start with ``x``."""
    stem = _stem(file_name)
    return Outputs(
        vcf=Path(f"{stem}.annot.vcf.gz"),
        index=Path(f"{stem}.annot.vcf.gz.tbi"),
        log=Path(f"{stem}.vcf.count.log"),
        summary=Path("summary.json"),
        table=Path(f"{stem}.parquet"),
    )


def _stem(file_name: str) -> str:
    name = Path(file_name).name
    for suffix in sorted(_VCF_SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


class ResultFiles:
    """The result in the making, in a hidden folder beside its destination.

    :ivar scratch: that folder.
    """

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._folder = tempfile.TemporaryDirectory(
            dir=outputs.vcf.parent, prefix=".annotating-", ignore_cleanup_errors=True
        )
        self.scratch = Path(self._folder.name)
        self._body = (self.scratch / "body.partial").open("w+b")
        self._index = TabixIndex()
        self._table: VariantTable | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._body.close()
        self._folder.cleanup()

    @property
    def has_table(self) -> bool:
        """Whether the table is wanted."""
        return self._outputs.table is not None

    def start_table(self, columns: pa.Schema, unique: Collection[str] = ()) -> None:
        """Begin the table, if it is wanted.

        :param unique: columns of texts of which hardly any two are the same.
        """
        if self.has_table:
            self._table = VariantTable(self.scratch / "table", columns, unique)

    def write(self, block: Annotated) -> None:
        """Add the records of a block."""
        self._index.add(block.index, self._body.tell())
        self._body.write(block.records)
        if self._table:
            self._table.write(pa.ipc.open_stream(block.table).read_all())

    def publish(self, header: bytes, log: str, summary: str) -> None:
        """Put the complete result in its place; the VCF comes last and vouches for the others."""
        parts = Outputs(*(self.scratch / name for name in ("vcf", "tbi", "log", "json")))
        compressed = compress(header).data
        self._join(compressed, parts.vcf)
        self._index.write(parts.index, len(compressed))
        parts.log.write_text(log, encoding="utf-8")
        parts.summary.write_text(summary, encoding="utf-8")
        if self._table:
            self._table.close()
            parts = replace(parts, table=self.scratch / "table")
        self._move(parts)

    def _join(self, header: bytes, path: Path) -> None:
        """BGZF files follow one another as their blocks do; the last one is empty."""
        self._body.seek(0)
        with path.open("wb") as joined:
            joined.write(header)
            shutil.copyfileobj(self._body, joined, _COPIED_BYTES)
            joined.write(BGZF_END)

    def _move(self, parts: Outputs) -> None:
        """Replace what an earlier run left; without its VCF no half of either run looks complete."""
        pairs = [
            (part, output)
            for part, output in zip(vars(parts).values(), vars(self._outputs).values(), strict=True)
            if part and output
        ]
        for part, _ in pairs:
            _sync(part)
        self._outputs.vcf.unlink(missing_ok=True)
        for part, output in sorted(pairs, key=lambda pair: pair[0] == parts.vcf):
            part.replace(output)
        _sync(self._outputs.vcf.parent)


def _sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder, before anyone is told of it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
