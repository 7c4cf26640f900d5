"""HGVS counts the bases of a transcript along its exons, on both strands, and never beyond its ends."""

import pytest

from tests.unit.annotator.hgvs_genome import Gene

# Coding bases 1 to 9 in the first exon and 10 to 21 in the second, six bases before and after them,
# and an intron of 23 bases between.
GENE = """ccccccccccc GATTAC[ATGGCATTT gtaagtcacagacacattttcag AAACGTTGGTAA]CAGTAA ggggggggggg"""

# Introns of 8 and of 11 bases behind coding bases 6 and 12.
SHORT_INTRONS = "cccc [ATGAAA gtacctag AAAGTC gtacatgtccg AAATGA] cccc"

# Exons of an untranslated region on either side of introns of four bases.
UNTRANSLATED = "cccc GAAAC gtac AGT[ATGAAATAA]CC gtag TTG cccc"

both_strands = pytest.mark.parametrize("forward", [True, False], ids=["forward", "reverse"])


@both_strands
@pytest.mark.parametrize(
    ("context", "changed", "name"),
    [
        ("CCGATTAC", "CCAATTAC", "c.-6G>A"),
        ("TACATG", "TAGATG", "c.-1C>G"),
        ("ACATGGC", "ACGTGGC", "c.1A>G"),
        ("TTTGTAAG", "TTCGTAAG", "c.9T>C"),
        ("TTTGTAAG", "TTTATAAG", "c.9+1G>A"),
        ("TTTGTAAG", "TTTGTAAC", "c.9+5G>C"),
        ("TTTTCAGAAA", "TTTTCGGAAA", "c.10-2A>G"),
        ("TTTTCAGAAA", "TTTTCAGGAA", "c.10A>G"),
        ("GGTAACAG", "GGTATCAG", "c.21A>T"),
        ("GTAACAG", "GTAATAG", "c.*1C>T"),
        ("CAGTAAGG", "CAGTACGG", "c.*6A>C"),
    ],
)
def test_a_base_has_its_number_in_the_coding_sequence(forward, context, changed, name):
    """From -6 to *6, and in the intron from the nearer exon."""
    assert Gene(GENE, forward).named(context, changed)[0] == name


@both_strands
@pytest.mark.parametrize(
    ("context", "changed", "name"),
    [
        ("GTACCTAG", "GTATCTAG", "c.6+4C>T"),
        ("GTACCTAG", "GTACTTAG", "c.7-4C>T"),
        ("GTACATGTCCG", "GTACAGGTCCG", "c.12+6T>G"),
        ("GTACATGTCCG", "GTACATTTCCG", "c.13-5G>T"),
    ],
)
def test_the_middle_base_of_an_intron_belongs_to_the_exon_before_it(forward, context, changed, name):
    """HGVS, Numbering: the central base of an uneven intron is numbered from the upstream exon."""
    assert Gene(SHORT_INTRONS, forward).named(context, changed)[0] == name


@both_strands
@pytest.mark.parametrize(
    ("context", "changed", "name"),
    [
        ("GAAACGTAC", "GAAACGCAC", "c.-4+2T>C"),
        ("GTACAGT", "GTATAGT", "c.-3-1C>T"),
        ("ACCGTAG", "ACCCTAG", "c.*2+1G>C"),
        ("GTAGTTG", "GTACTTG", "c.*3-1G>C"),
    ],
)
def test_introns_of_untranslated_regions_are_numbered_like_others(forward, context, changed, name):
    """With the numbers before the start codon or after the stop codon."""
    assert Gene(UNTRANSLATED, forward).named(context, changed) == (name, None)


@both_strands
@pytest.mark.parametrize(
    ("context", "changed", "name"),
    [
        ("GATTACA", "CATTACA", "n.1G>C"),
        ("TTACAGTAAG", "TTACATTAAG", "n.7+1G>T"),
        ("CCATGG", "CCATCG", "n.13G>C"),
    ],
)
def test_a_transcript_without_a_coding_part_has_n_names(forward, context, changed, name):
    """Numbers start at its first base."""
    gene = Gene("cccc GATTACA gtaagtag TCCATGG cccc", forward)

    assert gene.named(context, changed) == (name, None)


@both_strands
@pytest.mark.parametrize(
    ("context", "changed"),
    [
        ("CCCGATT", "CCAGATT"),
        ("CCCGATT", "CCATT"),
        ("CCCGATT", "CCCTGATT"),
        ("CAGTAAGGG", "CAGTAATGG"),
        ("CAGTAAGGG", "CAGTGG"),
        ("CAGTAAGGG", "CAGTAATGGG"),
    ],
    ids=["before", "across the start", "between both", "behind", "across the end", "between both ends"],
)
def test_what_lies_outside_a_transcript_has_no_name_on_it(forward, context, changed):
    """HGVS does not allow positions beyond the reference sequence."""
    assert Gene(GENE, forward).named(context, changed) == (None, None)


@both_strands
def test_a_change_never_moves_beyond_the_end_of_its_transcript(forward):
    """Bases behind the last exon that equal its last one do not take a change with them."""
    gene = Gene("cccc [ATGAAATAA]CAGTAA aagg cccc", forward)

    in_the_exon, behind_it = (gene.change(at, "A", "")[0] for at in (19, 20))
    assert in_the_exon == behind_it == ("T:c.*6del",)
    assert gene.change(19, "A", "AA").coding == ("T:c.*6dup",)


def test_a_change_deep_in_an_intron_has_only_a_genomic_name():
    """Nothing is said about transcripts beyond 8 bases from an exon."""
    gene = Gene(GENE)

    assert gene.change(34, "A", "C") == (("T:c.9+8A>C",), (), "NC_1.1:g.34A>C")
    assert gene.change(35, "C", "A") == ((), (), "NC_1.1:g.35C>A")


@both_strands
def test_a_deletion_that_crosses_a_border_has_a_number_on_either_side(forward):
    """And no p. name, since what is spliced is not known."""
    gene = Gene(GENE, forward)

    assert gene.named("GCATTTGTAAG", "GCATAG") == ("c.8_9+3del", None)
    assert gene.named("TTTTCAGAAACG", "TTTTCACG") == ("c.10-1_12del", None)


@both_strands
def test_a_deletion_of_a_whole_transcript_has_only_a_genomic_name(forward):
    """It cannot be described by a reference sequence that ends before it does."""
    gene = Gene("acgt GA[ATGAAATAA]CA tgca", forward)

    names = gene.change(2, gene.sequence[1:19], gene.sequence[1])

    assert names.coding == names.protein == ()
    assert names.genomic == "NC_1.1:g.3_19del"
