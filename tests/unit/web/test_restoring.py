"""The ways in which archived results can be asked for: what each takes and costs, and who may choose."""

from dataclasses import replace

import pytest

from gas.accounts import Plan
from gas.cold_stores import COLD_STORES, PRICES_AS_OF
from gas.errors import Misconfigured
from gas.jobs import Job, ResultFile, ResultLocation
from gas.messages import JobRestoreRequested, RestoreRequested
from services.web.restore_offers import restore_offers
from tests.unit.web.builders import ADA, BOB, JOB, NOW, Browser, World, settings

ARCHIVED = ResultLocation.ARCHIVED
GIB = 1024**3


def archived(world: World, job_id: str = JOB, *, size: int = GIB, **changes) -> Job:
    file = ResultFile(name="sample.annot.vcf.gz", key="key", size=size, sha256="ab" * 32)
    return world.add_completed(ARCHIVED, job_id=job_id, result_files=(file,), archived_at=NOW - 10, **changes)


def shown(jobs: list[Job], **changes) -> list[tuple[str, float, float, bool]]:
    offers = restore_offers(jobs, settings(**changes))
    return [(offer.tier, offer.seconds, round(offer.dollars, 5), offer.usual) for offer in offers]


def gib_price(cold_store: str, name: str) -> float:
    """Of one file of 1 GiB."""
    tier = COLD_STORES[cold_store].tiers[name]
    return tier.per_gib + tier.per_request


def test_each_tier_has_its_time_and_its_price(world: World) -> None:
    assert shown([archived(world, cold_store="GLACIER")]) == [
        ("Expedited", 300.0, round(gib_price("GLACIER", "Expedited"), 5), True),
        ("Standard", 18_000.0, round(gib_price("GLACIER", "Standard"), 5), False),
        ("Bulk", 43_200.0, round(gib_price("GLACIER", "Bulk"), 5), False),
    ]


def test_a_job_whose_record_does_not_say_where_it_is_is_in_the_first_cold_store(world: World) -> None:
    assert shown([archived(world)]) == shown([archived(world, cold_store="GLACIER")])


def test_only_what_the_cold_store_has_is_offered(world: World) -> None:
    """The usual way is the one that the restorer takes then."""
    tiers = shown([archived(world, cold_store="DEEP_ARCHIVE")])

    assert [(tier, usual) for tier, _, _, usual in tiers] == [("Standard", True), ("Bulk", False)]


def test_many_jobs_cost_as_much_together_and_take_as_long_as_the_slowest(world: World) -> None:
    jobs = [
        archived(world, "a", cold_store="GLACIER"),
        archived(world, "b", cold_store="GLACIER"),
        archived(world, "c", cold_store="DEEP_ARCHIVE"),
    ]
    dollars = 2 * gib_price("GLACIER", "Expedited") + gib_price("DEEP_ARCHIVE", "Standard")

    assert shown(jobs)[0] == ("Expedited", 12 * 3600.0, round(dollars, 5), True)


@pytest.mark.parametrize(
    ("tiers", "offered"),
    [
        ("Bulk", ["Standard", "Bulk"]),
        ("Standard", ["Standard"]),
        ("Expedited, Bulk", ["Expedited", "Standard", "Bulk"]),
    ],
)
def test_the_operator_says_what_may_be_chosen_besides_the_usual(
    world: World, tiers: str, offered: list[str]
) -> None:
    found = shown([archived(world)], tiers=tiers, restore_tier="Standard")

    assert [tier for tier, *_ in found] == offered


@pytest.mark.parametrize("wrong", [{"tiers": "Expedited,Instant"}, {"restore_tier": "Fast"}])
def test_a_setting_that_names_no_tier_is_reported_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="is none of Expedited, Standard, Bulk"):
        World(settings(**wrong))


def test_the_page_of_an_archived_job_lets_a_premium_user_choose(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    archived(world)

    page = " ".join(ada.get(f"/jobs/{JOB}").text.split())

    assert "Expedited: usually within 5 minutes, about 0.04 USD" in page
    assert "Bulk: usually within 12 hours, free of charge" in page
    assert PRICES_AS_OF in page


def test_the_choice_goes_with_the_request(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    archived(world)

    ada.post(f"/jobs/{JOB}/restore", {"tier": "Bulk"})

    assert world.bus.published == [JobRestoreRequested(JOB, "Bulk")]


def test_what_is_not_offered_is_refused() -> None:
    """Whatever the form says."""
    world = World(settings(tiers="Standard", restore_tier="Standard"))
    world.set_plan(ADA, Plan.PREMIUM)
    archived(world)
    strict = world.browser()

    for tier in ("Instant", "Expedited", "standard"):
        answer = strict.post(f"/jobs/{JOB}/restore", {"tier": tier})
        assert answer.status_code == 400
        assert "Please choose one of: Standard." in answer.text
        assert strict.post("/account/restore", {"tier": tier}).status_code == 400
    assert world.bus.published == []


def test_an_upgrade_by_a_tier_that_is_not_offered_changes_no_plan(world: World, ada: Browser) -> None:
    assert ada.post("/account/upgrade", {"tier": "Instant"}).status_code == 400
    assert world.accounts.get(ADA).plan is Plan.FREE
    assert world.bus.published == []


@pytest.mark.parametrize("plan", Plan)
def test_the_archive_page_counts_what_is_there(world: World, ada: Browser, plan: Plan) -> None:
    world.set_plan(ADA, plan)
    archived(world, "a")
    archived(world, "b")
    archived(world, "c", user_id=BOB)
    world.add_completed(job_id="d")

    page = " ".join(ada.get("/account/archive").text.split())

    assert "The results of 2 jobs are in the archive, 2.1 GB together" in page
    assert "Expedited: usually within 5 minutes, about 0.08 USD" in page
    assert ('action="/account/upgrade"' in page) == (plan is Plan.FREE)
    assert ('action="/account/restore"' in page) == (plan is Plan.PREMIUM)


def test_an_empty_archive_asks_for_nothing(ada: Browser) -> None:
    page = ada.get("/account/archive").text

    assert "None of your results are in the archive" in page
    assert "<fieldset" not in page


def test_an_upgrade_asks_for_everything_by_the_tier_that_was_chosen(world: World, ada: Browser) -> None:
    ada.post("/account/upgrade", {"tier": "Standard"})

    assert world.accounts.get(ADA).plan is Plan.PREMIUM
    assert world.bus.published == [RestoreRequested(ADA, "Standard")]


def test_a_premium_user_asks_for_everything_again(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)

    answer = ada.post("/account/restore", {"tier": "Bulk"})

    assert answer.location == "/jobs"
    assert world.bus.published == [RestoreRequested(ADA, "Bulk")]


def test_a_free_user_cannot(world: World, ada: Browser) -> None:
    """Nor does the button of an old page upgrade anybody."""
    assert ada.post("/account/restore").status_code == 409
    assert world.accounts.get(ADA).plan is Plan.FREE
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("plan", "location", "changes", "words"),
    [
        (Plan.FREE, ResultLocation.HOT, {}, "until <time"),
        (Plan.FREE, ARCHIVED, {"archived_at": NOW}, "1.2 kB, since <time"),
        (Plan.PREMIUM, ResultLocation.RESTORING, {"restore_expected_at": NOW}, "expected by <time"),
        (Plan.PREMIUM, ResultLocation.RESTORING, {"restore_asked_at": NOW}, "asked for on <time"),
        (Plan.PREMIUM, ResultLocation.HOT, {"restored_at": NOW}, "restored on <time"),
    ],
)
def test_the_list_says_where_results_are(world: World, ada: Browser, plan, location, changes, words) -> None:
    world.set_plan(ADA, plan)
    world.add_completed(location, **changes)

    assert words in " ".join(ada.get("/jobs").text.split())


def test_a_restored_job_says_since_when(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(restored_at=NOW - 5)

    assert "Brought back from the archive on" in ada.get(f"/jobs/{JOB}").text


def test_the_page_learns_when_results_are_expected(world: World, ada: Browser) -> None:
    """The restorer finds out only after it has asked."""
    world.set_plan(ADA, Plan.PREMIUM)
    job = world.add_completed(ResultLocation.RESTORING, restore_tier="Bulk", restore_asked_at=NOW)
    seen = ada.get(f"/jobs/{JOB}/status").text.partition("seen=")[2].partition('"')[0]
    assert ada.get(f"/jobs/{JOB}/status?seen={seen}").status_code == 204

    world.jobs.jobs[JOB] = replace(job, restore_expected_at=NOW + 300)

    assert "2027-01-15T08:05:00Z" in ada.get(f"/jobs/{JOB}/status?seen={seen}").text
