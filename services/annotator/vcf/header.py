"""The header of a VCF: checked, and otherwise kept as the bytes that it came in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gas.errors import InvalidInput
from services.annotator.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.vcf.text import Text

VERSIONS = ("4.1", "4.2", "4.3", "4.4", "4.5")

# Headers are held in memory. This is room for half a million contig lines.
MAX_HEADER_BYTES = 32_000_000

FIXED_COLUMNS = (b"#CHROM", b"POS", b"ID", b"REF", b"ALT", b"QUAL", b"FILTER", b"INFO")

_FILEFORMAT = re.compile(rb"##fileformat=VCFv(\d+\.\d+)\s*")
_META = re.compile(rb"##[^=<>]+=.*", re.DOTALL)
# Keys whose value has to be a structured line with an ID (VCF specification, 1.4.2 to 1.4.7).
_STRUCTURED = re.compile(rb"##(INFO|FORMAT|FILTER|ALT|contig)=")
_STRUCTURE = re.compile(rb"##\w+=<(?:[^,<>]+,)*?ID=[^,<>]+", re.DOTALL)
_CONTIG_ID = re.compile(rb"##contig=<(?:[^,<>]+,)*?ID=([^,>]+)")
_CONTIG_LENGTH = re.compile(rb"[<,]length=(\d{1,18})[,>]")
# A text in quotes; a quote or a backslash in it follows a backslash. A quote elsewhere than at the start
# of a value is a character of a name, such as a symbolic allele may have.
_QUOTED = re.compile(rb'(?<==)"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


@dataclass(frozen=True)
class Header:
    """What the annotation needs to know of a header.

    :ivar meta: the lines that start with ``##``, as they came.
    :ivar columns: the ``#CHROM`` line, as it came.
    :ivar contigs: the declared contigs with their lengths, where given.
    """

    version: str
    meta: tuple[bytes, ...]
    columns: bytes
    contigs: Mapping[bytes, int | None]

    @property
    def width(self) -> int:
        """How many columns each record has."""
        return self.columns.count(b"\t") + 1

    @property
    def sample_names(self) -> tuple[str, ...]:
        """The names of the samples, printable."""
        return tuple(map(printable, self.columns.split(b"\t")[len(FIXED_COLUMNS) + 1 :]))

    @property
    def samples(self) -> int:
        """How many samples each record has."""
        return max(0, self.width - len(FIXED_COLUMNS) - 1)


def read_header(text: Text) -> Header:
    """Take the header off a text, leaving it before the first record.

    :raises InvalidInput: if the text does not start with a sound header of a supported version.
    """
    lines = iter(text)
    meta = [next(lines, b"")]
    version = _version(meta[0])
    size = 0
    for line in lines:
        size += len(line)
        if size > MAX_HEADER_BYTES:
            raise InvalidInput(
                f"The header is longer than {MAX_HEADER_BYTES:,} characters, which is more than is accepted.",
                line=text.number,
            )
        if not line.startswith(b"##"):
            _check_columns(line, text.number)
            return Header(version, tuple(meta), line, dict(filter(None, map(_contig, meta))))
        _check_meta(line, text.number)
        meta.append(line)
    raise InvalidInput("The file ends without a #CHROM line, which names the columns.", line=text.number)


def _version(line: bytes) -> str:
    if b"\r" in line:
        raise InvalidInput("The lines end in CR alone, as on old Macs: save the file with LF line ends.")
    match = _FILEFORMAT.fullmatch(line)
    if not match:
        raise InvalidInput(
            "This is not a VCF: the first line has to be ##fileformat=VCFv4.1 to VCFv4.5, "
            f"not {printable(line)!r}.",
            line=1,
        )
    version = match[1].decode()
    if version not in VERSIONS:
        raise InvalidInput(
            f"VCF version {printable(match[1])} is not supported, only {VERSIONS[0]} to {VERSIONS[-1]}.",
            line=1,
        )
    return version


def _check_meta(line: bytes, number: int) -> None:
    if not _META.fullmatch(line):
        raise InvalidInput("A header line has to be ##key=value.", line=number)
    if (key := _STRUCTURED.match(line)) and not _is_structured(line):
        name = key[1].decode()
        raise InvalidInput(f"A ##{name} line has to be ##{name}=<ID=...>, closed by a bracket.", line=number)


def _is_structured(line: bytes) -> bool:
    """Whether a line has an ID, and a bracket at its end; quotes that are amiss are left to remarks."""
    return line.rstrip().endswith(b">") and _STRUCTURE.match(unquoted(line)) is not None


def unquoted(line: bytes) -> bytes:
    """A header line with nothing in its quotes, where commas, brackets and names mean nothing."""
    return _QUOTED.sub(b'""', line)


def _contig(line: bytes) -> tuple[bytes, int | None] | None:
    line = unquoted(line) if line.startswith(b"##contig=") else line
    if not (name := _CONTIG_ID.match(line)):
        return None
    length = _CONTIG_LENGTH.search(line)
    return name[1], int(length[1]) if length else None


def _check_columns(line: bytes, number: int) -> None:
    """The line after the ``##`` lines has to name the columns, the samples by one name each."""
    if not line.startswith(b"#CHROM"):
        raise InvalidInput("The #CHROM line, which names the columns, is missing before this.", line=number)
    columns = line.split(b"\t")
    for place, (found, wanted) in enumerate(zip(columns, (*FIXED_COLUMNS, b"FORMAT"), strict=False), 1):
        if found != wanted:
            raise InvalidInput(
                f"This column has to be {wanted.decode()}, not {printable(found)!r}; tabs separate columns.",
                line=number,
                column=place,
            )
    if len(columns) < len(FIXED_COLUMNS):
        missing = FIXED_COLUMNS[len(columns)].decode()
        raise InvalidInput(f"The #CHROM line lacks the column {missing}; tabs separate columns.", line=number)
    _check_samples(columns[len(FIXED_COLUMNS) + 1 :], number)


def _check_samples(names: list[bytes], number: int) -> None:
    seen: set[bytes] = set()
    for place, name in enumerate(names, len(FIXED_COLUMNS) + 2):
        if not name.strip() or name in seen:
            problem = (
                f"The sample name {printable(name)!r} occurs twice."
                if name.strip()
                else "A sample has no name."
            )
            raise InvalidInput(problem, line=number, column=place)
        seen.add(name)
