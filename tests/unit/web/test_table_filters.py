"""The filter of a table, from and to its address."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from services.web.viewer.content import OWN_COLUMNS, Content, Key
from services.web.viewer.filter_reading import MAX_VALUE, MAX_VALUES, read_view
from services.web.viewer.filters import CHOICES, GENOTYPES, Filter, View
from services.web.viewer.regions import MAX_POSITION, Region, read_region

COLUMNS = (*OWN_COLUMNS, "AF", "SIG", "genotype_1", "genotype_2")
CONTENT = Content(
    rows=10,
    columns=COLUMNS,
    filled=frozenset(COLUMNS),
    contigs=("chr1", "chrM", "HLA-A*01:01"),
    choices={},
    samples=("child", "mother"),
    keys=(Key("AF", "Float", role="frequency"), Key("SIG", role="significance")),
)


def read(*pairs: tuple[str, str], content: Content = CONTENT) -> tuple[View, dict[str, str]]:
    return read_view(MultiDict(pairs), content)


def test_an_address_says_which_alleles_are_wanted() -> None:
    view, problems = read(
        ("region", "chrM:3000-4000"),
        ("impact", "MODERATE"),
        ("impact", "HIGH"),
        ("max_frequency", "0.010"),
        ("min_quality", "30"),
        ("sample", "mother"),
        ("genotype", "homozygous"),
        ("sort", "-qual"),
        ("page", "3"),
    )

    wanted = Filter(
        region=Region("chrM", 3000, 4000),
        impact=("HIGH", "MODERATE"),
        max_frequency=0.01,
        min_quality=30.0,
        sample="mother",
        genotype="homozygous",
    )
    assert (view, problems) == (View(filter=wanted, sort="-qual", page=3), {})
    assert urlencode(view.pairs()) == (
        "region=chrM%3A3000-4000&impact=HIGH&impact=MODERATE&max_frequency=0.01&min_quality=30"
        "&sample=mother&genotype=homozygous&sort=-qual&page=3"
    )


def test_nothing_is_the_first_page_of_all() -> None:
    view, problems = read(("impact", ""), ("page", "1"), ("utm_source", "mail"), ("sort", " "))

    assert (view, view.pairs(), problems) == (View(), [], {})
    assert not view.filter


@pytest.mark.parametrize(
    ("place", "pairs"),
    [
        ("chrM", [("region", "chrM")]),
        ("MT", [("region", "chrM")]),
        ("m:3,243", [("region", "chrM:3243")]),
        ("1:5-", [("region", "chr1:5-")]),
        ("chr1:1-", [("region", "chr1")]),
        ("HLA-A*01:01", [("region", "HLA-A*01:01")]),
        ("HLA-A*01:01:7-9", [("region", "HLA-A*01:01:7-9")]),
        ("MT-ND4", [("gene", "MT-ND4")]),
    ],
)
def test_one_box_takes_a_region_or_a_gene(place: str, pairs: list[tuple[str, str]]) -> None:
    """Contigs are found under their usual other names, and the address has the file's own."""
    view, problems = read(("place", f" {place} "))

    assert (view.pairs(), problems) == (pairs, {})


def test_the_box_goes_before_what_the_address_had() -> None:
    assert read(("place", "chr1"), ("region", "chrM"))[0].pairs() == [("region", "chr1")]
    assert read(("place", "A"), ("gene", "B"))[0].pairs() == [("gene", "A")]
    assert read(("place", "chr1"), ("gene", "B"))[0].pairs() == [("region", "chr1"), ("gene", "B")]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("place", "chr7:1-2", "no contig chr7; it has HLA-A*01:01, chr1, chrM."),
        ("region", "chr1:20-10", "ends before it starts; write it as chr1:10-20."),
        ("region", "chr1:0", "0 is no position"),
        ("region", f"chr1:1-{MAX_POSITION + 1}", "is no position"),
        ("region", "chr1:" + "9" * 100, "is no position"),
        ("gene", "A\nB", "cannot be shown"),
        ("impact", "x" * (MAX_VALUE + 1), f"longer than {MAX_VALUE} characters"),
        ("max_frequency", "1.5", "fraction from 0 to 1"),
        ("max_frequency", "rare", "rare is not a number"),
        ("min_quality", "-1", "from 0 up"),
        ("min_quality", "nan", "cannot be compared with|can be compared with"),
        ("min_quality", "inf", "can be compared with"),
        ("sample", "father", "no genotypes of a sample father"),
        ("genotype", "odd", "odd is no genotype"),
        ("genotype", "carrier", "Choose the sample"),
        ("sort", "ref", "cannot be sorted by ref"),
        ("page", "0", "whole number from 1 up"),
        ("page", "1e3", "whole number from 1 up"),
        ("page", "٣", "whole number from 1 up"),
    ],
)
def test_a_wrong_value_has_its_sentence_and_is_left_out(name: str, value: str, words: str) -> None:
    view, problems = read((name, value), ("type", "SNV"))

    field = "place" if name in {"region", "gene"} else name
    assert set(problems) == {field}
    assert any(each in problems[field] for each in words.split("|"))
    assert problems[field].endswith(".")
    assert view == View(filter=Filter(type=("SNV",)))


def test_too_many_values_are_refused() -> None:
    _, problems = read(*(("gene", "A"), *(("type", str(number)) for number in range(MAX_VALUES + 1))))

    assert problems.keys() == {"type"}


def test_a_table_without_frequencies_has_no_filter_for_them() -> None:
    plain = Content(rows=1, columns=OWN_COLUMNS, filled=frozenset(), contigs=("1",), choices={})

    assert "no frequencies" in read(("max_frequency", "0.1"), content=plain)[1]["max_frequency"]


def test_a_sample_alone_means_that_it_has_the_allele() -> None:
    assert read(("sample", "child"))[0].pairs() == [("sample", "child"), ("genotype", "carrier")]


def test_the_only_sample_need_not_be_named() -> None:
    one = Content(
        rows=1,
        columns=COLUMNS,
        filled=frozenset(COLUMNS),
        contigs=("1",),
        choices={},
        samples=("only",),
    )

    view, problems = read(("genotype", "missing"), content=one)

    assert (view.pairs(), problems) == ([("sample", "only"), ("genotype", "missing")], {})


def test_a_part_is_taken_out_of_a_filter() -> None:
    wanted = Filter(impact=("HIGH", "LOW"), gene="A", sample="child", genotype="carrier")

    assert wanted.without("impact", "HIGH").impact == ("LOW",)
    assert wanted.without("gene", "A").gene == ""
    assert (wanted.without("genotype", "carrier").sample, wanted.without("genotype", "").genotype) == ("", "")
    assert not Filter(max_frequency=0.0).without("max_frequency", "0")


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
filters = st.builds(
    Filter,
    region=st.none()
    | st.builds(Region, st.sampled_from(CONTENT.contigs))
    | st.integers(1, MAX_POSITION).flatmap(
        lambda start: st.builds(
            Region,
            st.sampled_from(CONTENT.contigs),
            st.just(start),
            st.none() | st.integers(start, MAX_POSITION),
        )
    ),
    gene=st.just("") | texts,
    max_frequency=st.none() | st.floats(0, 1),
    min_quality=st.none() | st.floats(0, allow_infinity=False, allow_nan=False),
    id=st.just("") | texts,
    **{name: st.sets(texts, max_size=3).map(lambda each: tuple(sorted(each))) for name in CHOICES},
)
views = st.builds(View, filter=filters, sort=st.sampled_from(["", "qual", "-AF"]), page=st.integers(1, 10**9))


@given(views)
def test_what_is_read_from_an_address_has_that_address(view: View) -> None:
    """So an address that was shared opens what its sender saw, and is never led on twice."""
    again, problems = read(*view.pairs())

    assert (again.pairs(), problems) == (view.pairs(), {})


NAMES = (
    "place",
    "region",
    "gene",
    "sample",
    "genotype",
    "min_quality",
    "max_frequency",
    "id",
    "sort",
    "page",
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text())))
def test_any_address_is_read_in_one_step(pairs: list[tuple[str, str]]) -> None:
    """Whatever somebody types, the corrected address is stable."""
    view, _ = read(*pairs)
    again, problems = read(*view.pairs())

    assert (again, problems) == (view, {})


@pytest.mark.parametrize("text", ["chr1", "chr1:5", "chr1:5-", "chr1:5-9"])
def test_a_region_is_written_as_it_is_read(text: str) -> None:
    assert str(read_region(text, CONTENT.contigs)) == text


def test_every_genotype_has_words() -> None:
    assert all(GENOTYPES.values())
