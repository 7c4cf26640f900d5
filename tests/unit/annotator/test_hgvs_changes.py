"""Changes of DNA have the name that HGVS recommends: shortest, most 3', and by the kind it prefers."""

import pytest

from tests.unit.annotator.hgvs_genome import Gene

both_strands = pytest.mark.parametrize("forward", [True, False], ids=["forward", "reverse"])


def one_exon(bases, forward=True):
    """A transcript without a coding part that starts with these bases."""
    return Gene(f"tttcgttcgc {bases} cgcatcgaaa", forward)


@both_strands
@pytest.mark.parametrize(
    ("bases", "context", "changed", "name"),
    [
        ("TGTGATTCT", "TGTGATTCT", "TGTGTTCT", "n.5del"),
        ("ATTGAAAAAAAATTAG", "ATTGAAAAAAAATTAG", "ATTGAAAAAAATTAG", "n.12del"),
        ("GTGTGATTCTG", "GTGTGATTCTG", "GTGTTCTG", "n.5_7del"),
        ("AGAAGTAGAGG", "AGAAGTAGAGG", "AGAAGTTAGAGG", "n.6dup"),
        ("ATTGAAAAAAAATTAG", "ATTGAAAAAAAATTAG", "ATTGAAAAAAAAATTAG", "n.12dup"),
        ("AGAAGTAGAGG", "AGAAGTAGAGG", "AGAAGTAGATAGAGG", "n.6_9dup"),
        ("CATCAGCCT", "CATCAGCCT", "CACTGACCT", "n.3_6inv"),
        ("AGGCTGATG", "AGGCTGATG", "AGGTCAGTG", "n.4_7inv"),
        ("CAGCTCTTT", "CAGCTCTTT", "CAGCGACTTT", "n.5delinsGA"),
        ("GGAAGAGTTGC", "GGAAGAGTTGC", "GGAACTTGC", "n.5_7delinsC"),
        ("TGTGCCA", "TGTGCCA", "TGTTGCA", "n.4_5delinsTG"),
        ("GGTTCAA", "GGTTCAA", "GGTATCAA", "n.3_4insA"),
    ],
)
def test_the_examples_of_hgvs_are_named_as_hgvs_names_them(forward, bases, context, changed, name):
    """From the pages on deletion, duplication, inversion, deletion-insertion; numbers are those here."""
    assert one_exon(bases, forward).named(context, changed) == (name, None)


@both_strands
def test_one_change_has_one_name_wherever_it_is_written(forward):
    """An A more or less in a run of eight is the last one, and needless bases do not count."""
    gene = one_exon("ATTGAAAAAAAATTAG", forward)

    deleted = {gene.change(at, "A", "").coding for at in range(15, 23)}
    inserted = {gene.change(at, "A", "AA").coding for at in range(15, 23)}

    assert deleted == {("T:n.12del",)}
    assert inserted == {("T:n.12dup",)}
    assert gene.named("ATTGAAAAAAAATTAG", "ATCGAAAAAAAATTAG")[0] == "n.3T>C"


@both_strands
def test_more_than_a_copy_is_an_insertion(forward):
    """A duplication is one copy directly behind the original, whole and unchanged."""
    gene = one_exon("GGTTCAA", forward)

    assert gene.named("GGTTCAA", "GGTTCTTCAA")[0] == "n.3_5dup"
    assert gene.named("GGTTCAA", "GGTTCGGCAA")[0] == "n.5_6insGGC"
    assert gene.named("GGTTCAA", "GGTTCCCAA")[0] == "n.5_6insCC"


@both_strands
def test_a_long_repeat_is_followed_to_its_end(forward):
    """Further than what is read at first."""
    gene = one_exon("G" + "CA" * 400 + "T", forward)

    assert gene.change(12, "CA", "").coding == ("T:n.800_801del",)
    assert gene.change(12, "C", "CAC").coding == ("T:n.800_801dup",)


@both_strands
def test_a_change_stays_on_its_side_of_an_exon_junction(forward):
    """HGVS, Numbering: GAT gta//cag TCA to GA gta//cag TCA is not moved to the T of the next exon."""
    gene = Gene("cccc [ATGGAT gtaagcag TCATGA] cccc", forward)

    assert gene.named("GGATGTAAG", "GGAGTAAG")[0] == "c.6del"
    assert gene.named("GGATGTAAG", "GGATTGTAAG")[0] == "c.6dup"


@both_strands
def test_a_change_moves_from_an_exon_into_its_intron(forward):
    """HGVS, Deletion: the G of AACAG|gt that goes is the one of the intron, whatever is spliced."""
    gene = Gene("cccc [ATGAACAG gtatctag TGCCTTATGA] cccc", forward)

    assert gene.named("AACAGGTATC", "AACAGTATC") == ("c.8+1del", None)
    assert gene.named("AACAGGTATC", "AACAGGGTATC") == ("c.8+1dup", None)


@both_strands
def test_a_change_moves_from_an_intron_into_its_exon(forward):
    """HGVS, Deletion: the G of ag|GTT that goes is the one of the exon."""
    gene = Gene("cccc [ATGCTGGCC gtatctag GTTTTATGA] cccc", forward)

    assert gene.named("CTAGGTTTTA", "CTAGTTTTA")[0] == "c.10del"
    assert gene.named("CTAGGTTTTA", "CTAGGGTTTTA")[0] == "c.10dup"


@both_strands
def test_an_indel_of_an_intron_repeat_is_found_by_the_exon_it_moves_to(forward):
    """The record stands 14 bases before the exon, the name in it."""
    gene = Gene("cccc [ATGCTGGCC gtatctcgtcgcaaaaaaaaaaaaaaa AAGTTTTATGA] cccc", forward)

    assert gene.change(27, "A", "").coding == ("T:c.11del",)


@both_strands
def test_a_genomic_name_is_most_to_the_end_of_the_contig(forward):
    """So it does not depend on the strand of a gene, and its place may differ from that in the c. name."""
    gene = Gene("ccgc [ATGGGGTAA] gcgg", forward)

    names = gene.change(8, "G", "")

    assert names.coding == ("T:c.6del",)
    assert names.genomic == ("NC_1.1:g.10del" if forward else "NC_1.1:g.11del")


def test_a_mitochondrial_contig_has_m_names():
    """By its genetic code, or by its name."""
    genes = [
        Gene("ccgc [ATGGGGTAA] gcgg", code=2),
        Gene("ccgc [ATGGGGTAA] gcgg", name="chrM"),
        Gene("ccgc [ATGGGGTAA] gcgg", aliases=("MT",)),
    ]

    assert {gene.change(5, "A", "G").genomic for gene in genes} == {"NC_1.1:m.5A>G"}


def test_a_contig_without_an_accession_goes_by_its_name():
    """Not what HGVS wants, but all that is known."""
    assert Gene("ccgc [ATGGGGTAA] gcgg", accession=None).change(5, "A", "G").genomic == "c:g.5A>G"


@both_strands
def test_the_ends_of_a_contig_are_like_other_places(forward):
    """A transcript may begin and end with the contig."""
    gene = Gene("AC[ATGAAATAA]CTG", forward)

    assert gene.change(1, "A", "C").coding == ("T:c.-2A>C",)
    assert gene.change(1, "AC", "C").coding == ("T:c.-2del",)
    assert gene.change(13, "TG", "T").coding == ("T:c.*3del",)
    assert gene.change(14, "G", "GG").coding == ("T:c.*3dup",)


def test_an_insertion_beyond_a_contig_replaces_its_last_base():
    """There is no base 0 to stand on the other side of it."""
    gene = Gene("AC[ATGAAATAA]CTG")

    assert gene.change(1, "A", "TA") == ((), (), "NC_1.1:g.1delinsTA")
    assert gene.change(13, "TG", "TGA") == ((), (), "NC_1.1:g.13_14delinsTGA")


def test_an_insertion_between_the_ends_of_a_circle_has_both_as_neighbours():
    """A mitochondrial genome goes on where it ends."""
    gene = Gene("AC[ATGAAATAA]CTG", code=2)

    assert gene.change(1, "A", "TA").genomic == "NC_1.1:m.14_1insT"
    assert gene.change(14, "G", "GT").genomic == "NC_1.1:m.14_1insT"


def test_unknown_bases_of_the_reference_hold_a_change_where_it_is():
    """N equals no base, and a codon with it has no residue."""
    gene = Gene("cccc GNAA[ATGANAAAANNNTAA]CC cccc")

    assert gene.change(15, "A", "")[:2] == (("T:c.9del",), ())
    assert gene.change(12, "A", "C")[:2] == (("T:c.4A>C",), ())
    assert gene.hgvs.names(gene.contig, 13, "A", "C")[:2] == (("T:c.5A>C",), ())
