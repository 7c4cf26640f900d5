"""What the files of a pack hold, against what its manifest says of them."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING

import pysam

if TYPE_CHECKING:
    from pathlib import Path

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack

# A chromosome is read in pieces of this many bases.
PIECE_BASES = 1 << 24


def check_reference(pack: Pack) -> None:
    """The sequence has every contig of the manifest with its length and its bases.

    :raises ValueError: saying which has not.
    """
    path = pack.path(pack.reference)
    # Without an index one would be made, in a folder that may be read-only or shared.
    _check_index(path, ".fai")
    with closing(pysam.FastaFile(str(path))) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        for contig in pack.contigs:
            if lengths.get(contig.name) != contig.length:
                raise ValueError(f"{path} has no contig {contig.name} of {contig.length} bases")
            if _md5(fasta, contig) != contig.md5:
                raise ValueError(f"{path} has other bases of {contig.name} than the manifest says")


def _md5(fasta: pysam.FastaFile, contig: Contig) -> str:
    """The digest that SAM headers call M5: of the upper-case bases."""
    digest = hashlib.md5(usedforsecurity=False)
    for start in range(0, contig.length, PIECE_BASES):
        digest.update(
            fasta.fetch(contig.name, start, min(start + PIECE_BASES, contig.length)).upper().encode()
        )
    return digest.hexdigest()


def check_sources(pack: Pack) -> None:
    """The known variants can be opened by their index and are on contigs of the pack, by their names.

    :raises ValueError: saying which are not.
    """
    names = {contig.name for contig in pack.contigs}
    for source in pack.sources:
        path = pack.path(source.file)
        _check_index(path, ".tbi")
        with closing(pysam.TabixFile(str(path), encoding="utf-8")) as file:
            if other := sorted(set(file.contigs) - names):
                raise ValueError(f"{path} has the contig {other[0]}, which the manifest does not name")


def _check_index(path: Path, suffix: str) -> None:
    if not path.with_name(path.name + suffix).is_file():
        raise ValueError(f"{path} has no index {path.name}{suffix} beside it")
