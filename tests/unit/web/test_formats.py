"""Sizes, times and durations as people read them."""

import pytest

from services.web.formats import another, duration, file_size, iso_time, number, price, utc_time


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (50_000_000, "50 MB"),
        (5 * 1024**3, "5.4 GB"),
        (10**15, "1000 TB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert file_size(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (180, "3 minutes"),
        (90_000, "1 day 1 hour"),
        (3661, "1 hour 1 minute"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(86_400, "another day"), (259_200, "another 3 days"), (90_000, "another 1 day 1 hour")],
)
def test_a_while_more(seconds: float, text: str) -> None:
    assert another(seconds) == text


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        (0.0, "free of charge"),
        (0.0001, "less than 0.01 USD"),
        (0.01, "about 0.01 USD"),
        (1234.5, "about 1,234.50 USD"),
    ],
)
def test_prices(dollars: float, text: str) -> None:
    assert price(dollars) == text


def test_times_are_in_utc() -> None:
    assert iso_time(1_800_000_000.9) == "2027-01-15T08:00:00Z"
    assert iso_time(None) is None
    assert utc_time(1_800_000_000) == "2027-01-15 08:00:00 UTC"
    assert number(1234567) == "1,234,567"
