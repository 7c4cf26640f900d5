"""What the documentation says of money is what the price table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.archive_cost import (
    break_even_bytes,
    break_even_days,
    cold_cost,
    hot_cost,
    restore_cost,
    tables,
)
from gas.cold_stores import COLD_STORES, GIB, PRICES_AS_OF

PAGE = Path(__file__).parents[3] / "docs" / "archive.md"


def test_the_page_shows_the_tables_and_their_date():
    """Word for word; whoever changes a price prints them again."""
    text = PAGE.read_text()

    assert tables() in text
    assert f"Prices of {PRICES_AS_OF}," in text


@pytest.mark.parametrize("name", COLD_STORES)
@pytest.mark.parametrize("months", [4, 12, 24])
def test_at_the_break_even_size_hot_and_cold_cost_the_same(name, months):
    """Half of it is cheaper hot, the double cheaper cold."""
    store = COLD_STORES[name]
    size = break_even_bytes(store, months)

    assert cold_cost(store, size, months) == pytest.approx(hot_cost(size, months))
    assert cold_cost(store, size / 2, months) > hot_cost(size / 2, months)
    assert cold_cost(store, size * 2, months) < hot_cost(size * 2, months)


@pytest.mark.parametrize("name", COLD_STORES)
@pytest.mark.parametrize("size", [100 * 1024, GIB])
def test_at_the_break_even_time_hot_and_cold_cost_the_same(name, size):
    """The least time of cold storage is paid also by what is kept for less."""
    store = COLD_STORES[name]
    months = break_even_days(store, size) / 30

    assert cold_cost(store, size, months) == pytest.approx(hot_cost(size, months))


def test_a_restore_of_a_small_file_costs_its_request():
    """A cent for an expedited one, however small it is."""
    assert restore_cost(COLD_STORES["GLACIER"], "Expedited", 1) == pytest.approx(0.01)
    assert restore_cost(COLD_STORES["GLACIER"], "Bulk", GIB) == 0
