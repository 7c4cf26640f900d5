"""Known variants are joined by allele, however the allele is written."""

from contextlib import closing

import pytest

from services.annotator.alleles import Change, Skip, is_transition, kind, normalise, why_skipped
from services.annotator.reference import Reference


@pytest.fixture
def reference(pack):
    with closing(Reference(pack)) as reference:
        yield reference


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
        ("AT", "GCC", "indel"),
    ],
)
def test_the_type_of_a_change_does_not_depend_on_padding(ref, alt, expected):
    """Bases that both alleles share say nothing about the change."""
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
