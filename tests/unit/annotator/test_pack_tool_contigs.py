"""A contig has the names that files give to it, and the genetic code of its genes."""

import pytest

from gas.errors import Misconfigured
from services.annotator.pack_tool.contigs import RCRS_MD5, describe_contigs, read_aliases
from services.annotator.pack_tool.sequence import Written

OTHER_MD5 = "0" * 32


def described(*names, md5=OTHER_MD5, same=(), codes=None, told=None):
    written = [Written(name, 16569, md5) for name in names]
    return {contig.name: contig for contig in describe_contigs(written, same, codes or {}, told or {})}


def test_ensembl_s_aliases_are_taken():
    """One of them is the accession that HGVS asks for."""
    contig = described("1", same=[["1", "CM000663.2", "chr1", "NC_000001.11"]])["1"]

    assert contig.aliases == ("CM000663.2", "chr1", "NC_000001.11")
    assert contig.accession == "NC_000001.11"


@pytest.mark.parametrize(("name", "other"), [("chr1", "1"), ("X", "chrX"), ("chr2L", "2L"), ("IV", "chrIV")])
def test_chromosomes_are_known_with_and_without_chr(name, other):
    """Ensembl and UCSC differ by that alone."""
    assert described(name)[name].aliases == (other,)


def test_scaffolds_get_no_invented_names():
    """UCSC's names of scaffolds are not Ensembl's with chr before them."""
    assert described("KI270728.1")["KI270728.1"].aliases == ()


def test_a_name_that_is_taken_is_not_invented():
    """A FASTA with both names has two contigs."""
    contigs = described("1", "chr1")

    assert contigs["1"].aliases == contigs["chr1"].aliases == ()


@pytest.mark.parametrize("name", ["MT", "chrM", "NC_012920.1", "rCRS.MT"])
def test_the_human_mitochondrion_is_known_by_its_bases(name):
    """Whatever it is called, it has all names of the rCRS, its accession and its genetic code."""
    contig = described(name, md5=RCRS_MD5)[name]

    assert {name, *contig.aliases} == {"MT", "chrM", "chrMT", "M", "NC_012920.1", name}
    assert contig.accession == "NC_012920.1"
    assert contig.genetic_code == 2


def test_another_mitochondrion_does_not_get_the_names_of_the_human_one():
    """The chrM of hg19 has other coordinates than the rCRS."""
    contig = described("chrM")["chrM"]

    assert "NC_012920.1" not in contig.aliases
    assert "MT" not in contig.aliases
    assert contig.genetic_code == 2


def test_a_code_is_told_mentioned_or_usual():
    """In that order: the operator knows best, then the gene models, then the name."""
    contigs = described("1", "MT", "chrM", codes={"MT": 5, "1": 4}, told={"chr1": 11, "chrM": 9})

    assert {name: contig.genetic_code for name, contig in contigs.items()} == {"1": 11, "MT": 5, "chrM": 9}


def test_a_code_for_no_contig_is_refused():
    """A misspelt name would leave the usual code."""
    with pytest.raises(Misconfigured, match="--code names the contig mito, which the FASTA does not have"):
        described("MT", told={"mito": 2})


def test_a_name_for_two_contigs_is_refused():
    """Nobody could tell which one a record means."""
    with pytest.raises(Misconfigured, match="The name chr1 is given to the contigs 1 and 2"):
        described("1", "2", same=[["1", "chr1"], ["2", "chr1"]])


def test_a_contig_without_refseq_accession_has_that_of_insdc():
    """Scaffolds of Ensembl are called by it."""
    assert described("KI270728.1")["KI270728.1"].accession == "KI270728.1"
    assert described("scaffold_1")["scaffold_1"].accession is None


def test_alias_files_have_two_names_or_more(tmp_path):
    """UCSC's chromAlias.txt has one for each authority."""
    path = tmp_path / "chromAlias.txt"
    path.write_text("# ucsc\tassembly\tgenbank\nchr1\t1\tCM000663.2\n\nchrM MT\n")

    assert read_aliases(path) == [["chr1", "1", "CM000663.2"], ["chrM", "MT"]]
