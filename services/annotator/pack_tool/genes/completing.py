"""Transcripts made fit for bcftools csq: complete, or left out where it would end or go wrong on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.annotator.pack_tool.contigs import VERTEBRATE_MITOCHONDRIAL
from services.annotator.pack_tool.genes.biotypes import engine_biotype
from services.annotator.pack_tool.genes.gene_models import Span

if TYPE_CHECKING:
    from services.annotator.pack.manifest import Contig
    from services.annotator.pack_tool.genes.collecting import Models
    from services.annotator.pack_tool.genes.gene_models import Transcript


# What csq calls the RNA genes of a mitochondrion; RefSeq does not tell them from others.
_MITOCHONDRIAL = {"tRNA": "Mt_tRNA", "rRNA": "Mt_rRNA"}


def complete(models: Models, contig: Contig, used: set[str]) -> None:
    """Bring the transcripts of a contig into csq's form, and leave out those that it cannot read.

    :param used: the ids that transcripts of the file have so far; those of these are added.
    """
    for _, transcripts in models.genes:
        for transcript in list(transcripts):
            if reason := _why_left_out(transcript, contig, used):
                models.left_out[reason] += 1
                transcripts.remove(transcript)
            else:
                _complete(transcript, contig, used)
    models.genes = [(gene, transcripts) for gene, transcripts in models.genes if transcripts]


def _why_left_out(  # noqa: PLR0911 (a reason each)
    transcript: Transcript, contig: Contig, used: set[str]
) -> str | None:
    """Why csq could not read a transcript, in words that follow a number; None if it can.

    It ends altogether where a part is on the other strand than its transcript, and miscounts where the
    first CDS on the forward strand is shorter than its phase (bcftools 1.24, gff.c).
    """
    if _own_id(transcript, used) is None:
        return "transcripts whose id is not their own"
    if engine_biotype(transcript.biotype) is None:
        return f"transcripts of the biotype {transcript.biotype or 'unknown'}, which the engine does not know"
    if not transcript.exons and not transcript.cds:
        return "transcripts without exons"
    if transcript.strand not in {"+", "-"}:
        return "transcripts that are not on one strand"
    if transcript.start < 1 or transcript.end > contig.length:
        return "transcripts that end outside of their contig"
    if _starts_within_a_codon_that_is_all(transcript):
        return "transcripts whose first CDS is shorter than its phase"
    return None


def _starts_within_a_codon_that_is_all(transcript: Transcript) -> bool:
    first = min(transcript.cds, default=Span(0, 0))
    return transcript.strand == "+" and first.phase in {"1", "2"} and first.length <= int(first.phase)


def _own_id(transcript: Transcript, used: set[str]) -> str | None:
    """The id that no transcript before it has."""
    ids = (transcript.id, transcript.spare_id)
    return next((id_ for id_ in ids if id_ and id_ not in used), None)


def _complete(transcript: Transcript, contig: Contig, used: set[str]) -> None:
    transcript.id = _own_id(transcript, used) or transcript.id
    used.add(transcript.id)
    if contig.genetic_code == VERTEBRATE_MITOCHONDRIAL:
        transcript.biotype = _MITOCHONDRIAL.get(transcript.biotype, transcript.biotype)
    transcript.biotype = engine_biotype(transcript.biotype) or transcript.biotype
    transcript.exons = transcript.exons or [Span(cds.start, cds.end) for cds in transcript.cds]
    if transcript.cds and not transcript.five_prime_utrs and not transcript.three_prime_utrs:
        _derive_utrs(transcript)
    for _, spans in transcript.parts():
        spans.sort()


def _derive_utrs(transcript: Transcript) -> None:
    """RefSeq has no lines for untranslated regions, and csq knows none but those that have lines."""
    start, end = min(transcript.cds).start, max(cds.end for cds in transcript.cds)
    before = [Span(exon.start, min(exon.end, start - 1)) for exon in transcript.exons if exon.start < start]
    after = [Span(max(exon.start, end + 1), exon.end) for exon in transcript.exons if exon.end > end]
    if transcript.strand == "+":
        transcript.five_prime_utrs, transcript.three_prime_utrs = before, after
    else:
        transcript.five_prime_utrs, transcript.three_prime_utrs = after, before
