"""What a program that is not ours gets to read: the user's records, checked, in BGZF with an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pysam

from gas.errors import InvalidInput
from services.annotator.vcf.header import Header, read_header
from services.annotator.vcf.records import read_records
from services.annotator.vcf.text import Text


@dataclass(frozen=True)
class Prepared:
    """A checked input.

    :ivar records: how many it has.
    :ivar warnings: what may be wrong with it as a whole, as sentences.
    :ivar notes: what was changed, as sentences.
    """

    path: Path
    header: Header
    records: int
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    def lines(self) -> Iterator[bytes]:
        """Its records, without line ends."""
        with pysam.BGZFile(str(self.path), "rb", None) as stream:
            yield from (line for line in stream if not line.startswith(b"#"))


def prepare_input(source: Path, path: Path) -> Prepared:
    """Check the user's file and write it to a path.

    :raises InvalidInput: if it can never be annotated.
    """
    with Text(source) as text:
        try:
            header = read_header(text)
            records = _write(path, text, header)
        except InvalidInput:
            text.read_to_end()
            raise
        pysam.tabix_index(str(path), preset="vcf", force=True)
        return Prepared(path, header, records, tuple(text.warnings), tuple(text.notes))


def _write(path: Path, text: Text, header: Header) -> int:
    records = 0
    with pysam.BGZFile(str(path), "wb", None) as stream:
        stream.write(b"".join(line + b"\n" for line in (*header.meta, header.columns)))
        for record in read_records(text, header):
            stream.write(record.raw + b"\n")
            records += 1
    return records
