"""From the lines of one contig to its genes, each with its transcripts and their parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.annotator.pack_tool.genes.biotypes import PROTEIN_CODING
from services.annotator.pack_tool.genes.gene_models import PART_TYPES, Gene, Span, Transcript

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.annotator.pack_tool.genes.flavours import Flavour
    from services.annotator.pack_tool.genes.gff3 import Feature

# A transcript within a transcript, as a micro RNA in its precursor; more levels are a circle.
_MAX_LEVELS = 4


@dataclass
class Models:
    """The gene models of a contig.

    :ivar genes: each gene with its transcripts, by their place on the contig.
    :ivar left_out: what is not taken, by reason.
    """

    genes: list[tuple[Gene, list[Transcript]]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def collect(features: Sequence[Feature], flavour: Flavour) -> Models:
    """Put genes, transcripts and parts together; lines that are none of them are passed over.

    A part whose parent is a gene itself, as in the mitochondria of RefSeq, belongs to a transcript that
    the file does not mention and that is added here.
    """
    genes: dict[str, Gene] = {}
    transcripts: dict[str, Transcript] = {}
    parents: dict[str, str] = {}
    for feature in features:
        if gene := flavour.gene(feature):
            genes.setdefault(feature.id, gene)
        elif transcript := flavour.transcript(feature):
            transcripts.setdefault(feature.id, transcript)
            parents.setdefault(feature.id, (feature.parents or [""])[0])
    for feature in features:
        if feature.type in PART_TYPES:
            for parent in feature.parents:
                owner = parent if parent in transcripts else _unmentioned(feature, parent, genes, transcripts)
                if owner:
                    parents.setdefault(owner, parent)
                    _add_part(transcripts[owner], feature)
    return _together(genes, transcripts, parents)


def _unmentioned(
    feature: Feature, parent: str, genes: Mapping[str, Gene], transcripts: dict[str, Transcript]
) -> str:
    """The key of the transcript of a part that names a gene as its parent; nothing if it names none."""
    gene = genes.get(parent)
    if gene is None or feature.type not in {"CDS", "exon"}:
        return ""
    coding = feature.type == "CDS"
    key = f"{parent} {feature.id}" if coding else parent
    if key not in transcripts:
        protein = feature.attributes.get("protein_id", "") if coding else ""
        transcripts[key] = Transcript(
            id=gene.id,
            spare_id=f"{gene.id}_{protein}" if protein else "",
            biotype=PROTEIN_CODING if coding else gene.biotype,
            source=gene.source,
            start=feature.start,
            end=feature.end,
            strand=feature.strand,
        )
    return key


def _add_part(transcript: Transcript, feature: Feature) -> None:
    """Add a part; one on the other strand marks the transcript as of no strand, which nobody can read."""
    if feature.strand != transcript.strand:
        transcript.strand = "?"
    transcript.start = min(transcript.start, feature.start)
    transcript.end = max(transcript.end, feature.end)
    span = Span(feature.start, feature.end)
    if feature.type == "CDS":
        transcript.protein = transcript.protein or feature.attributes.get("protein_id", "")
        if _starts_before_what_is_known(feature):
            transcript.tags = ",".join(filter(None, [transcript.tags, "cds_start_NF"]))
        transcript.cds.append(span._replace(phase=feature.phase))
    elif feature.type == "exon":
        transcript.exons.append(span)
    elif feature.type == "five_prime_UTR":
        transcript.five_prime_utrs.append(span)
    else:
        transcript.three_prime_utrs.append(span)


def _starts_before_what_is_known(cds: Feature) -> bool:
    """RefSeq's mark for what Ensembl tags ``cds_start_NF``: residues cannot be counted from there."""
    if cds.strand == "-":
        return cds.attributes.get("end_range", "").endswith(".")
    return cds.attributes.get("start_range", "").startswith(".")


def _together(
    genes: Mapping[str, Gene], transcripts: Mapping[str, Transcript], parents: Mapping[str, str]
) -> Models:
    models = Models()
    of_gene: dict[str, list[Transcript]] = {key: [] for key in genes}
    for key, transcript in transcripts.items():
        above = parents[key]
        for _ in range(_MAX_LEVELS):
            above = parents.get(above, above) if above not in genes else above
        if above in genes:
            of_gene[above].append(transcript)
        else:
            models.left_out["transcripts without a gene"] += 1
    # Readers take the stretch of a file that has the genes of a region.
    ordered = sorted(genes.items(), key=lambda item: (item[1].start, item[1].end))
    models.genes = [(gene, of_gene[key]) for key, gene in ordered]
    return models
