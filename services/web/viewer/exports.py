"""The filtered rows of a table as files of any size, in memory that does not grow with them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gas.keys import clean_file_name
from services.web.viewer.bgzf import pack, unpack
from services.web.viewer.content import GENOTYPE
from services.web.viewer.engine import LONG_WAIT_SECONDS, quoted, select, text_literal
from services.web.viewer.file_lock import OpenFile
from services.web.viewer.filters import Filter
from services.web.viewer.tables import Table
from services.web.viewer.vcf_records import pick_records

#: Rows that are asked for at a time: their text is some MB.
ROWS = 1 << 14

_PIECE_BYTES = 1 << 20
_MAX_SHORT = 60
_VCF_END = re.compile(r"\.vcf(\.gz|\.bgz)?$", re.IGNORECASE)
_NOT_SHORT = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True)
class Format:
    """A kind of file.

    :ivar stored: how the name of the result file ends that has everything; empty if there is none.
    """

    suffix: str
    media_type: str
    stored: str = ""


FORMATS = {
    "vcf": Format(".vcf.gz", "application/gzip", ".annot.vcf.gz"),
    "tsv": Format(".tsv", "text/tab-separated-values"),
    "parquet": Format(".parquet", "application/vnd.apache.parquet", ".parquet"),
}


def export_name(file_name: str, wanted: Filter, kind: Format) -> str:
    """The name of a file with the filter in short: ``sample.HIGH-MT.ND4.tsv``."""
    values = "-".join(_NOT_SHORT.sub(".", value).strip(".") for _, value in wanted.pairs())
    short = f".{values[:_MAX_SHORT].strip('.-')}" if values else ".all"
    return clean_file_name(f"{_VCF_END.sub('', file_name)}{short}{kind.suffix}")


def tsv(table: Table, wanted: Filter) -> Iterator[bytes]:
    """Tab-separated text: a line of names, and a line for each allele in the order of the file.

    A missing value is empty. No value has a tab or a line end, for each can stand in a VCF.
    """
    content = table.content
    names = [_sample_name(name, content.samples) for name in content.columns]
    yield ("\t".join(names) + "\n").encode()
    cells = [f"coalesce({_text(name)}, '')" for name in content.columns]
    for rows in _batches(table, wanted, " || chr(9) || ".join(cells)):
        if rows:
            yield "".join(f"{row[0]}\n" for row in rows).encode()


def vcf(table: Table, wanted: Filter, stored: Iterator[bytes]) -> Iterator[bytes]:
    """The records of which an allele passes, whole and unchanged, with the filter in one line of the header.

    :param stored: the result file.
    """
    first = table.content.first_line
    # No line of the input is empty, and all of its records are in the result, in their order.
    batches = _batches(table, wanted, "DISTINCT line", "ORDER BY line")
    numbers = (line - first for lines in batches for (line,) in lines)
    told = b"##GAS_filter=" + urlencode(wanted.pairs()).encode()
    return pack(pick_records(unpack(stored), _once(numbers), told))


def parquet(table: Table, wanted: Filter, target: OpenFile) -> Iterator[bytes]:
    """A Parquet file with the rows, written to a file first, for its end is known last."""
    condition = table.condition(wanted)
    rows = select("* EXCLUDE (file_row_number)", "WHERE", condition.sql)
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {1 << 16}, USE_TMP_FILE false"
    sql = f"COPY ({rows}) TO {text_literal(str(target.path))} ({options})"
    table.engine.write(sql, [str(table.path), *condition.values])
    at = 0
    while piece := os.pread(target.descriptor, _PIECE_BYTES, at):
        yield piece
        at += len(piece)


def _batches(table: Table, wanted: Filter, what: str, *more: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, so many of the table at a time; between two of them others have their turn."""
    condition = table.condition(wanted)
    sql = select(what, "WHERE file_row_number BETWEEN ? AND ? AND", condition.sql, *more)
    for first, last in table.row_ranges(ROWS):
        values = [str(table.path), first, last, *condition.values]
        yield table.engine.rows(sql, values, wait=LONG_WAIT_SECONDS)


def _once(numbers: Iterator[int]) -> Iterator[int]:
    """Numbers that ascend, without repetitions: a record may be in two batches."""
    before = -1
    for number in numbers:
        if number != before:
            yield number
        before = number


def _text(name: str) -> str:
    """A cell as text; whole numbers without a point."""
    text = f"CAST({quoted(name)} AS VARCHAR)"
    return f"regexp_replace({text}, '[.]0$', '')" if name == "qual" else text


def _sample_name(name: str, samples: tuple[str, ...]) -> str:
    return f"{GENOTYPE}{samples[int(name.removeprefix(GENOTYPE)) - 1]}" if name.startswith(GENOTYPE) else name
