"""Gene models of Ensembl, GENCODE and RefSeq say the same to the engine."""

import pytest

from gas.errors import InvalidInput
from services.annotator.pack_tool.building import build_pack
from services.annotator.pack_tool.genes import slices
from services.annotator.pack_tool.genes.biotypes import engine_biotype
from tests.unit.annotator.pack_workshop import (
    ENSEMBL,
    GENCODE,
    GENOME,
    REFSEQ,
    build,
    consequences,
    plan,
    write_fasta,
)

# One change in the 5' UTR, in the second codon, at the splice donor, in the intron and in the 3' UTR.
CHANGES = (190, 204, 261, 280, 380)


def files(folder, text, name):
    genes = folder / "other.gff3"
    genes.write_text(text)
    return {"genes": genes, "fasta": write_fasta(folder / "other.fa", **{name: GENOME})}


def line(kind, attributes, start=181, end=400, strand="+", phase="."):
    return f"1\tx\t{kind}\t{start}\t{end}\t.\t{strand}\t{phase}\t{attributes}\n"


def lines_of(pack):
    return [text for name in pack.gene_files for text in pack.path(name).read_text().splitlines()[1:]]


@pytest.mark.parametrize(
    ("flavour", "text", "contig", "transcript"),
    [
        ("ensembl", ENSEMBL, "1", "ENST1"),
        ("gencode", GENCODE, "chr1", "ENST1.2"),
        ("refseq", REFSEQ, "NC_000001.11", "NM_1.2"),
    ],
)
def test_the_engine_calls_the_same_from_each_flavour(tmp_path, flavour, text, contig, transcript):
    """RefSeq has neither biotypes nor untranslated regions; GENCODE and RefSeq have ids without prefixes."""
    pack = build(tmp_path, **files(tmp_path, text, contig))

    changes = [(position, "G" if GENOME[position - 1] != "G" else "C") for position in CHANGES]
    called = consequences(pack, contig, *changes)

    assert pack.gene_model_flavour == flavour
    assert [one.split("|")[0] for one in called] == [
        "5_prime_utr",
        "missense",
        "splice_donor",
        "intron",
        "3_prime_utr",
    ]
    assert called[1].split("|")[1:6] == ["ABC", transcript, "protein_coding", "+", "2A>2P"]


@pytest.mark.parametrize(("text", "name"), [(ENSEMBL, "chr1"), (GENCODE, "1"), (REFSEQ, "1")])
def test_contigs_may_have_another_name_in_the_gene_models(tmp_path, text, name):
    """The names of the FASTA are those of the pack."""
    pack = build(tmp_path, **files(tmp_path, text, name))

    assert {text.split("\t")[0] for text in lines_of(pack)} == {name}


def test_versions_tags_and_proteins_are_kept(tmp_path):
    """HGVS names need the version of a transcript; whoever ranks transcripts needs MANE_Select."""
    (ensembl,) = (text for text in lines_of(build(tmp_path)) if "\ttranscript\t" in text)
    (tmp_path / "r").mkdir()
    refseq_pack = build(tmp_path / "r", **files(tmp_path, REFSEQ, "1"))
    (refseq,) = (text for text in lines_of(refseq_pack) if "\ttranscript\t" in text)

    assert ensembl.endswith("biotype=protein_coding;version=2;tag=basic;protein_id=ENSP1")
    assert refseq.endswith(
        "ID=transcript:NM_1.2;Parent=gene:ABC;biotype=protein_coding;tag=MANE_Select;protein_id=NP_1.1"
    )


def test_refseq_says_where_a_coding_sequence_began_before_what_is_known(tmp_path):
    """It gets Ensembl's tag for that, since its residues cannot be counted from the first codon."""
    text = REFSEQ.replace("ID=cds-NP_1.1;", "ID=cds-NP_1.1;partial=true;start_range=.,201;", 1)
    pack = build(tmp_path, **files(tmp_path, text, "1"))

    assert sum("tag=MANE_Select,cds_start_NF" in text for text in lines_of(pack)) == 1


def test_only_what_the_engine_reads_is_kept(tmp_path):
    """Regions, chromosomes and long descriptions would be loaded for each block of records."""
    kinds = {text.split("\t")[2] for text in lines_of(build(tmp_path))}

    assert kinds == {"gene", "transcript", "exon", "CDS", "five_prime_UTR", "three_prime_UTR"}
    assert "description" not in "".join(lines_of(build_pack(plan(tmp_path), tmp_path / "again", print)))


def test_the_mitochondrion_of_refseq_has_coding_sequences_right_under_genes(tmp_path):
    """They get a transcript, the genetic code that they mention, and the biotypes of a mitochondrion."""
    text = (
        "NC_9.1\tRefSeq\tregion\t1\t3000\t.\t+\t.\tID=NC_9.1:1..3000;gbkey=Src;genome=mitochondrion\n"
        "NC_9.1\tRefSeq\tgene\t201\t260\t.\t+\t.\tID=gene-ND1;Name=ND1;gene_biotype=protein_coding\n"
        "NC_9.1\tRefSeq\tCDS\t201\t260\t.\t+\t0\tID=cds-YP_1.1;Parent=gene-ND1;gbkey=CDS;protein_id=YP_1.1;transl_table=2\n"
        "NC_9.1\tRefSeq\tgene\t501\t560\t.\t+\t.\tID=gene-TRNF;Name=TRNF;gene_biotype=tRNA\n"
        "NC_9.1\tRefSeq\ttRNA\t501\t560\t.\t+\t.\tID=rna-TRNF;Parent=gene-TRNF;gbkey=tRNA\n"
        "NC_9.1\tRefSeq\texon\t501\t560\t.\t+\t.\tID=exon-TRNF-1;Parent=rna-TRNF;gbkey=tRNA\n"
    )
    pack = build(tmp_path, **files(tmp_path, text, "NC_9.1"))

    (contig,) = pack.contigs
    assert contig.genetic_code == 2
    assert {"MT", "chrM"} <= set(contig.aliases)
    coding, rna = consequences(pack, "MT", (204, "C"), (510, "A" if GENOME[509] != "A" else "C"))
    assert coding.startswith("missense|ND1|ND1|protein_coding|+|2A>2P")
    assert rna == "non_coding|TRNF||MT_tRNA"


def test_refseq_s_other_genes_find_their_place(tmp_path):
    """Segments of receptors, pseudogenes, micro RNAs within their precursors, and second placements."""
    gene = "ID=gene-{0};Name={0};gene={0};gbkey=Gene;gene_biotype={1}"
    text = (
        line("gene", gene.format("TRAV1", "V_segment"), 1, 60)
        + line("V_gene_segment", "ID=id-TRAV1;Parent=gene-TRAV1;gene=TRAV1;gbkey=V_segment", 1, 60)
        + line("exon", "ID=e1;Parent=id-TRAV1", 1, 60)
        + line("pseudogene", gene.format("PSI", "pseudogene") + ";pseudo=true", 70, 90)
        + line("exon", "ID=e2;Parent=gene-PSI;pseudo=true", 70, 90)
        + line("gene", gene.format("MIR1", "miRNA"), 100, 160)
        + line(
            "primary_transcript", "ID=rna-NR_1.1;Parent=gene-MIR1;gene=MIR1;transcript_id=NR_1.1", 100, 160
        )
        + line("exon", "ID=e3;Parent=rna-NR_1.1", 100, 160)
        + line("miRNA", "ID=rna-MIR1;Parent=rna-NR_1.1;gene=MIR1", 110, 130)
        + line("exon", "ID=e4;Parent=rna-MIR1", 110, 130)
        + line("gene", gene.format("MIR1-2", "miRNA"), 600, 660)
        + line("primary_transcript", "ID=rna-NR_1.1-2;Parent=gene-MIR1-2;transcript_id=NR_1.1", 600, 660)
        + line("exon", "ID=e5;Parent=rna-NR_1.1-2", 600, 660)
    )
    pack = build(tmp_path, **files(tmp_path, text, "1"))

    found = {
        text.split("ID=transcript:")[1].split(";")[0]: text.split("biotype=")[1].split(";")[0]
        for text in lines_of(pack)
        if "\ttranscript\t" in text
    }
    assert found == {
        "TRAV1": "TR_V_gene",
        "PSI": "pseudogene",
        "NR_1.1": "misc_RNA",
        "MIR1": "miRNA",
        "NR_1.1-2": "misc_RNA",
    }


def test_a_part_of_several_transcripts_is_a_part_of_each(tmp_path):
    """Ensembl writes shared exons once, and the engine would know the first parent alone."""
    text = ENSEMBL.replace("=transcript:ENST1", "=transcript:ENST1,transcript:ENST7") + line(
        "mRNA", "ID=transcript:ENST7;Parent=gene:ENSG1;biotype=protein_coding"
    )
    text = text.replace("ID=transcript:ENST1,transcript:ENST7;", "ID=transcript:ENST1;")
    pack = build(tmp_path, **files(tmp_path, text, "1"))

    (called,) = consequences(pack, "1", (204, "C"))

    assert {entry.split("|")[2] for entry in called.split(",")} == {"ENST1", "ENST7"}


BAD = "ID=transcript:BAD;Parent=gene:ENSG1;biotype=protein_coding"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            line("mRNA", BAD) + line("CDS", "Parent=transcript:BAD", strand="-", phase="0"),
            "not on one strand",
        ),
        (line("mRNA", BAD, strand="."), "without exons"),
        (
            line("mRNA", BAD) + line("CDS", "Parent=transcript:BAD", 201, 202, phase="2"),
            "shorter than its phase",
        ),
        (line("mRNA", BAD) + line("exon", "Parent=transcript:BAD", 201, 3001), "outside of their contig"),
        (
            line("mRNA", BAD.replace("ENSG1", "NONE")) + line("exon", "Parent=transcript:BAD"),
            "without a gene",
        ),
        (
            line("RNA", BAD.replace("protein_coding", "TEC")) + line("exon", "Parent=transcript:BAD"),
            "biotype TEC",
        ),
        (
            line("gene", "ID=gene:G9").replace("1\tx", "9\tx", 1),
            "contigs with genes that the pack does not have",
        ),
    ],
)
def test_what_the_engine_would_stumble_over_is_left_out(tmp_path, text, reason):
    """It ends on a transcript on two strands, and one bad transcript would cost all others of the contig."""
    said = []
    pack = build_pack(plan(tmp_path, **files(tmp_path, ENSEMBL + text, "1")), tmp_path / "pack", said.append)

    assert any("left out: 1 " in one and reason in one for one in said)
    (called,) = consequences(pack, "1", (204, "C"))
    assert called.startswith("missense|ABC|ENST1|")
    assert "BAD" not in "".join(lines_of(pack))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("##gff-version 3\n", "has no gene models"),
        ("1\tx\tgene\t1\t2\n", "neither Ensembl, GENCODE nor RefSeq"),
        ("1 x gene 1 2\n", "is not GFF3|neither Ensembl"),
        (ENSEMBL.replace("\t181\t", "\tx181\t"), "has no start and end"),
        (ENSEMBL.replace("1\thavana", "2\thavana"), "no transcript on a contig of the FASTA"),
    ],
)
def test_files_that_are_no_gene_models_are_refused(tmp_path, text, reason):
    """The sentence tells what is missing."""
    with pytest.raises(InvalidInput, match=reason):
        build(tmp_path, **files(tmp_path, text, "1"))
    assert not (tmp_path / "pack").exists()


def test_the_flavour_can_be_told(tmp_path):
    """For a file whose first lines do not show it."""
    pack = build(tmp_path, flavour="ensembl", **files(tmp_path, ENSEMBL, "1"))

    assert pack.gene_model_flavour == "ensembl"


def of_contig(name):
    return (
        "".join(f"{row}\n" for row in ENSEMBL.splitlines() if row.startswith("1\thavana"))
        .replace("1\thavana", f"{name}\thavana")
        .replace("ENS", f"{name}ENS")
    )


def test_large_contigs_have_a_slice_of_their_own_and_small_ones_share(tmp_path, monkeypatch):
    """A slice is loaded for each block, so none is large without need, and there are not many of them."""
    monkeypatch.setattr(slices, "SLICE_LINES", 20)
    names = ["a", "b", "c", "MT"]
    contigs = dict.fromkeys([*names, "big", "empty"], GENOME)
    text = "".join(map(of_contig, names)) + "".join(
        of_contig("big").replace("ENS", f"{number}ENS") for number in range(3)
    )
    genes = tmp_path / "other.gff3"
    genes.write_text(text)

    pack = build(tmp_path, genes=genes, fasta=write_fasta(tmp_path / "other.fa", **contigs))

    assert {contig.name: contig.genes for contig in pack.contigs} == {
        "a": "genes/shared.gff3",
        "b": "genes/shared.gff3",
        "c": "genes/c.gff3",
        "MT": "genes/MT.gff3",
        "big": "genes/big.gff3",
        "empty": None,
    }


def test_genes_are_in_the_order_of_the_contig(tmp_path):
    """A reader takes the part of the file that has the genes around a block."""
    gene = "ID=gene:EARLY;Name=EARLY;biotype=lncRNA"
    transcript = "ID=transcript:E1;Parent=gene:EARLY;biotype=lncRNA"
    text = (
        ENSEMBL
        + line("gene", gene, 5, 50)
        + line("lnc_RNA", transcript, 5, 50)
        + line("exon", "Parent=transcript:E1", 5, 50)
    )
    pack = build(tmp_path, **files(tmp_path, text, "1"))

    starts = [int(text.split("\t")[3]) for text in lines_of(pack) if "\tgene\t" in text]
    assert starts == sorted(starts) == [5, 181]


@pytest.mark.parametrize(
    "biotype",
    [
        "protein_coding",
        "lncRNA",
        "IG_V_gene",
        "TR_J_pseudogene",
        "Mt_rRNA",
        "tRNA",
        "SRP_RNA",
        "vault_RNA",
        "antisense_RNA",
    ],
)
def test_the_engine_takes_the_biotypes_that_it_is_given(tmp_path, biotype):
    """What it does not know it would leave out without a word."""
    text = ENSEMBL.replace("biotype=protein_coding", f"biotype={biotype}")
    pack = build(tmp_path, **files(tmp_path, text, "1"))

    (called,) = consequences(pack, "1", (204, "C"))

    assert "|ABC|" in called


def test_a_biotype_that_nothing_stands_for_is_said_to_be_unknown():
    """TEC is "to be experimentally confirmed"."""
    assert engine_biotype("TEC") is None


def test_names_cannot_break_the_answer_of_the_engine(tmp_path):
    """BCSQ is divided by bars and commas, INFO by semicolons."""
    text = ENSEMBL.replace("Name=ABC", "Name=A%2CB%7CC%3BD E")
    pack = build(tmp_path, **files(tmp_path, text, "1"))

    (called,) = consequences(pack, "1", (204, "C"))

    assert called.split("|")[1] == "A_B_C_D_E"
