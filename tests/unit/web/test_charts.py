"""The charts and the ledger of a summary: geometry that fits, and links to what was counted."""

from __future__ import annotations

import json

import pytest

from services.annotator.result.variant_table import MAX_TABLE_SAMPLES
from services.web.charts import FULL, HEIGHT, LONGEST_INDEL, MAX_SAMPLES, TABLE_SAMPLES
from services.web.summary import Summary, read_summary


def read(**document) -> Summary:
    summary = read_summary(json.dumps(document).encode())
    assert summary
    return summary


def test_the_widest_bar_is_full_and_the_others_are_in_proportion():
    """However large the counts are."""
    (chart,) = read(impacts={"MODERATE": 4_000_000, "HIGH": 1_000_000, "LOW": 0}).charts

    assert [bar.parts[0].width for bar in chart.bars] == [FULL, 25.0, 0.0]
    assert [bar.parts[0].style for bar in chart.bars] == ["warning", "danger", "success"]


@pytest.mark.parametrize(
    ("document", "link"),
    [
        ({"impacts": {"HIGH": 1}}, {"impact": "HIGH"}),
        ({"consequences": {"stop_gained&frameshift": 1}}, {"consequence": "stop_gained&frameshift"}),
        ({"genes": {"MT-ND4": 1}}, {"gene": "MT-ND4"}),
        ({"contigs": {"chrM": 1}}, {"region": "chrM"}),
        ({"alleles": {"types": {"SNV": 1}}}, {"type": "SNV"}),
        ({"significance": {"CLNSIG": {"Pathogenic": 1}}}, {"significance": "Pathogenic"}),
        ({"known": {"alleles_by_source": {"mitomap": 1}}}, None),
    ],
)
def test_a_count_leads_to_its_rows_of_the_table(document, link):
    """By the annotator's own word, not by the one for people."""
    (chart,) = read(**document).charts

    assert chart.bars[0].link == link


def test_charts_of_two_keys_have_names_of_their_own():
    """Their rows lead to the same part of the filter."""
    charts = read(significance={"CLNSIG": {"P": 1}, "MITOMAP_CLNSIG": {"LP": 2}}).charts

    assert [chart.name for chart in charts] == ["significance-CLNSIG", "significance-MITOMAP_CLNSIG"]


def test_the_ratio_of_transitions_to_transversions():
    """With no transversion there is no ratio, with neither there is nothing to show."""
    ratio = read(alleles={"transitions": 30, "transversions": 10}).ratio
    assert ratio
    assert (ratio.ratio, ratio.share) == (3.0, 75.0)
    only = read(alleles={"transitions": 3, "transversions": 0}).ratio
    assert only
    assert (only.ratio, only.share) == (None, 100.0)
    assert read(alleles={"transitions": 0, "transversions": 0}).ratio is None


def test_indels_stand_in_the_order_of_their_length_and_long_ones_together():
    """A column never leaves the picture, and none is too low to be seen."""
    histogram = read(
        alleles={"indel_lengths": {"1": 1000, "-2": 1, "35": 3, "400": 4, "x": 9, "3": "many"}}
    ).indels

    assert histogram
    assert [column.label for column in histogram.columns] == ["-2", "+1", f"+{LONGEST_INDEL} or more"]
    assert [column.number for column in histogram.columns] == [1, 1000, 7]
    assert all(column.y >= 0 and 1 <= column.height <= HEIGHT for column in histogram.columns)
    assert histogram.columns[-1].x < histogram.width


def test_samples_have_a_bar_of_three_parts():
    """As wide as the sample has records; the first samples only."""
    names = [f"S{number}" for number in range(MAX_SAMPLES + 3)]
    counts = {"heterozygous": [1] * 15, "homozygous": [2] * 15, "missing": [1] * 15}

    chart = read(genotypes={"samples": names, **counts}).genotypes

    assert chart
    assert (len(chart.bars), chart.more) == (MAX_SAMPLES, 3)
    assert chart.bars[0].texts == (1, 2, 1)
    assert [(part.begin, part.width) for part in chart.bars[0].parts] == [(0, 25), (25, 50), (75, 25)]


def test_samples_lead_to_the_table_where_it_has_them():
    """It has the first ones, and tells those of one name apart by their number."""
    names = ["A", "A", *(f"S{number}" for number in range(MAX_SAMPLES - 2))]
    counts = {kind: [1] * MAX_SAMPLES for kind in ("heterozygous", "homozygous", "missing")}

    chart = read(genotypes={"samples": names, **counts}).genotypes

    assert chart
    assert TABLE_SAMPLES == MAX_TABLE_SAMPLES
    linked = [number for number, bar in enumerate(chart.bars) if bar.link]
    assert linked == [0, *range(2, MAX_TABLE_SAMPLES)]


@pytest.mark.parametrize(
    "genotypes", [{"samples": ["A"], "heterozygous": [1, 2]}, {"samples": []}, [1], None]
)
def test_genotypes_of_another_shape_are_left_out(genotypes):
    """A summary of another version is no error."""
    assert read(genotypes=genotypes).genotypes is None


def records(**changes):
    return {
        "read": 10,
        "written": 10,
        "annotated": 7,
        "kept_unannotated": 3,
        "skipped": {"symbolic": 3},
        **changes,
    }


def test_the_ledger_accounts_for_every_record():
    """In = out = annotated + kept, with the reasons."""
    ledger = read(records=records()).ledgers["records"]

    assert ledger.reconciles
    assert [(row.name, row.number, row.value) for row in ledger.reasons.rows] == [("symbolic", 3, "symbolic")]


@pytest.mark.parametrize(
    "changes", [{"written": 9}, {"annotated": 8}, {"kept_unannotated": 2}, {"skipped": {"symbolic": 2}}]
)
def test_totals_that_do_not_agree_are_seen(changes):
    """Whichever of them is wrong."""
    assert not read(records=records(**changes)).ledgers["records"].reconciles


def test_a_ledger_that_is_not_complete_is_left_out():
    """Nobody is told that totals agree which are not there."""
    assert read(records={"read": 5}).ledgers == {}


def test_alleles_have_a_ledger_of_their_own():
    """What is not annotated was kept."""
    ledger = read(alleles={"total": 5, "annotated": 4, "skipped": {"star": 1}}).ledgers["alleles"]

    assert (ledger.kept, ledger.reconciles) == (1, True)
