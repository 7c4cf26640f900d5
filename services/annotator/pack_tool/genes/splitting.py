"""A GFF3 file split by contig, which also tells other names of contigs and their genetic codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gas.errors import InvalidInput
from services.annotator.pack_tool.genes.flavours import FLAVOURS, Flavour, recognise
from services.annotator.pack_tool.genes.gff3 import read_attributes
from services.annotator.pack_tool.input_files import line_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What the lines of whole contigs are in Ensembl and RefSeq.
_CONTIG_TYPES = frozenset({b"chromosome", b"scaffold", b"supercontig", b"contig", b"region"})

# The many lines that say nothing of genes: those of Ensembl, RefSeq and GENCODE.
_OTHER_TYPES = frozenset(
    {
        *(b"biological_region", b"match", b"cDNA_match", b"sequence_feature", b"enhancer", b"silencer"),
        *(b"transcriptional_cis_regulatory_region", b"start_codon", b"stop_codon", b"protein_binding_site"),
    }
)
_TABLE = re.compile(rb"[;\t]transl_table=(\d+)")
_MITOCHONDRION_NAMES = ["MT", "chrM", "chrMT", "M"]


@dataclass
class Split:
    """The gene models by contig.

    :ivar flavour: whose file it is.
    :ivar files: for each contig, as the file calls it, a file of its lines.
    :ivar same: groups of names that mean one contig.
    :ivar codes: genetic codes by contig, where coding sequences mention one.
    """

    flavour: Flavour
    files: dict[str, Path] = field(default_factory=dict)
    same: list[list[str]] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)


def split_by_contig(source: Path, folder: Path, flavour: str) -> Split:
    """Write the lines of each contig into a file of its own in a folder.

    :param flavour: whose file it is, or ``auto``.
    :raises InvalidInput: if it is not GFF3, or nobody's whose files are known.
    """
    split: Split | None = None
    for lines in _lines(source):
        split = split or Split(recognise(b"".join(lines)) if flavour == "auto" else FLAVOURS[flavour])
        for contig, kept in _by_contig(lines, split, source):
            path = split.files.setdefault(contig, folder / f"{len(split.files)}.gff3")
            with path.open("ab") as out:
                out.writelines(kept)
    if split is None:
        raise InvalidInput(f"{source} has no gene models.")
    return split


def _lines(source: Path) -> Iterator[list[bytes]]:
    """The lines that are not comments, some at a time."""
    for piece in line_pieces(source):
        lines = [line + b"\n" for line in piece.splitlines() if line.strip() and not line.startswith(b"#")]
        if lines:
            yield lines


def _by_contig(lines: list[bytes], split: Split, source: Path) -> Iterator[tuple[str, list[bytes]]]:
    """The lines that may be of genes, by contig; what others say of contigs is noted."""
    kept: dict[bytes, list[bytes]] = {}
    for line in lines:
        contig, _, rest = line.partition(b"\t")
        type_ = rest.split(b"\t", 2)[1] if rest.count(b"\t") > 1 else b""
        if not type_:
            raise InvalidInput(f"{source} has a line that is not GFF3: {line[:80]!r}.")
        if type_ in _CONTIG_TYPES:
            _note_names(contig, line, split)
        elif type_ not in _OTHER_TYPES:
            kept.setdefault(contig, []).append(line)
        if type_ == b"CDS" and (table := _TABLE.search(line)):
            split.codes[contig.decode()] = int(table[1])
    yield from ((contig.decode(), own) for contig, own in kept.items())


def _note_names(contig: bytes, line: bytes, split: Split) -> None:
    """Other names of a contig: Ensembl's ``Alias``; RefSeq's ``chromosome``, unless it is a part of one."""
    given = read_attributes(line.decode("utf-8", "replace").rstrip("\r\n").rpartition("\t")[2])
    names = given.get("Alias", "").split(",") if given.get("Alias") else []
    if given.get("genome") == "chromosome" and given.get("chromosome"):
        names += [given["chromosome"], f"chr{given['chromosome']}"]
    if given.get("genome") == "mitochondrion":
        names += _MITOCHONDRION_NAMES
    if names:
        split.same.append([contig.decode(), *names])
