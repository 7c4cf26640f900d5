"""The files of a result appear all at once, when they are complete, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pysam

from services.annotator.vcf.decompression import BGZF_END

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO

_VCF_SUFFIXES = (".vcf", ".vcf.gz", ".vcf.bgz")


@dataclass(frozen=True)
class Outputs:
    """Where a result goes; the four files have to be in one file system.

    :ivar vcf: the annotated records, as BGZF.
    :ivar index: their tabix index.
    :ivar log: the page for people.
    :ivar summary: the same numbers as JSON.
    """

    vcf: Path
    index: Path
    log: Path
    summary: Path


def result_names(file_name: str) -> Outputs:
    """The names of the results of an input: those of ``x.vcf`` start with ``x``."""
    stem = _stem(file_name)
    return Outputs(
        vcf=Path(f"{stem}.annot.vcf.gz"),
        index=Path(f"{stem}.annot.vcf.gz.tbi"),
        log=Path(f"{stem}.vcf.count.log"),
        summary=Path("summary.json"),
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
    :ivar written: how many records it has.
    """

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._folder = tempfile.TemporaryDirectory(
            dir=outputs.vcf.parent, prefix=".annotating-", ignore_cleanup_errors=True
        )
        self.scratch = Path(self._folder.name)
        self._body = self.scratch / "body.partial"
        self.written = 0
        self._records = pysam.BGZFile(str(self._body), "wb", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._records.close()
        self._folder.cleanup()

    def write(self, record: bytes) -> None:
        """Add a record, with its line end."""
        self._records.write(record)
        self.written += 1

    def publish(self, header: bytes, log: str, summary: str) -> None:
        """Put the complete result in its place; the VCF comes last and vouches for the others."""
        self._records.close()
        parts = Outputs(*(self.scratch / name for name in ("vcf", "tbi", "log", "json")))
        self._join(header, parts.vcf)
        _index(parts.vcf, parts.index)
        parts.log.write_text(log, encoding="utf-8")
        parts.summary.write_text(summary, encoding="utf-8")
        self._move(parts)

    def _move(self, parts: Outputs) -> None:
        """Replace what an earlier run left; without its VCF no half of either run looks complete."""
        for part in (parts.index, parts.log, parts.summary, parts.vcf):
            _sync(part)
        self._outputs.vcf.unlink(missing_ok=True)
        parts.index.replace(self._outputs.index)
        parts.log.replace(self._outputs.log)
        parts.summary.replace(self._outputs.summary)
        parts.vcf.replace(self._outputs.vcf)
        _sync(self._outputs.vcf.parent)

    def _join(self, header: bytes, path: Path) -> None:
        """BGZF files follow one another as their blocks do, but for the end marker of the first."""
        with pysam.BGZFile(str(path), "wb", None) as stream:
            stream.write(header)
        with path.open("r+b") as joined, self._body.open("rb") as body:
            _check_end(body)
            _check_end(joined)
            joined.truncate(joined.seek(-len(BGZF_END), os.SEEK_END))
            body.seek(0)
            shutil.copyfileobj(body, joined, 1 << 20)


def _check_end(stream: BinaryIO) -> None:
    """A full disk shows when a file is closed, and not every library says so."""
    stream.seek(-len(BGZF_END), os.SEEK_END)
    if stream.read() != BGZF_END:
        raise OSError(errno.EIO, "the result could not be written to its end", str(stream.name))


def _index(path: Path, index: Path) -> None:
    quiet = pysam.set_verbosity(0)
    try:
        pysam.tabix_index(str(path), preset="vcf", force=True, keep_original=True, index=str(index))
    finally:
        pysam.set_verbosity(quiet)


def _sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder, before anyone is told of it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
