"""What Ensembl, GENCODE and RefSeq each call the same things in their GFF3 files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from gas.errors import InvalidInput
from services.annotator.pack_tool.genes.biotypes import PROTEIN_CODING
from services.annotator.pack_tool.genes.gene_models import PART_TYPES, Gene, Transcript

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.pack_tool.genes.gff3 import Feature


class Flavour(Protocol):
    """How a gene and a transcript are told from the lines of a file."""

    name: str
    signs: re.Pattern[bytes]

    def gene(self, feature: Feature) -> Gene | None:
        """The gene that a line is about, if it is about one."""

    def transcript(self, feature: Feature) -> Transcript | None:
        """The transcript that a line is about, if it is about one."""


class Ensembl:
    """Files of Ensembl and Ensembl Genomes: ``ID=gene:ENSG...;Name=...;biotype=...``, unversioned ids."""

    name = "ensembl"
    signs = re.compile(rb"[\t;]ID=(?:gene|transcript):")

    def gene(self, feature: Feature) -> Gene | None:
        """See `Flavour`."""
        if not feature.id.startswith("gene:"):
            return None
        given = feature.attributes
        return _gene(
            feature,
            id_=feature.id.removeprefix("gene:"),
            name=given.get("Name", ""),
            biotype=given.get("biotype", ""),
            version=given.get("version", ""),
        )

    def transcript(self, feature: Feature) -> Transcript | None:
        """See `Flavour`."""
        if not feature.id.startswith("transcript:"):
            return None
        given = feature.attributes
        return _transcript(
            feature,
            id_=feature.id.removeprefix("transcript:"),
            biotype=given.get("biotype", feature.type),
            version=given.get("version", ""),
            tags=given.get("tag", ""),
        )


class Gencode:
    """Files of GENCODE: ``gene_type``, ``transcript_type`` and ids that end in their version."""

    name = "gencode"
    signs = re.compile(rb";(?:gene|transcript)_type=")

    def gene(self, feature: Feature) -> Gene | None:
        """See `Flavour`."""
        if feature.type != "gene":
            return None
        given = feature.attributes
        return _gene(
            feature,
            id_=feature.id,
            name=given.get("gene_name", ""),
            biotype=given.get("gene_type", ""),
        )

    def transcript(self, feature: Feature) -> Transcript | None:
        """See `Flavour`."""
        if feature.type != "transcript":
            return None
        given = feature.attributes
        return _transcript(
            feature,
            id_=feature.id,
            biotype=given.get("transcript_type", ""),
            tags=given.get("tag", ""),
            protein=given.get("protein_id", ""),
        )


class Refseq:
    """Files of NCBI RefSeq: ``ID=gene-BRCA1``, ``ID=rna-NM_007294.4`` and no biotype on transcripts.

    https://www.ncbi.nlm.nih.gov/datasets/docs/v2/reference-docs/file-formats/annotation-files/about-ncbi-gff3/
    """

    name = "refseq"
    signs = re.compile(rb"[\t;](?:ID=(?:gene|rna)-|gbkey=)")

    def gene(self, feature: Feature) -> Gene | None:
        """See `Flavour`."""
        if feature.type not in {"gene", "pseudogene"}:
            return None
        given = feature.attributes
        return _gene(
            feature,
            id_=feature.id.removeprefix("gene-"),
            name=given.get("gene", given.get("Name", "")),
            biotype=given.get("gene_biotype", feature.type),
        )

    def transcript(self, feature: Feature) -> Transcript | None:
        """See `Flavour`."""
        if feature.type in PART_TYPES or not feature.id or not feature.parents:
            return None
        given = feature.attributes
        own = re.sub("^(?:rna|id|gene)-", "", feature.id)
        return _transcript(
            feature,
            id_=given.get("transcript_id", own),
            spare_id=own,
            biotype=_refseq_biotype(feature),
            tags=given.get("tag", ""),
        )


# In the order in which they are tried: GENCODE and RefSeq have marks of their own.
FLAVOURS: Mapping[str, Flavour] = {
    "gencode": Gencode(),
    "refseq": Refseq(),
    "ensembl": Ensembl(),
}

_SEGMENT = re.compile("([VDJC])_gene_segment")


def _refseq_biotype(feature: Feature) -> str:
    """The biotype in Ensembl's words: RefSeq says the kind of RNA in the type of the line."""
    if segment := _SEGMENT.fullmatch(feature.type):
        family = "TR" if feature.attributes.get("gene", "").startswith("TR") else "IG"
        return f"{family}_{segment[1]}_gene"
    if feature.attributes.get("pseudo") == "true":
        return "pseudogene"
    return PROTEIN_CODING if feature.type == "mRNA" else feature.type


def _gene(feature: Feature, id_: str, name: str, biotype: str, version: str = "") -> Gene:
    return Gene(id_, name, biotype, *_place(feature), version=version)


def _transcript(
    feature: Feature,
    *,
    id_: str,
    biotype: str,
    spare_id: str = "",
    version: str = "",
    tags: str = "",
    protein: str = "",
) -> Transcript:
    place = _place(feature)
    return Transcript(id_, biotype, *place, spare_id=spare_id, version=version, tags=tags, protein=protein)


def _place(feature: Feature) -> tuple[str, int, int, str]:
    """Where a line came from and what it covers, in the order of the fields of `Gene` and `Transcript`."""
    return feature.source, feature.start, feature.end, feature.strand


def recognise(text: bytes) -> Flavour:
    """Tell by some lines whose file it is.

    :raises InvalidInput: if it is nobody's that is known here.
    """
    for flavour in FLAVOURS.values():
        if flavour.signs.search(text):
            return flavour
    raise InvalidInput(
        "The gene models look like those of neither Ensembl, GENCODE nor RefSeq; "
        "give a GFF3 file of one of them, or say which it is with --flavour."
    )
