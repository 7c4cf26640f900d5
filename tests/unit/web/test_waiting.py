"""What a waiting job says of its wait: the place in the queue, when it ends, and why it waits at all."""

from __future__ import annotations

import re
from html import unescape

import pytest

from gas.jobs import JobStatus
from services.web.forecast import estimate
from services.web.queue_view import FRESH_SECONDS
from tests.unit.web.builders import ADA, JOB, NOW, Browser, World
from tests.unit.web.queues import add_ended, add_running, add_waiting


def text_of(page: str) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def poll_address(page: str) -> str:
    return unescape(re.search(r'hx-get="([^"]+)"', page)[1])


def wait_in_queue(world: World, **changes) -> None:
    world.add(**{"status": JobStatus.PENDING, "queued_at": NOW - 10, "input_bytes": 900, **changes})


def add_other_of_ada(world: World, number: int) -> None:
    wait_in_queue(world, job_id=f"other-{number}", queued_at=NOW - 100 + number)


def test_the_only_job_is_about_to_be_taken(world: World, ada: Browser) -> None:
    wait_in_queue(world)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert "Position 1 of 1 in the queue." in page
    assert "An annotator is about to take it." in page
    assert "starts in" not in page, "nothing is known of how long anything takes"


@pytest.mark.parametrize(
    ("running", "reason"),
    [
        (1, "The annotator is on another job."),
        (2, "Both annotators are on other jobs."),
        (3, "All 3 annotators are on other jobs."),
    ],
)
def test_a_job_says_who_keeps_it_waiting(world: World, ada: Browser, running: int, reason: str) -> None:
    wait_in_queue(world)
    add_running(world, running)

    assert reason in text_of(ada.get(f"/jobs/{JOB}").text)


def test_a_job_says_that_it_gives_way_to_others(world: World, ada: Browser) -> None:
    """The order is that in which annotators take jobs."""
    for number in range(11):
        add_other_of_ada(world, number)
    wait_in_queue(world)
    add_waiting(world, 1, since=NOW - 1)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert "Position 13 of 13 in the queue." in page
    assert "Other users' first jobs go before your 12th." in page
    assert world.app.extensions["gas"].queue.look().places["waiting-stranger-0"] == 1


def test_enough_recent_jobs_make_a_range(world: World, ada: Browser) -> None:
    """Four jobs of ten minutes before it, one at a time."""
    add_ended(world, 40, seconds=600)
    wait_in_queue(world)
    for number in range(4):
        add_waiting(world, 1, user_id=f"stranger {number}")

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    start, end = re.search(r"it starts in (\d+) to \d+ minutes and is done in (\d+) to", page).groups()
    assert 30 <= int(start) <= 45
    assert 40 <= int(end) <= 55


def test_few_recent_jobs_make_no_range(world: World, ada: Browser) -> None:
    """Only what is usual is said."""
    add_ended(world, 7, seconds=600)
    wait_in_queue(world)
    add_waiting(world, 1)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert re.search(r"It usually starts in about 1\d minutes then, and is done in about 2\d minutes\.", page)


def test_much_smaller_files_say_nothing(world: World, ada: Browser) -> None:
    add_ended(world, 40, seconds=600, size=50)
    wait_in_queue(world)
    add_waiting(world, 1)

    assert "starts in" not in text_of(ada.get(f"/jobs/{JOB}").text)


def test_larger_files_take_longer(world: World) -> None:
    add_ended(world, 40, seconds=600)
    site, account = world.app.extensions["gas"], world.accounts.get(ADA)

    small, large = (estimate(site, account, size)["running"]["seconds"] for size in (900, 4000))

    assert large[0] > 2 * small[0]


def test_a_small_file_takes_as_long_as_the_quickest_of_all_at_least(world: World) -> None:
    """Whatever the size, something is to be started and written."""
    add_ended(world, 40, seconds=600, size=1_000_000)
    site, account = world.app.extensions["gas"], world.accounts.get(ADA)

    assert estimate(site, account, 900)["running"]["seconds"] == [480, 480]


def test_two_annotators_halve_the_wait(world: World) -> None:
    """How many there are is seen from how many jobs ran at once."""
    add_ended(world, 40, seconds=600)
    add_waiting(world, 8)
    site, account = world.app.extensions["gas"], world.accounts.get(ADA)
    alone = site.queue.look().plays.starts[-1]
    add_ended(world, 40, seconds=600, ago=1801.0)
    world.now += FRESH_SECONDS

    together = site.queue.look().plays.starts[-1]

    assert site.queue.look().annotators == 2
    assert together[0] < 0.7 * alone[0]
    assert estimate(site, account, 900)["waiting"] is not None


def test_a_file_that_is_not_submitted_yet_has_an_estimate(world: World) -> None:
    """It would be the first of its user, so it goes before the second of another."""
    add_ended(world, 40, seconds=600)
    add_waiting(world, 5)
    site, account = world.app.extensions["gas"], world.accounts.get(ADA)

    found = estimate(site, account, 900)

    assert found["position"] == 2
    assert found["waiting"]["seconds"][0] <= found["waiting"]["seconds"][1]
    assert found["running"]["text"].endswith("minutes")


@pytest.mark.parametrize("known", [0, 4])
def test_an_estimate_without_recent_jobs_says_nothing(world: World, known: int) -> None:
    add_ended(world, known, seconds=600)
    site, account = world.app.extensions["gas"], world.accounts.get(ADA)

    assert estimate(site, account, 900) == {"position": 1, "waiting": None, "running": None}


def test_an_outage_of_the_index_leaves_the_wait_out(world: World, ada: Browser) -> None:
    """The rest of the page is there, and nobody asks again at once."""
    wait_in_queue(world)
    world.queue.outage = ConnectionError("no answer")
    site, account = world.app.extensions["gas"], world.accounts.get(ADA)

    answer = ada.get(f"/jobs/{JOB}")

    assert answer.status_code == 200
    assert "Queued" in answer.text
    assert "Position" not in answer.text
    assert estimate(site, account, 900) == {"position": None, "waiting": None, "running": None}
    world.queue.outage = None
    assert "Position" not in ada.get(f"/jobs/{JOB}").text
    world.now += FRESH_SECONDS
    assert "Position 1" in text_of(ada.get(f"/jobs/{JOB}").text)


def test_many_pages_look_at_the_queue_once(world: World, ada: Browser, monkeypatch) -> None:
    """Every open page polls; the queue is read every few seconds."""
    wait_in_queue(world)
    looks = []
    waiting = world.queue.waiting
    monkeypatch.setattr(world.queue, "waiting", lambda *a, **k: looks.append(1) or waiting(*a, **k))

    for _ in range(5):
        ada.get(f"/jobs/{JOB}")
    world.now += FRESH_SECONDS
    ada.get(f"/jobs/{JOB}")

    assert len(looks) == 2


def test_a_page_of_a_waiting_job_is_right_until_its_place_changes(world: World, ada: Browser) -> None:
    wait_in_queue(world, submit_time=NOW)
    add_waiting(world, 1)
    address = poll_address(ada.get(f"/jobs/{JOB}").text)
    assert ada.get(address).status_code == 204

    world.jobs.jobs.pop("waiting-stranger-0")
    world.now += FRESH_SECONDS
    answer = ada.get(address)

    assert "Position 1 of 1" in text_of(answer.text)
    assert 'id="progress"' in answer.text
    assert 'id="status"' not in answer.text, "nothing else is replaced"
    assert "HX-Retarget" not in answer.headers


def test_a_thousand_waiting_jobs_are_a_page_like_any_other(world: World, ada: Browser) -> None:
    add_ended(world, 100, seconds=5)
    add_waiting(world, 1000)
    wait_in_queue(world)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert "Position 2 of 1,001 in the queue." in page


def test_a_program_reads_the_place_and_the_range(world: World) -> None:
    add_ended(world, 40, seconds=600)
    add_running(world, 1)
    wait_in_queue(world)
    headers = {"Authorization": f"Bearer {world.token()}"}

    queue = world.app.test_client().get(f"/api/v1/jobs/{JOB}", headers=headers).json["job"]["queue"]

    assert (queue["position"], queue["waiting"]) == (1, 1)
    assert queue["reason"] == "The annotator is on another job."
    assert queue["start_seconds"][0] <= queue["start_seconds"][1] <= queue["end_seconds"][1]
