"""Ranges of time in words."""

import pytest

from services.web.durations import Span
from services.web.span_text import ordinal, span_text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(0, 40), "less than a minute"),
        (Span(0, 61), "up to 2 minutes"),
        (Span(200, 500), "3 to 9 minutes"),
        (Span(240, 240), "about 4 minutes"),
        (Span(290, 310, usual=False), "4 to 6 minutes"),
        (Span(70, 70, usual=True), "about 1 minute"),
        (Span(1150, 1300), "15 to 25 minutes"),
        (Span(3700, 7300), "60 to 125 minutes"),
        (Span(3700, 11_000), "1 to 4 hours"),
        (Span(100_000, 300_000), "1 to 4 days"),
    ],
)
def test_a_range_is_told_in_the_unit_that_fits_it(span: Span, text: str) -> None:
    assert span_text(span) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (112, "112th"),
        (21, "21st"),
        (1000, "1,000th"),
    ],
)
def test_a_place_is_told_as_it_is_spoken(number: int, text: str) -> None:
    assert ordinal(number) == text
