"""Known variants are joined by allele, however the allele is written."""

from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pysam
import pytest

from services.annotator.annotation.alleles import (
    Change,
    Skip,
    is_transition,
    kind,
    normalise,
    why_skipped,
)
from services.annotator.pack.manifest import Field, InfoKey
from services.annotator.pack.reference import Reference


@pytest.fixture
def reference(pack):
    with closing(Reference(pack)) as reference:
        yield reference


@pytest.fixture
def new_source(pack, tmp_path):
    """The pack with one source of known variants, given as ``POS REF ALT INFO``."""

    def new(*lines):
        path = tmp_path / "source.vcf.gz"
        rows = ("MT\t{}\t.\t{}\t{}\t.\t.\t{}\n".format(*line.split(" ")) for line in lines)
        with pysam.BGZFile(str(path), "wb") as stream:
            stream.write(b"##fileformat=VCFv4.2\n" + "".join(rows).encode())
        pysam.tabix_index(str(path), preset="vcf")
        fields = (
            Field("X_AF", "AF", per_allele=False, scale=Decimal("0.01"), pattern=None),
            Field("X_TEXT", "TEXT", per_allele=False, scale=None, pattern=None),
        )
        keys = tuple(InfoKey(field.key, "String", "d", significance=False) for field in fields)
        source = replace(pack.sources[0], name="x", file=str(path), fields=fields)
        return replace(pack, sources=(source,), keys=keys)

    return new


def test_each_allele_has_its_own_values(bench):
    """Values are in the order of ALT, with a point where nothing is known."""
    (info,) = bench.records("MT 3243 A C,G,T").infos

    assert info["MITOMAP_CLNSIG"].split(",")[1] == "P"
    assert info["MITOMAP_CLNSIG"].split(",")[0] == "."
    assert info["MITOMAP_AC"].split(",")[1:] == ["10", "0"]
    assert info["MITOTIP_QUARTILE"].count(",") == 2


def test_the_same_insertion_is_known_at_each_place_of_a_repeat(bench):
    """One more C among the Cs that end at 309 is one change, wherever it is written."""
    result = bench.records("MT 302 A AC", "MT 305 C CC", "MT 308 CCT CCCT", "MT 309 C CC")

    counts = {info["MITOMAP_AC"] for info in result.infos}
    assert len(counts) == 1
    assert "." not in counts


def test_the_normal_form_is_leftmost_and_shortest(pack, reference):
    """As vt normalize and bcftools norm have it."""
    contig = pack.contigs[0]

    forms = {
        normalise(Change(*change), contig, reference)
        for change in ((309, "C", "CC"), (308, "CC", "CCC"), (302, "A", "AC"))
    }

    assert forms == {Change(302, "A", "AC")}


def test_a_shift_ends_at_the_start_of_the_contig(pack, reference):
    """There is nothing left of the first base, also in a circular genome."""
    change = normalise(Change(1, "GA", "A"), pack.contigs[0], reference)

    assert change.position == 1


def test_what_info_reserves_is_encoded(bench):
    """A comma or blank in a source's text would end a value or the column."""
    (info,) = bench.records("MT 1555 A G").infos

    assert set(info["MITOMAP_DISEASE"]).isdisjoint(" ,;=")


def test_several_sources_are_counted_by_allele(bench):
    """An allele that two sources know counts for each of them, its record once."""
    report = bench.records("MT 11778 G A", "MT 16000 G GTTT").report

    assert report.known_sources == {"mitomap_disease": 1, "mitomap_confirmed_mutations": 1}
    assert report.known_records == 1


def test_a_missing_number_is_not_scaled(bench, new_source):
    """A point, or what is no number at all, gives no value, and the others of the record stay."""
    pack = new_source("10 T C AF=.;TEXT=a", "11 C T AF=2.5;TEXT=.", "12 T C AF=often;TEXT=b")

    infos = bench.records("MT 10 T C", "MT 11 C T", "MT 12 T C", pack=pack).infos

    assert infos == [{"X_TEXT": "a"}, {"X_AF": "0.025"}, {"X_TEXT": "b"}]


def test_what_a_source_has_encoded_is_not_encoded_again(bench, new_source):
    """A source is a VCF and encodes what a VCF reserves."""
    pack = new_source("10 T C TEXT=a%2Cb%3Bc_100%25", "11 C T TEXT=99%")

    infos = bench.records("MT 10 T C", "MT 11 C T", pack=pack).infos

    assert infos == [{"X_TEXT": "a%2Cb%3Bc_100%25"}, {"X_TEXT": "99%25"}]


def test_a_source_counts_once_for_an_allele(bench, new_source):
    """However many of its records say something about it; the first of them gives the value."""
    pack = new_source("309 C CC TEXT=anchored", "310 T CT TEXT=shifted")

    result = bench.records("MT 302 A AC", pack=pack)

    assert result.report.known_sources == {"x": 1}
    assert result.infos[0]["X_TEXT"] == "anchored"


@pytest.mark.parametrize(
    ("ref", "alt", "expected"),
    [
        ("A", "G", "SNV"),
        ("CAT", "CGT", "SNV"),
        ("CA", "TG", "MNV"),
        ("A", "AT", "insertion"),
        ("CAT", "CGAT", "insertion"),
        ("AT", "A", "deletion"),
        ("CAT", "CT", "deletion"),
        ("G", "TG", "insertion"),
        ("GA", "A", "deletion"),
        ("AT", "GCC", "indel"),
    ],
)
def test_the_type_of_a_change_does_not_depend_on_padding(ref, alt, expected):
    """Bases that both alleles share say nothing about the change, on whichever side they are."""
    assert kind(ref, alt) == expected


def test_transitions_stay_within_purines_or_pyrimidines():
    """A and G are purines, C and T are pyrimidines."""
    assert is_transition("A", "G")
    assert is_transition("CT", "CC")
    assert not is_transition("A", "C")


def test_alleles_that_are_sequence_are_not_skipped():
    """Any other has its reason."""
    assert why_skipped("A", "ACGT") is None
    assert why_skipped("A", "<CN0>") is Skip.SYMBOLIC_ALLELE
    assert why_skipped("A", "]2:7]A") is Skip.BREAKEND
