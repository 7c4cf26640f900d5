"""Reads gene models from GFF3 in the dialect of ``bcftools csq``.

Transcripts are ``ID=transcript:NAME``; the lines of their exons, coding sequences and untranslated
regions say ``Parent=transcript:NAME``. Everything else in the file is passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gas.errors import Misconfigured

EXON, CODING, UNTRANSLATED = range(3)
OWNER, KIND, START, END, PHASE = range(5)

_KINDS = {"exon": EXON, "CDS": CODING, "five_prime_UTR": UNTRANSLATED, "three_prime_UTR": UNTRANSLATED}
_COLUMNS = 9
_MARK = "=transcript:"
_NAME = re.compile(r"(?:^|;)ID=transcript:([^;]+)")
_PARENTS = re.compile(r"(?:^|;)Parent=([^;]+)")
_VERSION = re.compile(r"(?:^|;)version=(\d+)")
_VERSIONED = re.compile(r".+\.\d+")

# Ensembl and GENCODE tag a coding sequence so whose first codons are not known.
_NO_START = "cds_start_NF"

Parts = NDArray[np.int32]


@dataclass
class GeneRows:
    """What a file says about one contig.

    :ivar names: of the transcripts, with their version where the file gives one: HGVS asks for it.
    :ivar forward: by transcript, whether it is read along the contig.
    :ivar started: by transcript, whether its coding sequence is known from the first codon on.
    :ivar parts: rows of OWNER (the transcript's place in ``names``), KIND (EXON, CODING or UNTRANSLATED),
        START and END (counted from 1, both inclusive) and PHASE (of a coding part: how many of its first
        bases belong to a codon that began before it), in the order of the file.
    """

    names: list[str] = field(default_factory=list)
    forward: list[bool] = field(default_factory=list)
    started: list[bool] = field(default_factory=list)
    parts: Parts = field(default_factory=lambda: np.empty((0, 5), np.int32))


def read_gene_models(path: Path) -> dict[str, GeneRows]:
    """The transcripts of a file and their parts, by contig.

    :raises Misconfigured: if the file cannot be read, naming the line.
    """
    try:
        return parse_gene_models(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The gene models {path} cannot be read: {error}.") from error


def parse_gene_models(text: str, source: str) -> dict[str, GeneRows]:
    """The transcripts of lines of GFF3 and their parts, by contig.

    :param source: where the lines are from.
    :raises Misconfigured: if a line cannot be read.
    """
    reader = _Reader()
    try:
        for line in text.split("\n"):
            reader.add(line)
    except ValueError as error:
        raise Misconfigured(
            f"The gene models {source}, line {reader.lines}, cannot be read: {error}."
        ) from error
    return reader.genes()


class _Reader:
    """Takes in the lines of a file; a part may stand before its transcript."""

    def __init__(self) -> None:
        self.lines = 0
        self._genes: defaultdict[str, GeneRows] = defaultdict(GeneRows)
        self._owners: dict[tuple[str, str], int] = {}
        self._parts: defaultdict[str, list[tuple[str, int, int, int, int]]] = defaultdict(list)

    def add(self, line: str) -> None:
        self.lines += 1
        columns = line.split("\t")
        if len(columns) != _COLUMNS or _MARK not in columns[-1]:
            return
        contig, _, kind, start, end, _, strand, phase, attributes = columns
        if kind in _KINDS:
            row = (_KINDS[kind], int(start), int(end), int(phase) if phase.isdigit() else 0)
            self._parts[contig].extend((parent, *row) for parent in _parents(attributes))
        elif name := _NAME.search(attributes):
            rows = self._genes[contig]
            self._owners[contig, name[1]] = len(rows.names)
            rows.names.append(_versioned(name[1], attributes))
            rows.forward.append(strand != "-")
            rows.started.append(_NO_START not in attributes)

    def genes(self) -> dict[str, GeneRows]:
        for contig, rows in self._genes.items():
            known = [
                (owner, *row)
                for parent, *row in self._parts[contig]
                if (owner := self._owners.get((contig, parent))) is not None
            ]
            rows.parts = np.array(known, np.int32).reshape(-1, 5)
        return dict(self._genes)


def _parents(attributes: str) -> list[str]:
    """The transcripts that share a part; Ensembl writes several behind one another."""
    found = _PARENTS.search(attributes)
    return [parent.partition(":")[2] for parent in found[1].split(",")] if found else []


def _versioned(name: str, attributes: str) -> str:
    version = _VERSION.search(attributes)
    return name if not version or _VERSIONED.fullmatch(name) else f"{name}.{version[1]}"
