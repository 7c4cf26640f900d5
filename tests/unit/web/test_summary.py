"""The annotator's summary, whatever it looks like."""

import json

import pytest

from services.web.summary import MAX_SEVERE, Count, read_summary
from tests.unit.web.builders import SUMMARY


def test_a_summary_is_read_for_the_page() -> None:
    summary = read_summary(json.dumps(SUMMARY).encode())

    assert summary.facts[:2] == [Count("records read", 1200), Count("annotated", 1199)]
    assert summary.impacts == [Count("MODERATE", 700, "warning"), Count("HIGH", 20, "danger")]
    assert summary.consequences[1] == Count("stop gained", 20)
    assert summary.known == [Count("mitomap disease", 7)]
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
    assert summary.impacts == []
    assert summary.warnings == []


@pytest.mark.parametrize("data", [b"", b"not json", b"[1, 2]", b"\xff\xfe", b"null"])
def test_what_is_no_summary_is_none(data: bytes) -> None:
    assert read_summary(data) is None


def test_the_page_shows_a_bounded_number_of_records() -> None:
    summary = read_summary(json.dumps({"severe": [SUMMARY["severe"][0]] * 100}).encode())

    assert len(summary.severe) == MAX_SEVERE
