"""The VCF that the engine gets, and the one that it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.vcf.columns import LONGEST, Columns
from services.annotator.vcf.records import INFO
from services.annotator.vcf.text import Block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.annotator.pack.manifest import Contig

# The columns that a record has without samples.
FIXED = 8

_COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
_PREFIX = b"BCSQ="


def header_text(contigs: Iterable[Contig], more_columns: str) -> str:
    """The header of a VCF of records on some contigs."""
    lines = "".join(f"##contig=<ID={contig.name},length={contig.length}>\n" for contig in contigs)
    return f"##fileformat=VCFv4.2\n{lines}{_COLUMNS}{more_columns}\n"


def answered(output: bytes, width: int) -> Columns | None:
    """The records in the engine's output, None if there are none.

    :param width: how many columns they should have.
    :raises Broken: if one has another number.
    """
    header = output.find(b"\n#CHROM")
    body = output[output.find(b"\n", header + 1) + 1 :] if header >= 0 else b""
    return Columns(Block(0, body), width) if body else None


def values_of(columns: Columns) -> pa.BinaryArray:
    """The BCSQ values of records of the engine, empty where there are none."""
    return pc.binary_slice(columns.column(INFO), len(_PREFIX), LONGEST)
