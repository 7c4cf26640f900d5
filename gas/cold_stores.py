"""The kinds of cold storage: how long a retrieval takes, and what everything costs.

Prices are those of AWS in us-east-1, in US dollars, as of `PRICES_AS_OF`:
https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/s3/glacier/pricing/; times are from
https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html and
https://docs.aws.amazon.com/amazonglacier/latest/dev/downloading-an-archive-two-steps.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PRICES_AS_OF = "2025-07-04"

GIB = 1024**3

EXPEDITED, STANDARD, BULK = "Expedited", "Standard", "Bulk"


@dataclass(frozen=True)
class Tier:
    """One way to ask for a cold copy.

    :ivar usual_seconds: the most that it usually takes.
    :ivar per_gib: US dollars for each GiB retrieved.
    :ivar per_request: US dollars for each object or archive asked for.
    """

    usual_seconds: float
    per_gib: float
    per_request: float


@dataclass(frozen=True)
class ColdStore:
    """One kind of cold storage.

    :ivar tiers: the ways to ask for a copy, the quickest first.
    :ivar gib_month: US dollars for each GiB kept for a month.
    :ivar per_store: US dollars for each object or archive put in.
    :ivar overhead_bytes: what is kept at the cold price beside each object.
    :ivar hot_overhead_bytes: what is kept at the price of hot storage beside each object.
    :ivar least_days: removed before that, the rest of these days is paid all the same.
    """

    tiers: Mapping[str, Tier]
    gib_month: float
    per_store: float
    overhead_bytes: int
    hot_overhead_bytes: int
    least_days: int


COLD_STORES: Mapping[str, ColdStore] = {
    # S3 Glacier Flexible Retrieval.
    "GLACIER": ColdStore(
        tiers={
            EXPEDITED: Tier(5 * 60.0, 0.03, 10.00 / 1000),
            STANDARD: Tier(5 * 3600.0, 0.01, 0.03 / 1000),
            BULK: Tier(12 * 3600.0, 0.0, 0.0),
        },
        gib_month=0.0036,
        per_store=0.03 / 1000,
        overhead_bytes=32 * 1024,
        hot_overhead_bytes=8 * 1024,
        least_days=90,
    ),
    # S3 Glacier Deep Archive.
    "DEEP_ARCHIVE": ColdStore(
        tiers={
            STANDARD: Tier(12 * 3600.0, 0.02, 0.10 / 1000),
            BULK: Tier(48 * 3600.0, 0.0025, 0.025 / 1000),
        },
        gib_month=0.00099,
        per_store=0.05 / 1000,
        overhead_bytes=32 * 1024,
        hot_overhead_bytes=8 * 1024,
        least_days=180,
    ),
    # A vault of Amazon Glacier, the service that is older than the storage classes.
    "VAULT": ColdStore(
        tiers={
            EXPEDITED: Tier(5 * 60.0, 0.03, 10.00 / 1000),
            STANDARD: Tier(5 * 3600.0, 0.01, 0.05 / 1000),
            BULK: Tier(12 * 3600.0, 0.0025, 0.025 / 1000),
        },
        gib_month=0.0036,
        per_store=0.03 / 1000,
        overhead_bytes=32 * 1024,
        hot_overhead_bytes=0,
        least_days=90,
    ),
}


def tiers_to_try(cold_store: str, wanted: str) -> tuple[str, ...]:
    """The tiers to ask for, one after the other where one is refused; only Expedited ever is."""
    offered = COLD_STORES[cold_store].tiers
    return tuple(tier for tier in dict.fromkeys((wanted, STANDARD)) if tier in offered)
