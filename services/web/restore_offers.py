"""The ways in which archived results can be asked for: how long each takes, and what the retrieval costs.

Times and prices are those of `gas.cold_stores`, and both are estimates: the sizes are known, the load of cold
storage is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gas.cold_stores import BULK, COLD_STORES, EXPEDITED, GIB, STANDARD, ColdStore, Tier, tiers_to_try
from gas.errors import Misconfigured
from gas.jobs import Job
from services.web.refusals import Refusal
from services.web.settings import WebSettings

#: All that there are, the quickest first.
TIERS = (EXPEDITED, STANDARD, BULK)

#: Where the results of jobs are that were archived before their records said so.
_FIRST_COLD_STORE = "GLACIER"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One way to ask for the archived results of one job or of many.

    :ivar seconds: within how long all of them are usually back.
    :ivar dollars: what the retrieval costs, in US dollars.
    :ivar usual: whether this is what happens if the user does not choose.
    """

    tier: str
    seconds: float
    dollars: float
    usual: bool


def allowed_tiers(settings: WebSettings) -> tuple[str, ...]:
    """What users may choose from, the quickest first; the usual tier is always among them.

    :raises Misconfigured: a setting names a tier that does not exist.
    """
    named = {name.strip() for name in settings.tiers.split(",")} | {settings.restore_tier}
    if not named <= set(TIERS):
        unknown = ", ".join(sorted(named - set(TIERS)))
        raise Misconfigured(f"GAS_TIERS or GAS_RESTORE_TIER: {unknown} is none of {', '.join(TIERS)}")
    return tuple(tier for tier in TIERS if tier in named)


def restore_offers(jobs: Sequence[Job], settings: WebSettings) -> tuple[Offer, ...]:
    """The ways to ask for the archived results of these jobs, the quickest first; none for no jobs.

    Where the cold storage of a job does not have the tier, the job is asked for at the next one.
    """
    if not jobs:
        return ()
    known = {tier for job in jobs for tier in _cold_store(job).tiers}
    usual = settings.restore_tier if settings.restore_tier in known else STANDARD
    offered = [tier for tier in TIERS if tier in known & {*allowed_tiers(settings), usual}]
    return tuple(_offer(tier, jobs, usual=tier == usual) for tier in offered)


def check_tier(tier: str, jobs: Sequence[Job], settings: WebSettings) -> str:
    """The tier that a user asks for, if it is offered for these jobs; nothing stands for the usual one.

    Of no jobs, for nobody has looked which there are, all that may be chosen is accepted.
    """
    offered = [offer.tier for offer in restore_offers(jobs, settings)] or list(allowed_tiers(settings))
    if tier and tier not in offered:
        names = ", ".join(offered)
        raise Refusal(f"These results cannot be asked for in this way. Please choose one of: {names}.")
    return tier


def _offer(wanted: str, jobs: Sequence[Job], *, usual: bool) -> Offer:
    tiers = [_first_tier(job, wanted) for job in jobs]
    return Offer(
        tier=wanted,
        seconds=max(tier.usual_seconds for tier in tiers),
        dollars=sum(_price(job, tier) for job, tier in zip(jobs, tiers, strict=True)),
        usual=usual,
    )


def _price(job: Job, tier: Tier) -> float:
    return job.result_bytes / GIB * tier.per_gib + len(job.result_files) * tier.per_request


def _first_tier(job: Job, wanted: str) -> Tier:
    """The tier that is asked for at first; only want of capacity makes it another one."""
    return _cold_store(job).tiers[tiers_to_try(job.cold_store or _FIRST_COLD_STORE, wanted)[0]]


def _cold_store(job: Job) -> ColdStore:
    return COLD_STORES[job.cold_store or _FIRST_COLD_STORE]
