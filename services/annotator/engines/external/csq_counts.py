"""Counts what Ensembl VEP, or a program that writes as it does, says of records in INFO/CSQ.

The header names the fields of CSQ, and each transcript has an entry (VEP documentation, "Output formats",
VCF): https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#vcfout
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.annotator.printable import printable

#: From the worst to the least (VEP documentation, "Calculated consequences").
IMPACTS = (b"HIGH", b"MODERATE", b"LOW", b"MODIFIER")

_RANKS = {impact: rank for rank, impact in enumerate(IMPACTS)}

_INFO = 7
_CSQ = re.compile(rb"(?:^|;)CSQ=([^;]+)")
_FORMAT = re.compile(rb"##INFO=<ID=CSQ,.*Format: ([^\"]+)\"")
_VERSION = re.compile(rb"##VEP=\"?(v?[\w.-]+)")


class CsqCounts:
    """The numbers of the records so far.

    :ivar version: of the program, where its header tells it.
    :ivar read: all of them.
    :ivar left_out: those that the program has left out.
    :ivar without: those that it gave back without an entry.
    :ivar impacts: records by the worst impact of their entries.
    :ivar consequences: the same by the consequence of the first entry of that impact.
    :ivar genes: records by gene; a record may be in several.
    """

    def __init__(self) -> None:
        self.version = ""
        self.read = self.left_out = self.without = 0
        self.impacts: Counter[bytes] = Counter()
        self.consequences: Counter[bytes] = Counter()
        self.genes: Counter[bytes] = Counter()
        self._places: dict[bytes, int] = {}

    @property
    def kept_unannotated(self) -> int:
        """Records that were kept without annotation."""
        return self.left_out + self.without

    def add_header(self, line: bytes) -> None:
        """Take what a line of the header says of the entries."""
        if found := _FORMAT.match(line):
            self._places = {name: place for place, name in enumerate(found[1].split(b"|"))}
        elif found := _VERSION.match(line):
            self.version = printable(found[1])

    def add(self, line: bytes | None) -> None:
        """Count a record as the program gave it, or None for one that it has left out."""
        self.read += 1
        if line is None:
            self.left_out += 1
        elif found := _CSQ.search(line.split(b"\t", _INFO + 1)[_INFO]):
            self._add_entries([entry.split(b"|") for entry in found[1].split(b",")])
        else:
            self.without += 1

    def _add_entries(self, entries: Sequence[list[bytes]]) -> None:
        worst = min(entries, key=self._rank)
        self.impacts[self._of(worst, b"IMPACT")] += 1
        self.consequences[self._of(worst, b"Consequence")] += 1
        for gene in {self._of(entry, b"SYMBOL") or self._of(entry, b"Gene") for entry in entries} - {b""}:
            self.genes[gene] += 1

    def _rank(self, entry: list[bytes]) -> int:
        return _RANKS.get(self._of(entry, b"IMPACT"), len(IMPACTS))

    def _of(self, entry: list[bytes], name: bytes) -> bytes:
        place = self._places.get(name, len(entry))
        return entry[place] if place < len(entry) else b""
