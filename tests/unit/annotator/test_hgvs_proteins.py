"""What a change does to a protein has the name that HGVS recommends."""

import pytest

from tests.unit.annotator.hgvs_genome import Gene

both_strands = pytest.mark.parametrize("forward", [True, False], ids=["forward", "reverse"])

# Met Ala Phe | Lys Arg Trp Ter, and behind the stop codon Gln Ter.
GENE = "cccc GATTAC[ATGGCATTT gtaagtcacagacacattttcag AAACGTTGGTAA]CAGTAAT cccc"

# The sequences of the examples of HGVS, each with a stop codon at its end.
EXAMPLES = {
    "MetLysGlyHisGlnGlnCys": "ATGAAAGGACATCAACAGTGTTAA",
    "MetTrpSerSerSerHisAsp": "ATGTGGTCCAGTTCCCACGATTAA",
    "MetLeuTrpTrpGlu": "ATGTTGTGGTGGGAATAA",
    "MetAspAlaTyrValThr": "ATGGATGCATACGTCACGTAA",
    "MetAspAlaTyrGluMetArg": "ATGGATGCATACGAGATGAGGTAA",
}


def coding(bases, **more):
    """A gene of one exon with these coding bases."""
    return Gene(f"cccc GA[{bases}]CC cccc", **more)


@both_strands
@pytest.mark.parametrize(
    ("context", "changed", "names"),
    [
        ("ATGGCATTT", "ATGGTATTT", ("c.5C>T", "p.Ala2Val")),
        ("ATGGCATTT", "ATGGCCTTT", ("c.6A>C", "p.Ala2=")),
        ("TTTGTAAG", "TTAGTAAG", ("c.9T>A", "p.Phe3Leu")),
        ("CAGAAACG", "CAGTAACG", ("c.10A>T", "p.Lys4Ter")),
        ("GTTGGTAA", "GTTAGTAA", ("c.17G>A", "p.Trp6Ter")),
        ("TGGTAACA", "TGGTGACA", ("c.20A>G", "p.Ter7=")),
        ("TGGTAACA", "TGGCAACA", ("c.19T>C", "p.Ter7GlnextTer2")),
        ("GTAACAGTAA", "GTAACAGTCA", ("c.*5A>C", None)),
        ("TACATGGC", "TACGTGGC", ("c.1A>G", "p.Met1?")),
        ("TACATGGC", "TACATAGC", ("c.3G>A", "p.Met1?")),
        ("TTACATGGC", "TTAATGGC", ("c.-1del", None)),
        ("ACATGGCA", "ACTGGCA", ("c.1del", "p.Met1?")),
    ],
)
def test_a_base_changes_a_residue(forward, context, changed, names):
    """Missense, silent, nonsense, a lost stop with a new one behind it, a lost start."""
    assert Gene(GENE, forward).named(context, changed) == names


@both_strands
@pytest.mark.parametrize(
    ("protein", "changed", "name"),
    [
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGACATGCTCAACAGTGTTAA", "p.His4_Gln5insAla"),
        ("MetLysGlyHisGlnGlnCys", "ATGAAACAATCAAAGGGACATCAACAGTGTTAA", "p.Lys2_Gly3insGlnSerLys"),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGAGGGTAGCATCAACAGTGTTAA", "p.Gly3_His4insGlyTer"),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGATAGGGGCATCAACAGTGTTAA", "p.His4Ter"),
        ("MetTrpSerSerSerHisAsp", "ATGTGGTCCTCCCACGATTAA", "p.Ser5del"),
        ("MetTrpSerSerSerHisAsp", "ATGTGGTCCAGTAGTTCCCACGATTAA", "p.Ser5dup"),
        ("MetTrpSerSerSerHisAsp", "ATGTGGTCCAGTTCCTGGTCCAGTTCCCACGATTAA", "p.Trp2_Ser5dup"),
        ("MetLeuTrpTrpGlu", "ATGTTGTGGGAATAA", "p.Trp4del"),
        ("MetLeuTrpTrpGlu", "ATGTTGGAATAA", "p.Trp3_Trp4del"),
        ("MetLeuTrpTrpGlu", "ATGTTGTGTGTTGAATAA", "p.Trp3_Trp4delinsCysVal"),
        ("MetLeuTrpTrpGlu", "ATGTTGTGGTGTTGGGAATAA", "p.Trp3_Trp4insCys"),
        ("MetLeuTrpTrpGlu", "ATGTGTGTTTGGTGGGAATAA", "p.Leu2delinsCysVal"),
        ("MetAspAlaTyrValThr", "ATGGATGCATAGTCACGTAA", "p.Tyr4Ter"),
        ("MetAspAlaTyrGluMetArg", "ATGGATGCATACGTGCATACGAGATGAGGTAA", "p.Glu5ValfsTer5"),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGACATCAACAATGTTAA", "p.Gln6="),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGACATCAGCAATGTTAA", "p.Gln5_Gln6="),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGACATCTTTAGTGTTAA", "p.Gln5_Gln6delinsLeuTer"),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGACATCAACAGTGGTAA", "p.Cys7Trp"),
        ("MetLysGlyHisGlnGlnCys", "ATGAAAGGACATCAACAGTGGTGA", "p.Cys7Trp"),
    ],
)
def test_the_examples_of_hgvs_are_named_as_hgvs_names_them(forward, protein, changed, name):
    """From the pages on insertion, deletion, duplication, delins, frame shift and substitution."""
    bases = EXAMPLES[protein]

    assert coding(bases, forward=forward).named(bases, changed)[1] == name


@both_strands
def test_a_frame_shift_counts_from_its_first_new_residue(forward):
    """Not from the first codon that the change touches, and to the stop, which counts too."""
    gene = Gene("cccc [ATGCATCAAACATCATGGTAA]CTAACC cccc", forward)

    assert gene.named("ATGCATCAAACA", "ATGCACAAACA") == ("c.6del", "p.Gln3LysfsTer6")
    assert gene.named("CATGGTAA", "CATGTAA") == ("c.18del", "p.Trp6CysfsTer3")


@both_strands
def test_a_frame_without_a_stop_ends_in_a_question_mark(forward):
    """In a frame shift as in an extension, if the transcript ends before a stop comes."""
    gene = coding("ATGCATCAAACACAATGGTAA", forward=forward)

    assert gene.named("ATGCATCAA", "ATGCACAA")[1] == "p.Gln3LysfsTer?"
    assert gene.named("TGGTAACC", "TGGCAACC")[1] == "p.Ter7GlnextTer?"


@both_strands
@pytest.mark.parametrize(
    ("context", "changed", "names"),
    [
        ("TGGTAACAG", "TGGTACAG", ("c.21del", "p.Ter7TyrextTer?")),
        ("TGGTAACAG", "TGGTACAACAG", ("c.20_21insCA", "p.Ter7TyrextTer?")),
        ("TGGTAACAG", "TGGTAGTAACAG", ("c.18_20dup", "p.Ter7=")),
        ("TGGTAACAGTAA", "TGGCAGTAA", ("c.19_21del", "p.Ter7GlnextTer1")),
        ("CGTTGGTAACAGTAA", "CGTCAGTAA", ("c.16_21del", "p.Trp6GlnfsTer2")),
        ("CGTTGGTAAC", "CGTTGGTGGTAAC", ("c.17_19dup", "p.Ter7TrpextTer1")),
        ("TGGTAACAG", "TGGTCATAACAG", ("c.19_20insCAT", "p.Ter7SerextTer1")),
        ("TGGTAACAG", "TGTTGACAG", ("c.18_20delinsTTG", "p.Trp6Cys")),
    ],
)
def test_a_changed_stop_codon_extends_the_protein_or_shifts_its_end(forward, context, changed, names):
    """HGVS: an extension if the stop is the first to change, a frame shift if residues before it do."""
    assert Gene(GENE, forward).named(context, changed) == names


def test_a_stop_codon_that_goes_with_the_transcript_s_end_leaves_nothing_to_name():
    """As Ensembl's VEP has it: the stop is deleted and no new one is found."""
    gene = Gene("cccc GA[ATGAAATAA] cccc")

    assert gene.named("AAATAACC", "AAAACC") == ("c.7_8del", "p.Ter3delextTer?")


@both_strands
def test_methionine_at_the_start_is_known_only_of_codons_that_surely_start(forward):
    """In the vertebrate mitochondrion ATA means methionine as ATG does; that GTG starts is not known."""
    gene = coding("ATGAAATAA", forward=forward, code=2)

    assert gene.named("GAATGAAA", "GAATAAAA") == ("c.3G>A", "p.Met1=")
    assert gene.named("GAATGAAA", "GAGTGAAA") == ("c.1A>G", "p.Met1?")
    assert coding("ATTAAATAA", forward=forward, code=2).named("ATTAAA", "ATCAAA")[1] == "p.Met1="


def test_a_start_codon_may_come_back_from_what_follows():
    """The first codon is still ATG when its last base goes from a run."""
    gene = coding("ATGGGATAA")

    assert gene.named("ATGGGATAA", "ATGGATAA") == ("c.5del", "p.Gly2AspfsTer?")
    assert gene.named("ATGGGATAA", "ATGATGGGATAA") == ("c.1_3dup", "p.Met1dup")


def test_the_genetic_code_is_that_of_the_contig():
    """TGA is tryptophan and AGA a stop in the vertebrate mitochondrion."""
    assert coding("ATGTGGAAATAA").named("TGGAAA", "TGAAAA")[1] == "p.Trp2Ter"
    assert coding("ATGTGGAAATAA", code=2).named("TGGAAA", "TGAAAA")[1] == "p.Trp2="
    assert coding("ATGAAAAAATAA", code=2).named("ATGAAAAAA", "ATGAGAAAA")[1] == "p.Lys2Ter"


@both_strands
def test_poly_a_completes_the_stop_codon_of_a_mitochondrial_transcript(forward):
    """T or TA at the end is TAA in the messenger; elsewhere it is a coding sequence that breaks off."""
    gene = Gene("cccc [ATGAAACGTTA] cccc", forward, code=2)

    assert gene.named("CGTTACC", "CGTCACC") == ("c.10T>C", "p.Ter4GlnextTer?")
    assert gene.named("CGTTACC", "CGTTGCC") == ("c.11A>G", "p.Ter4TrpextTer?")
    assert gene.named("AAACGTTA", "AACCGTTA")[1] == "p.Lys2Asn"
    assert Gene("cccc [ATGAAACGTTA] cccc", forward).named("CGTTACC", "CGTCACC") == ("c.10T>C", None)


@both_strands
def test_a_coding_sequence_that_begins_within_a_codon_counts_that_codon(forward):
    """As Ensembl does: the residue is not known, and neither is what a change of it means."""
    gene = coding("CAAACGTTGGTAA", forward=forward, phase=1)

    assert gene.named("GACAAACG", "GATAAACG") == ("c.1C>T", None)
    assert gene.named("CAAACGTTGG", "CGAACGTTGG") == ("c.2A>G", "p.Lys2Glu")
    assert gene.named("CGTTGGTAA", "CGTGGTAA") == ("c.8del", "p.Trp4GlyfsTer?")


def test_without_a_known_start_no_start_is_lost():
    """Of such a coding sequence the first codon is like any other."""
    tagged = coding("ATGCGTTGGTAA", tags=";tag=cds_start_NF,mRNA_start_NF")

    assert tagged.named("GAATGCG", "GAGTGCG") == ("c.1A>G", "p.Met1Val")
    assert coding("CTGCGTTGGTAA").named("GACTGCG", "GAGTGCG") == ("c.1C>G", "p.Leu1Val")


def test_a_stop_codon_inside_is_selenocysteine():
    """TGA in the midst of an annotated coding sequence is read through."""
    gene = coding("ATGTGAAAATAA")

    assert gene.named("ATGTGAAAA", "ATGTGTAAA") == ("c.6A>T", "p.Sec2Cys")
    assert gene.named("ATGTGAAAA", "ATGTAAAAA") == ("c.5G>A", "p.Sec2Ter")


@both_strands
def test_a_deletion_of_a_whole_intron_joins_what_is_left_of_its_exons(forward):
    """But if something comes in its place, that may hold an intron, and no protein is named."""
    gene = Gene(GENE, forward)
    intron = "GTAAGTCACAGACACATTTTCAG"

    assert gene.named(f"GCATTT{intron}AAACGT", "GCACGT") == ("c.7_12del", "p.Phe3_Lys4del")
    assert gene.named(f"GCATTT{intron}AAACGT", "GCAGGGCGT") == ("c.7_12delinsGGG", None)


@both_strands
def test_what_is_inserted_at_a_border_of_the_coding_part_changes_no_codon(forward):
    """Before the start codon, behind the stop codon, and where an intron begins."""
    gene = Gene(GENE, forward)

    assert gene.named("TTACATGG", "TTACGATGG") == ("c.-1_1insG", None)
    assert gene.named("GTAACAG", "GTAAGCAG") == ("c.21_*1insG", None)
    assert gene.named("TTTGTAAG", "TTTCGTAAG") == ("c.9_9+1insC", None)
