"""Which biotypes bcftools csq knows, and what stands for those that it does not."""

from __future__ import annotations

# Beginnings of the biotypes that csq takes (bcftools 1.24, gff.c); it leaves out other transcripts
# without a word at the level of detail that it is run with.
_KNOWN = (
    *("protein_coding", "polymorphic_pseudogene", "nonsense_mediated_decay", "NMD", "non_stop_decay"),
    *("IG_C", "IG_D", "IG_J", "IG_LV", "IG_V", "TR_C", "TR_D", "TR_J", "TR_V", "IG_pseudogene"),
    *("pseudogene", "processed_pseudogene", "unprocessed_pseudogene", "unitary_pseudogene"),
    *("transcribed_processed_pseudogene", "transcribed_unprocessed_pseudogene"),
    *("transcribed_unitary_pseudogene", "translated_processed_pseudogene"),
    *("translated_unprocessed_pseudogene", "tRNA_pseudogene", "Mt_tRNA", "Mt_rRNA", "rRNA", "ribozyme"),
    *("lincRNA", "lncRNA", "macro_lncRNA", "antisense", "sense_intronic", "sense_overlapping"),
    *("bidirectional_promoter_lncRNA", "processed_transcript", "retained_intron", "retrotransposed"),
    *("miRNA", "misc_RNA", "snRNA", "sRNA", "scRNA", "scaRNA", "snoRNA", "vaultRNA", "known_ncrna"),
    *("ambiguous_orf", "artifact", "disrupted_domain", "LRG_gene"),
)
_KNOWN_IN_ANY_CASE = ("3prime_overlapping_ncrna", "3_prime_overlapping_ncrna", "mrna")

# Kinds of RNA under names that csq does not know, with the nearest one that it does. Without them a
# variant in such a gene would have no consequence at all.
_INSTEAD = {
    "antisense_RNA": "antisense",
    "guide_RNA": "misc_RNA",
    "lnc_RNA": "lncRNA",
    "ncRNA": "misc_RNA",
    "ncRNA_pseudogene": "pseudogene",
    "piRNA": "misc_RNA",
    "pre_miRNA": "miRNA",
    "primary_transcript": "misc_RNA",
    "RNase_MRP_RNA": "ribozyme",
    "RNase_P_RNA": "ribozyme",
    "SRP_RNA": "misc_RNA",
    "telomerase_RNA": "misc_RNA",
    "transcribed_pseudogene": "pseudogene",
    "transcript": "misc_RNA",
    "tRNA": "misc_RNA",
    "vault_RNA": "vaultRNA",
    "Y_RNA": "misc_RNA",
}

PROTEIN_CODING = "protein_coding"


def engine_biotype(biotype: str) -> str | None:
    """The biotype that csq takes for one of a file; None if it would leave the transcript out."""
    biotype = _INSTEAD.get(biotype, biotype)
    known = biotype.startswith(_KNOWN) or biotype.lower().startswith(_KNOWN_IN_ANY_CASE)
    return biotype if known else None
