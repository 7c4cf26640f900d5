"""Sequence and gene models of a species, from a mirror with the folders of Ensembl's FTP site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gas.errors import Misconfigured
from services.annotator.pack_tool.building import Plan
from services.annotator.pack_tool.mirror.checksums import CHECKSUMS_NAME, read_checksums

if TYPE_CHECKING:
    from pathlib import Path

    from services.annotator.pack_tool.mirror.downloads import Downloads

# The primary assembly leaves out alternative loci and patches, against which callers do not align; species
# without such have only the top level.
_SEQUENCES = ("dna.primary_assembly", "dna.toplevel")

ATTRIBUTION = (
    "Ensembl release {release}, {species} {assembly} (https://www.ensembl.org, no restrictions on use; "
    "please cite the Ensembl paper of the year)."
)


@dataclass(frozen=True)
class Wanted:
    """What is fetched.

    :ivar mirror: address of the folder that has ``release-115``.
    :ivar species: as in the names of folders, for instance homo_sapiens.
    """

    mirror: str
    species: str
    release: int
    assembly: str


def fetch_files(wanted: Wanted, downloads: Downloads) -> tuple[Path, Path]:
    """Download and verify the sequence and the gene models.

    :raises Misconfigured: if the mirror does not have them.
    """
    if urlsplit(wanted.mirror).scheme not in {"http", "https"}:
        raise Misconfigured(f"--mirror {wanted.mirror} is not an http or https address.")
    start = rf"{re.escape(wanted.species.capitalize())}\.{re.escape(wanted.assembly)}\.(?:\d+\.)?"
    base = f"{wanted.mirror.rstrip('/')}/release-{wanted.release}"
    sequence = _fetch(
        f"{base}/fasta/{wanted.species}/dna", [rf"{start}{kind}\.fa\.gz" for kind in _SEQUENCES], downloads
    )
    # The models of an assembly that is kept for its users have the number of an older release.
    genes = _fetch(f"{base}/gff3/{wanted.species}", [rf"{start}gff3\.gz"], downloads)
    return sequence, genes


def _fetch(folder: str, patterns: list[str], downloads: Downloads) -> Path:
    """The file of a folder that matches the first pattern that one matches."""
    sums = read_checksums(downloads.text(f"{folder}/{CHECKSUMS_NAME}"))
    for pattern in patterns:
        if found := sorted(name for name in sums if re.fullmatch(pattern, name)):
            return downloads.fetch(f"{folder}/{found[-1]}", sums[found[-1]])
    raise Misconfigured(f"{folder}/{CHECKSUMS_NAME} names no file for {' or '.join(patterns)}.")


def plan_of(wanted: Wanted, fasta: Path, genes: Path) -> Plan:
    """A pack of what was fetched."""
    species = wanted.species.replace("_", " ").capitalize()
    return Plan(
        name=f"{wanted.species}_{wanted.assembly}_{wanted.release}".lower(),
        title=f"{species} {wanted.assembly}, Ensembl {wanted.release}",
        assembly=wanted.assembly,
        version=str(wanted.release),
        attribution=ATTRIBUTION.format(release=wanted.release, species=species, assembly=wanted.assembly),
        fasta=fasta,
        genes=genes,
        gene_model_version=genes.name.removesuffix(".gz"),
        flavour="ensembl",
    )
