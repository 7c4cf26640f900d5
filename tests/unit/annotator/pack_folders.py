"""Packs made by a test out of a sequence and gene models, in the layout that docs/packs.md describes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pysam

from services.annotator.pack.manifest import SCHEMA
from services.annotator.pack.pack import Pack, load_pack, verify_pack

GENES = "genes/all.gff3"


def write_pack(folder: Path, sequence: str, genes: str, codes: dict[str, int] | None = None) -> Pack:
    """Write a pack without known variants.

    :param sequence: FASTA.
    :param genes: GFF3, with the lines of each contig in one block.
    :param codes: the NCBI number of the genetic code of contigs where it is not 1.
    """
    (folder / "genes").mkdir(parents=True)
    (folder / "sequence.fa").write_text(sequence)
    (folder / GENES).write_text(genes)
    pysam.faidx(str(folder / "sequence.fa"))
    with pysam.FastaFile(str(folder / "sequence.fa")) as fasta:
        contigs = [_contig(fasta, name, genes, (codes or {}).get(name, 1)) for name in fasta.references]
    document = {
        "schema": SCHEMA,
        **dict.fromkeys(("name", "title", "assembly", "version", "attribution"), "test"),
        "reference": {"file": "sequence.fa"},
        "gene_model": {"version": "test", "flavour": "ensembl"},
        "contigs": contigs,
        "keys": [],
        "sources": [],
        "files": [_file(folder, name) for name in ("sequence.fa", "sequence.fa.fai", GENES)],
    }
    (folder / "manifest.json").write_text(json.dumps(document))
    pack = load_pack(folder)
    verify_pack(pack)
    return pack


def _contig(fasta: pysam.FastaFile, name: str, genes: str, code: int) -> dict[str, object]:
    return {
        "name": name,
        "length": fasta.get_reference_length(name),
        "md5": hashlib.md5(fasta.fetch(name).encode(), usedforsecurity=False).hexdigest(),
        "genetic_code": code,
        "aliases": [],
        "accession": None,
        "genes": GENES if f"\n{name}\t" in f"\n{genes}" else None,
    }


def _file(folder: Path, name: str) -> dict[str, object]:
    content = (folder / name).read_bytes()
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
