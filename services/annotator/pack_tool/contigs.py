"""What the contigs of a pack are called by others, and by which genetic code they are translated."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from gas.errors import Misconfigured
from services.annotator.pack.manifest import Contig
from services.annotator.pack_tool.input_files import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from services.annotator.pack_tool.sequence import Written

# NCBI's numbers of translation tables.
STANDARD = 1
VERTEBRATE_MITOCHONDRIAL = 2

# The revised Cambridge Reference Sequence of the human mitochondrion, and what it is called where.
RCRS_MD5 = "c68f52674c9fb33aef52dcf399755519"
RCRS_NAMES = ("MT", "chrM", "chrMT", "M", "NC_012920.1")

# What vertebrate mitochondria are called by Ensembl and UCSC; fungi, plants and insects have other names
# at Ensembl (Mito, Mt, mitochondrion_genome), for which --code is there.
_MITOCHONDRIAL_NAMES = frozenset({"MT", "chrM", "chrMT"})

# A name that differs between Ensembl and UCSC by nothing but "chr": 1, 22, X, IV, 2L, not a scaffold's.
_CHROMOSOME = re.compile("(?:chr)?([0-9A-Za-z]{1,5})")

# Versioned accessions of RefSeq, which HGVS asks for, and of INSDC.
_ACCESSIONS = (re.compile(r"[ANW][CGTWZ]_[0-9A-Z]+\.\d+"), re.compile(r"[A-Z]{1,6}\d{5,}\.\d+"))


def describe_contigs(
    written: Sequence[Written],
    same: Iterable[Sequence[str]],
    codes: Mapping[str, int],
    told: Mapping[str, int],
) -> list[Contig]:
    """The contigs of a pack, without their gene models.

    :param same: groups of names that mean one contig, from which those with a name of the FASTA are taken.
    :param codes: genetic codes that the gene models mention, by any name.
    :param told: genetic codes that the operator gives, by any name.
    :raises Misconfigured: if a name means two contigs, or a code is given for a contig that is not there.
    """
    others = _other_names(written, same)
    meant = {name: contig for contig, names in others.items() for name in (contig, *names)}
    if unknown := sorted(set(told) - set(meant)):
        raise Misconfigured(f"--code names the contig {unknown[0]}, which the FASTA does not have.")
    mentioned = {meant[name]: code for name, code in codes.items() if name in meant}
    given = {meant[name]: code for name, code in told.items()}
    return [
        Contig(
            name=contig.name,
            length=contig.length,
            md5=contig.md5,
            genetic_code=given.get(contig.name) or mentioned.get(contig.name) or _usual_code(contig),
            aliases=tuple(others[contig.name]),
            accession=_accession((contig.name, *others[contig.name])),
            genes=None,
        )
        for contig in written
    ]


def _other_names(written: Sequence[Written], same: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """For each contig its other names, in the order in which they are met."""
    found: dict[str, dict[str, None]] = {contig.name: {} for contig in written}
    for group in (*same, *((*RCRS_NAMES, contig.name) for contig in written if contig.md5 == RCRS_MD5)):
        for name in found.keys() & set(group):
            found[name].update(dict.fromkeys(other for other in group if other != name))
    _check_names(found)
    taken = {name for contig, names in found.items() for name in (contig, *names)}
    for contig, names in found.items():
        if (match := _CHROMOSOME.fullmatch(contig)) is not None:
            other = match[1] if contig.startswith("chr") else f"chr{contig}"
            if other not in taken:
                names[other] = None
    return {contig: list(names) for contig, names in found.items()}


def _check_names(found: Mapping[str, Iterable[str]]) -> None:
    counts = Counter(name for contig, names in found.items() for name in (contig, *names))
    if twice := [name for name, count in counts.items() if count > 1]:
        contigs = [contig for contig, names in found.items() if twice[0] in (contig, *names)]
        raise Misconfigured(f"The name {twice[0]} is given to the contigs {contigs[0]} and {contigs[1]}.")


def _usual_code(contig: Written) -> int:
    mitochondrial = contig.md5 == RCRS_MD5 or contig.name in _MITOCHONDRIAL_NAMES
    return VERTEBRATE_MITOCHONDRIAL if mitochondrial else STANDARD


def _accession(names: Sequence[str]) -> str | None:
    """The name by which HGVS knows a contig: RefSeq's, or that of GenBank if it has no other."""
    return next((name for form in _ACCESSIONS for name in names if form.fullmatch(name)), None)


def read_aliases(path: Path) -> list[list[str]]:
    """Groups of names for one contig each: a line has two or more, as UCSC's chromAlias.txt does."""
    text = b"".join(pieces(path)).decode("utf-8", "replace")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
