"""Results of the free plan that are kept for another while."""

import pytest

from gas.accounts import Plan
from gas.fakes import FakeOwnedJobs
from gas.jobs import ResultLocation
from gas.messages import WindowRequested
from tests.unit.web.builders import ADA, JOB, NOW, Browser, World, settings

DAY = 86_400
KEEP = f"/jobs/{JOB}/keep"


def page_of(ada: Browser) -> str:
    return ada.get(f"/jobs/{JOB}").text


def test_the_page_offers_it_with_its_end(world: World, ada: Browser) -> None:
    world.add_completed()

    page = page_of(ada)

    assert "Keep for another day" in page
    assert "2027-01-16T08:02:00Z" in page
    assert "You can do this 3 times" in page


def test_it_adds_to_the_window_and_asks_for_its_announcement(world: World, ada: Browser) -> None:
    before = world.add_completed()

    answer = ada.post(KEEP, {"cycle": before.cycle})

    job = world.jobs.get(JOB)
    assert answer.location == f"/jobs/{JOB}"
    assert job.available_until == before.available_until + DAY
    assert (job.cycle, job.extensions, job.location) == (before.cycle + 1, 1, ResultLocation.HOT)
    assert world.bus.published == [WindowRequested(JOB)]
    assert "You can do this 2 times" in page_of(ada)


def test_a_second_click_on_the_same_page_adds_nothing(world: World, ada: Browser) -> None:
    """But it says again what may not have been heard."""
    before = world.add_completed()
    ada.post(KEEP, {"cycle": before.cycle})
    kept = world.jobs.get(JOB)

    answer = ada.post(KEEP, {"cycle": before.cycle})

    assert answer.status_code == 303
    assert world.jobs.get(JOB) == kept
    assert world.bus.published == [WindowRequested(JOB)] * 2


def test_whoever_loses_a_race_adds_nothing(world: World, ada: Browser, monkeypatch) -> None:
    """Two clicks that read the same job are two writes, and one of them is refused."""
    before = world.add_completed()
    find = FakeOwnedJobs.find

    def read_and_lose(owned: FakeOwnedJobs, user_id: str, job_id: str):
        found = find(owned, user_id, job_id)
        monkeypatch.setattr(FakeOwnedJobs, "find", find)
        world.browser().post(KEEP, {"cycle": before.cycle})
        return found

    monkeypatch.setattr(FakeOwnedJobs, "find", read_and_lose)
    answer = ada.post(KEEP, {"cycle": before.cycle})

    assert answer.status_code == 303
    assert world.jobs.get(JOB).extensions == 1
    assert world.jobs.get(JOB).available_until == before.available_until + DAY


def test_it_can_be_done_so_often_and_no_more(world: World, ada: Browser) -> None:
    world.add_completed(extensions=2)
    assert "You can do this once" in page_of(ada)
    ada.post(KEEP, {"cycle": 1})
    kept = world.jobs.get(JOB)

    answer = ada.post(KEEP, {"cycle": 2})

    assert answer.status_code == 409
    assert world.jobs.get(JOB) == kept
    assert "Keep for another" not in page_of(ada)


def test_it_can_be_switched_off() -> None:
    world = World(settings(extensions=0))
    job = world.add_completed()
    ada = world.browser()

    assert "Keep for another" not in page_of(ada)
    assert "kept for another" not in ada.get("/account").text
    assert ada.post(KEEP, {"cycle": 1}).status_code == 409
    assert world.jobs.get(JOB) == job


@pytest.mark.parametrize(
    ("plan", "location", "until"),
    [
        (Plan.PREMIUM, ResultLocation.HOT, int(NOW) + 120),
        (Plan.FREE, ResultLocation.HOT, int(NOW)),
        (Plan.FREE, ResultLocation.HOT, None),
        (Plan.FREE, ResultLocation.ARCHIVING, int(NOW) + 120),
        (Plan.FREE, ResultLocation.ARCHIVED, int(NOW) + 120),
        (Plan.FREE, ResultLocation.RESTORING, int(NOW) + 120),
    ],
)
def test_only_free_results_in_an_open_window_can_be_kept(
    world: World, ada: Browser, plan: Plan, location: ResultLocation, until: int | None
) -> None:
    world.set_plan(ADA, plan)
    job = world.add_completed(location, available_until=until)

    assert "Keep for another" not in page_of(ada)
    assert ada.post(KEEP, {"cycle": job.cycle}).status_code == 409
    assert world.jobs.get(JOB) == job
    assert world.bus.published == []
