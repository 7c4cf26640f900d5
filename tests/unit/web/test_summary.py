"""The annotator's summary, whatever it looks like."""

import json

import pytest

from services.web.summary import MAX_SEVERE, read_summary
from services.web.summary_counts import MAX_COUNTS, Count
from tests.unit.web.builders import SUMMARY


def chart(summary, name: str):
    """The chart of this name."""
    (found,) = (chart for chart in summary.charts if chart.name == name)
    return found


def rows(summary, name: str) -> list[tuple[str, int]]:
    return [(bar.label, *bar.texts) for bar in chart(summary, name).bars]


def test_a_summary_is_read_for_the_page() -> None:
    summary = read_summary(json.dumps(SUMMARY).encode())

    assert summary.facts[:2] == [Count("records read", 1200), Count("annotated", 1199)]
    assert rows(summary, "impact") == [("MODERATE", 700), ("HIGH", 20)]
    assert rows(summary, "consequence")[1] == ("stop gained", 20)
    assert rows(summary, "sources") == [("mitomap disease", 7)]
    (variant,) = summary.severe
    assert (variant.place, variant.change, variant.significance) == ("MT:11778", "G>A", "P")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"unknown": 1},
        {"records": 5, "impacts": [1], "genes": None, "severe": {"a": 1}, "warnings": "text"},
        {"severe": [1, None, {}], "known": "none", "impacts": {"HIGH": "many"}},
    ],
)
def test_what_is_missing_or_of_another_shape_is_left_out(document: dict) -> None:
    summary = read_summary(json.dumps(document).encode())

    assert summary.facts == []
    assert summary.charts == []
    assert (summary.ratio, summary.indels, summary.genotypes, summary.ledgers) == (None, None, None, {})
    assert summary.warnings == []


@pytest.mark.parametrize("data", [b"", b"not json", b"[1, 2]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_what_is_no_summary_is_none(data: bytes) -> None:
    assert read_summary(data) is None


def test_the_page_shows_a_bounded_number_of_records() -> None:
    summary = read_summary(json.dumps({"severe": [SUMMARY["severe"][0]] * 100}).encode())

    assert len(summary.severe) == MAX_SEVERE


def read(**changes: object):
    return read_summary(json.dumps({**SUMMARY, **changes}).encode())


def test_one_of_a_kind_is_in_the_singular() -> None:
    summary = read(records={"read": 1}, gene_count=1, samples=1)

    assert [fact.name for fact in summary.facts if fact.number == 1] == ["record read", "gene", "sample"]


def test_several_consequences_of_one_record_are_a_list_of_words() -> None:
    severe = {**SUMMARY["severe"][0], "consequence": "stop_gained&frameshift"}
    summary = read(consequences={"stop_gained&frameshift": 2}, severe=[severe])

    assert rows(summary, "consequence") == [("stop gained, frameshift", 2)]
    assert summary.severe[0].consequence == "stop gained, frameshift"


def test_a_source_has_its_title_where_the_summary_knows_it() -> None:
    known = {"alleles_by_source": {"mitomap_disease": 7, "other_source": 1}}
    sources = [
        {"name": "mitomap_disease", "title": "MITOMAP disease-associated variants"},
        {"name": "other_source"},
    ]

    found = rows(read(known=known, pack={"sources": sources}), "sources")

    assert [name for name, _ in found] == ["MITOMAP disease-associated variants", "other source"]


@pytest.mark.parametrize(
    ("in_summary", "in_all", "more"), [(12, 12, 0), (13, 13, 1), (37, None, 25), (100, 140, 128), (3, 1, 0)]
)
def test_how_many_genes_are_not_shown_is_known(in_summary: int, in_all: int | None, more: int) -> None:
    genes = chart(
        read(genes={f"GENE_{number}": 1 for number in range(in_summary)}, gene_count=in_all), "gene"
    )

    assert len(genes.bars) == min(in_summary, MAX_COUNTS)
    assert genes.bars[0].label == "GENE_0", "a gene is written as it is"
    assert genes.more == more


def test_the_words_of_mitomap_are_known_by_their_key() -> None:
    assert read().mitomap
    assert not read(severe=[{"significance": {"CLINVAR_CLNSIG": "Pathogenic"}}]).mitomap
