"""Gene models are read in the dialect of bcftools csq, and found by place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gas.errors import Misconfigured
from services.annotator.hgvs.gene_model_file import EXON, GeneRows, Parts
from services.annotator.hgvs.gene_models import ContigGenes, GeneModels
from services.annotator.hgvs.genetic_codes import genetic_code
from tests.unit.annotator.hgvs_genome import Gene


@pytest.fixture
def read(tmp_path):
    """Gene models of contig c, given as ``KIND START END STRAND PHASE ATTRIBUTES``."""

    def read_lines(*lines):
        path = tmp_path / "genes.gff3"
        path.write_text("##gff-version 3\n" + "".join(map(gff_line, lines)))
        return GeneModels({"c": path})

    return read_lines


def gff_line(line):
    kind, start, end, strand, phase, attributes = line.split(" ")
    return f"c\t.\t{kind}\t{start}\t{end}\t.\t{strand}\t{phase}\t{attributes}\n"


def spans(models, first=1, last=1000):
    """The exons of each transcript by its name."""
    found = models.on("c").touching(first, last)
    return {one.name: list(zip(one.starts, one.ends, strict=True)) for one in found}


def test_a_part_may_stand_before_its_transcript_and_belong_to_several(read):
    """Ensembl sorts by position and writes shared parts once."""
    models = read(
        "exon 10 20 + . Parent=transcript:A,transcript:B;rank=1",
        "gene 10 60 + . ID=gene:G",
        "mRNA 10 60 + . ID=transcript:A;Parent=gene:G;version=3",
        "mRNA 10 60 + . ID=transcript:B.7;Parent=gene:G;version=7",
        "mRNA 10 60 + . ID=transcript:B;Parent=gene:G",
        "exon 50 60 + . Parent=transcript:A",
        "exon 50 60 + . Parent=transcript:NOBODY",
    )

    assert spans(models) == {"A.3": [(10, 20), (50, 60)], "B": [(10, 20)]}


def test_without_exons_the_parts_that_adjoin_are_exons(read):
    """As bcftools csq reads them: coding and untranslated parts are enough."""
    models = read(
        "mRNA 10 60 - . ID=transcript:A",
        "three_prime_UTR 10 14 - . Parent=transcript:A",
        "CDS 15 20 - 0 Parent=transcript:A",
        "CDS 50 55 - 0 Parent=transcript:A",
        "five_prime_UTR 56 60 - . Parent=transcript:A",
    )

    (transcript,) = models.on("c").touching(12, 12)

    assert spans(models) == {"A": [(10, 20), (50, 60)]}
    assert [transcript.label(position) for position in (60, 55, 50, 15, 10)] == ["-5", "1", "6", "12", "*5"]


def test_a_transcript_that_the_ribosome_slips_on_has_no_protein_names():
    """Its residues are not those of its exons read from the start to the end."""
    gene = Gene("cccc [ATGAAAGCATAA] cccc", read_twice=(10, 10))

    assert gene.change(12, "C", "T") == (("T:c.8C>T",), (), "NC_1.1:g.12C>T")


def test_a_coding_part_beside_all_exons_makes_no_coding_transcript(read):
    """A model that contradicts itself is named by what is not in doubt."""
    models = read(
        "mRNA 10 60 + . ID=transcript:A",
        "exon 10 20 + . Parent=transcript:A",
        "CDS 30 40 + 0 Parent=transcript:A",
    )

    (transcript,) = models.on("c").touching(12, 12)

    assert (transcript.prefix, transcript.label(12)) == ("A:n.", "3")


def test_an_exon_and_eight_bases_beside_it_are_touched(read):
    """By position as by range, and nothing else is."""
    models = read("RNA 100 200 + . ID=transcript:A", "exon 100 120 + . Parent=transcript:A")

    starts = np.array([91, 92, 128, 129, 1, 1, 90])
    ends = np.array([91, 92, 128, 140, 91, 92, 500])

    assert models.touches_exons("c", starts, ends).tolist() == [False, True, True, False, False, True, True]
    assert models.touches_exons("other", starts, ends).tolist() == [False] * 7
    assert models.on("other").touching(1, 1000) == ()


def test_models_that_cannot_be_read_are_the_operator_s_mistake(read, tmp_path):
    """The line is named."""
    models = read("RNA 1 9 + . ID=transcript:A", "exon 1 x9 + . Parent=transcript:A")

    with pytest.raises(Misconfigured, match=r"genes\.gff3, line 3, cannot be read: .*'x9'"):
        models.on("c")
    with pytest.raises(Misconfigured, match=r"none\.gff3 cannot be read"):
        GeneModels({"c": tmp_path / "none.gff3"}).on("c")


exons = st.lists(st.tuples(st.integers(0, 5), st.integers(20, 300), st.integers(0, 60)), max_size=12)
ranges = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 40)), min_size=1, max_size=20)


@settings(max_examples=200, deadline=None)
@given(exons, ranges)
def test_what_is_found_is_what_a_look_at_every_exon_finds(drawn, asked):
    """Overlapping, nested and repeated exons of several transcripts, at single places and ranges."""
    parts: Parts = np.array(
        [(owner, EXON, start, start + size, 0) for owner, start, size in drawn], np.int32
    ).reshape(-1, 5)
    genes = ContigGenes(GeneRows([str(owner) for owner in range(6)], [True] * 6, [True] * 6, parts))

    for first, size in asked:
        touched = {
            str(owner)
            for owner, start, length in drawn
            if start - 8 <= first + size and first <= start + length + 8
        }
        mask = genes.touches_exons(np.array([first]), np.array([first + size]))
        assert {one.name for one in genes.touching(first, first + size)} == touched
        assert mask.tolist() == [bool(touched)]


@pytest.mark.parametrize(
    ("code", "codon", "residue"),
    [(1, "TGA", "*"), (1, "ATA", "I"), (2, "TGA", "W"), (2, "AGG", "*"), (3, "CTG", "T"), (12, "CTG", "S")],
)
def test_genetic_codes_are_those_of_ncbi(code, codon, residue):
    """Facts on each table that its page states."""
    assert genetic_code(code).residues[codon] == residue


def test_every_table_of_ncbi_is_whole():
    """64 codons, 20 residues, a stop and a start."""
    numbers = [*range(1, 7), *range(9, 17), *range(21, 34)]

    for code in map(genetic_code, numbers):
        assert len(code.residues) == 64
        assert set(code.residues.values()) - {"*"} == set("ACDEFGHIKLMNPQRSTVWY")
        assert {codon for codon, residue in code.residues.items() if residue == "*"} <= code.stops
        assert code.stops
        assert "ATG" in code.starts
    with pytest.raises(Misconfigured, match="NCBI has no genetic code 7; use one of 1, 2"):
        genetic_code(7)


def test_a_codon_that_may_stop_or_not_stops_at_the_end_of_a_coding_part():
    """In code 27 TGA is tryptophan, unless it is the last codon."""
    gene = Gene("cccc GA[ATGTGAAAATGA]CC cccc", code=27)

    assert gene.named("ATGTGAAAA", "ATGTGCAAA") == ("c.6A>C", "p.Trp2Cys")
    assert gene.named("AAATGACC", "AAATGCCC") == ("c.12A>C", "p.Ter4CysextTer?")
