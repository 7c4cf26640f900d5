"""What archiving costs and saves, from the price table: ``python -m benchmarks.archive_cost``.

docs/archive.md has the table that this prints; a test compares them.
"""

from __future__ import annotations

from benchmarks.markdown import table
from benchmarks.prices import S3_GIB_MONTH
from gas.cold_stores import COLD_STORES, GIB, PRICES_AS_OF, ColdStore

DAYS_PER_MONTH = 30
KIB = 1024

MONTHS = (3, 6, 12, 24)
SIZES = (100 * KIB, KIB**2, 15 * KIB**2, GIB)


def hot_cost(size: int, months: float) -> float:
    """US dollars for keeping so many bytes hot."""
    return size / GIB * S3_GIB_MONTH * months


def cold_cost(store: ColdStore, size: int, months: float) -> float:
    """US dollars for putting one file into cold storage and keeping it; the least time is always paid."""
    paid = max(months, store.least_days / DAYS_PER_MONTH)
    return store.per_store + paid * _cold_month(store, size)


def _cold_month(store: ColdStore, size: int) -> float:
    overhead = store.overhead_bytes * store.gib_month + store.hot_overhead_bytes * S3_GIB_MONTH
    return (size * store.gib_month + overhead) / GIB


def break_even_bytes(store: ColdStore, months: float) -> float:
    """The size from which on a file that is kept so long is cheaper cold than hot."""
    paid = max(months, store.least_days / DAYS_PER_MONTH)
    saved = S3_GIB_MONTH * months - store.gib_month * paid
    if saved <= 0:
        return float("inf")
    return (store.per_store + paid * _cold_month(store, 0)) / saved * GIB


def break_even_days(store: ColdStore, size: int) -> float:
    """For how many days a file of this size has to be kept to be cheaper cold than hot."""
    within_least = cold_cost(store, size, 0) / hot_cost(size, 1) * DAYS_PER_MONTH
    if within_least <= store.least_days:
        return within_least
    saved = hot_cost(size, 1) - _cold_month(store, size)
    return float("inf") if saved <= 0 else store.per_store / saved * DAYS_PER_MONTH


def restore_cost(store: ColdStore, tier: str, size: int) -> float:
    """US dollars for asking for one file of this size."""
    return store.tiers[tier].per_request + size / GIB * store.tiers[tier].per_gib


def tables() -> str:
    """Everything that docs/archive.md says of money."""
    return f"{_break_even_sizes()}\n\n{_break_even_times()}\n\n{_restores()}"


def _break_even_sizes() -> str:
    rows = [["cheaper cold from this size on", *(f"kept {months} months" for months in MONTHS)]]
    for name, store in COLD_STORES.items():
        rows.append([name, *(f"{break_even_bytes(store, months) / KIB:,.0f} KiB" for months in MONTHS)])
    return table(rows).replace("inf KiB", "never")


def _break_even_times() -> str:
    rows = [["cheaper cold if kept for", *map(_size, SIZES)]]
    for name, store in COLD_STORES.items():
        rows.append([name, *(f"{break_even_days(store, size):,.0f} days" for size in SIZES)])
    return table(rows).replace("inf days", "never")


def _restores() -> str:
    rows = [["to restore", "usually within", *(f"a file of {_size(size)}" for size in SIZES)]]
    for name, store in COLD_STORES.items():
        for tier, offer in store.tiers.items():
            costs = (f"${restore_cost(store, tier, size):.6f}" for size in SIZES)
            rows.append([f"{name}, {tier}", _time(offer.usual_seconds), *costs])
    return table(rows)


def _size(size: int) -> str:
    for unit, name in ((GIB, "GiB"), (KIB**2, "MiB")):
        if size >= unit:
            return f"{size // unit} {name}"
    return f"{size // KIB} KiB"


def _time(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


if __name__ == "__main__":
    print(f"Prices of {PRICES_AS_OF}, us-east-1.\n\n{tables()}")
