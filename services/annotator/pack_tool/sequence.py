"""The sequence of a pack: FASTA in lines of one width and upper case, with its index.

The engine finds a base by arithmetic on the columns of the ``.fai`` (samtools faidx), so the file is
not compressed and every line but the last of a contig has the same number of bases.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from gas.errors import InvalidInput, Misconfigured
from services.annotator.pack_tool.input_files import pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SEQUENCE_NAME = "sequence.fa"

LINE_BASES = 60
_LINE_FEED = 10

_UPPER = bytes(range(256)).upper()
_BETWEEN_BASES = b" \t\r\n"

# The nucleotide codes of NC-IUB 1984, which a FASTA file may have instead of a base; they are kept.
_BASES = b"ACGTRYKMSWBDHVN"

# What a contig may be called in a VCF (version 4.3, section 1.4.7).
_NAME = re.compile(r"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")


class Written(NamedTuple):
    """A contig of the FASTA that was written.

    :ivar md5: of its upper-case bases.
    """

    name: str
    length: int
    md5: str


def write_sequence(source: Path, folder: Path, wanted: Collection[str] | None = None) -> list[Written]:
    """Copy the contigs of a FASTA file, plain or compressed, into a folder, and index the copy.

    :param wanted: names of the contigs to take, all of them if it is None.
    :raises InvalidInput: if it is not FASTA of nucleotides with a name of its own for each contig.
    :raises Misconfigured: if a wanted contig is not there.
    """
    done: list[Written] = []
    with (folder / SEQUENCE_NAME).open("wb") as out, (folder / f"{SEQUENCE_NAME}.fai").open("w") as index:
        for _, texts in groupby(_read(source), key=itemgetter(0)):
            contig: _Contig | None = None
            for _, name, text in texts:
                if wanted is None or name in wanted:
                    contig = contig or _Contig(name, out)
                    contig.add(text, source)
            if contig:
                done.append(contig.close())
                index.write(contig.index_line())
    _check(source, done, wanted)
    return done


def _check(source: Path, done: list[Written], wanted: Collection[str] | None) -> None:
    names = Counter(contig.name for contig in done)
    if not names and wanted is None:
        raise InvalidInput(f"{source} is not a FASTA file: it has no line that begins with >.")
    if missing := sorted(set(wanted or ()) - set(names)):
        raise Misconfigured(f"{source} has no contig {missing[0]}; name contigs as this file does.")
    for contig in done:
        if not contig.length:
            raise InvalidInput(f"{source} has no bases for the contig {contig.name}.")
        if names[contig.name] > 1:
            raise InvalidInput(f"{source} has the contig {contig.name} twice.")


def _read(source: Path) -> Iterator[tuple[int, str, bytes]]:
    """Pieces of the file, each with the number and the name of its contig."""
    number, name, header, in_header = 0, "", b"", False
    for piece in pieces(source):
        first, *others = piece.split(b">")
        for text in (first, *(b">" + other for other in others)):
            # A > within a header is a letter like any other.
            bases = text
            if in_header or text.startswith(b">"):
                start, end, bases = text.partition(b"\n")
                header, in_header = header + start, not end
                if in_header:
                    continue
                number, name, header = number + 1, _name(header[1:], source), b""
                yield number, name, b""
            if bases.strip():
                if not number:
                    raise InvalidInput(f"{source} is not a FASTA file: it does not begin with >.")
                yield number, name, bases
    if in_header:
        yield number + 1, _name(header[1:], source), b""


def _name(header: bytes, source: Path) -> str:
    """The first word of a header line."""
    name = header.decode("utf-8", "replace").split(maxsplit=1)[0] if header.strip() else ""
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{source} has a contig of the name {name!r}, which a VCF cannot have.")
    return name


class _Contig:
    """Writes one contig."""

    def __init__(self, name: str, out: BinaryIO) -> None:
        self.name = name
        self._out = out
        self._rest = b""
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._length = 0
        out.write(f">{name}\n".encode())
        self._offset = out.tell()

    def add(self, text: bytes, source: Path) -> None:
        bases = text.translate(_UPPER, _BETWEEN_BASES)
        if other := bases.translate(None, _BASES):
            raise InvalidInput(f"{source} has {chr(other[0])!r} in the contig {self.name}: not a nucleotide.")
        self._md5.update(bases)
        self._length += len(bases)
        bases = self._rest + bases
        whole = len(bases) - len(bases) % LINE_BASES
        self._out.write(_lines(bases[:whole]))
        self._rest = bases[whole:]

    def close(self) -> Written:
        """End the last line."""
        if self._rest:
            self._out.write(self._rest + b"\n")
        return Written(self.name, self._length, self._md5.hexdigest())

    def index_line(self) -> str:
        """The line in the ``.fai``."""
        bases = min(self._length, LINE_BASES)
        return f"{self.name}\t{self._length}\t{self._offset}\t{bases}\t{bases + 1}\n"


def _lines(bases: bytes) -> bytes:
    """Bases, as many as fill their lines, with a line feed after each line."""
    rows = np.frombuffer(bases, np.uint8).reshape(-1, LINE_BASES)
    lines = np.full((len(rows), LINE_BASES + 1), _LINE_FEED, np.uint8)
    lines[:, :LINE_BASES] = rows
    return lines.tobytes()
