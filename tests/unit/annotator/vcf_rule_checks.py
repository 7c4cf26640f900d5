"""Headers and records for the rules of VCF, and what these say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.annotator.vcf.header import Header
from services.annotator.vcf.rules.record_rules import RecordRules
from services.annotator.vcf.rules.remark import Remark

INFO = '##INFO=<ID={},Number={},Type={},Description="x">'
FORMAT = '##FORMAT=<ID={},Number={},Type={},Description="x">'
META = (
    INFO.format("WHOLE", "1", "Integer"),
    INFO.format("MANY", ".", "Integer"),
    INFO.format("REAL", "A", "Float"),
    INFO.format("EACH", "R", "String"),
    INFO.format("SIGN", "1", "Character"),
    INFO.format("FLAG", "0", "Flag"),
    INFO.format("FLAGS", "A", "Flag"),
    INFO.format("TEXT", "1", "String"),
    FORMAT.format("GT", "1", "String"),
    FORMAT.format("AD", "R", "Integer"),
    FORMAT.format("PAIR", "2", "Float"),
    FORMAT.format("PL", "G", "Integer"),
    FORMAT.format("LETTER", ".", "Character"),
)


def header(version: str = "4.2", meta: Sequence[str] = META) -> Header:
    """A header of one sample."""
    columns = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS"
    lines = (f"##fileformat=VCFv{version}".encode(), *(line.encode() for line in meta))
    return Header(version, lines, columns, {})


def raw(columns: Mapping[str, str | None]) -> bytes:
    """A record of columns given by name; the others are sound, and one that is None is left out."""
    values = {
        "CHROM": "1", "POS": "9", "ID": ".", "REF": "C", "ALT": "T", "QUAL": ".", "FILTER": ".", "INFO": ".",
        "FORMAT": "GT", "S": "0/1", **columns,
    }  # fmt: skip
    values.pop("version", None)
    given = [value for value in values.values() if value is not None]
    return "\t".join(given).encode("utf-8", "surrogateescape")


def check(columns: Mapping[str, str | None], meta: Sequence[str] = META) -> list[Remark]:
    """What is said of a record in line 7; its version is 4.2 where none is given."""
    return list(RecordRules(header(columns.get("version") or "4.2", meta)).check(7, raw(columns)))
