"""The list of jobs: search, filter, pages, and that a request does a bounded amount of work."""

import re
from html import unescape

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from services.web.job_search import MAX_READS, SEARCH_READ, STATUSES
from services.web.status_text import COMPLETED, UNFINISHED, WINDOW_OVER
from tests.unit.web.builders import ADA, NOW, Browser, World


def listed(page: str) -> list[str]:
    return re.findall(r'name="job" value="([^"]+)"', page)


def next_address(page: str) -> str:
    return unescape(re.search(r'href="(/jobs\?[^"]*after=[^"]+)"', page).group(1))


@pytest.fixture
def mixed(world: World) -> World:
    """One job of every kind, the newest first in this order."""
    at = (NOW - number for number in range(100))
    world.add(job_id="waiting", submit_time=next(at))
    world.add(job_id="queued", status=JobStatus.PENDING, submit_time=next(at))
    world.add(job_id="running", status=JobStatus.RUNNING, submit_time=next(at))
    world.add(job_id="failed", status=JobStatus.FAILED, submit_time=next(at))
    world.add(job_id="cancelled", status=JobStatus.CANCELLED, submit_time=next(at))
    for location in ResultLocation:
        world.add_completed(location, job_id=location.lower(), submit_time=next(at))
    world.add(job_id="deleted", status=JobStatus.DELETED, submit_time=next(at))
    return world


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("", "waiting queued running failed cancelled none hot archiving archived restoring"),
        ("queued", "waiting queued"),
        ("running", "running"),
        ("completed", "none hot"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
        ("archived", "archiving archived"),
        ("restoring", "restoring"),
    ],
)
def test_the_list_is_filtered_by_status(mixed: World, status: str, expected: str) -> None:
    assert listed(mixed.browser().get(f"/jobs?status={status}").text) == expected.split()


def test_every_word_of_a_badge_has_one_filter() -> None:
    """So that what a user sees is what a user finds."""
    words = {text.word for text in (*UNFINISHED.values(), *COMPLETED.values(), WINDOW_OVER)}
    filtered = [word for _, of_filter in STATUSES.values() for word in of_filter]

    assert sorted(filtered) == sorted(words)


@pytest.mark.parametrize("text", ["EXOME", "exome of", "tumour.vcf", "0b6a7c1e", "  exome "])
def test_a_job_is_found_by_name_file_or_id(world: World, ada: Browser, text: str) -> None:
    world.add(job_id="0b6a7c1e-5f3d", name="Exome of Ada", file_name="tumour.vcf.gz")
    world.add(job_id="other", file_name="normal.vcf")

    assert listed(ada.get("/jobs", query_string={"q": text}).text) == ["0b6a7c1e-5f3d"]


def test_a_name_stands_before_its_file(world: World, ada: Browser) -> None:
    world.add(name="Exome of Ada", file_name="tumour.vcf.gz")

    page = ada.get("/jobs").text

    assert page.index("Exome of Ada") < page.index("tumour.vcf.gz")


def test_a_finished_job_says_how_long_it_took(world: World, ada: Browser) -> None:
    world.add_completed()

    assert "7 minutes 20 seconds" in ada.get("/jobs").text


def test_pages_keep_the_search(world: World, ada: Browser) -> None:
    for number in range(45):
        world.add(job_id=f"a-{number}", name="wanted & found", submit_time=NOW - number)

    first = ada.get("/jobs?q=wanted+%26&status=queued").text
    second = ada.get(next_address(first)).text

    assert len(listed(first)) == 25
    assert listed(first) + listed(second) == [f"a-{number}" for number in range(45)]
    assert 'value="wanted &amp;"' in second


def test_one_request_reads_a_bounded_number_of_jobs(world: World, ada: Browser) -> None:
    """Whoever looks for what is not there gets an answer, and a way to go on."""
    most = MAX_READS * SEARCH_READ
    for number in range(most + 1):
        world.add(job_id=f"a-{number}", submit_time=NOW - number)
    world.add(job_id="b", name="needle", submit_time=NOW - most - 1)
    reads = []
    page_of_user = world.jobs.page_of_user
    world.jobs.page_of_user = lambda *names, **more: reads.append(more) or page_of_user(*names, **more)

    page = ada.get("/jobs?q=needle").text

    assert len(reads) == MAX_READS
    assert listed(page) == []
    assert f"None of the {most:,} jobs" in page
    assert listed(ada.get(next_address(page)).text) == ["b"]


def test_a_store_that_is_slow_is_not_waited_for(world: World, ada: Browser) -> None:
    """A page that says how far it has come is better than none."""
    for number in range(5 * SEARCH_READ):
        world.add(job_id=f"a-{number}", submit_time=NOW - number)
    page_of_user = world.jobs.page_of_user

    def read_slowly(*names, **more):
        world.now += 1.1
        return page_of_user(*names, **more)

    world.jobs.page_of_user = read_slowly

    page = ada.get("/jobs?q=needle").text

    assert f"None of the {2 * SEARCH_READ} jobs" in page
    assert next_address(page)


def test_an_empty_search_says_so(world: World, ada: Browser) -> None:
    world.add()

    page = ada.get("/jobs?q=nothing-like-it").text

    assert "No job fits" in page
    assert 'href="/jobs"' in page
    assert "You have no jobs yet" not in page


def test_a_user_without_jobs_can_try_the_example(ada: Browser) -> None:
    page = ada.get("/jobs").text

    assert "You have no jobs yet" in page
    assert 'action="/jobs/example"' in page
    assert 'name="q"' not in page, "there is nothing to search"


@pytest.mark.parametrize("address", ["/jobs?status=lost", "/jobs?q=" + "x" * 101])
def test_a_search_that_makes_no_sense_is_refused_with_a_sentence(ada: Browser, address: str) -> None:
    assert ada.get(address).status_code == 400


class TestTheApi:
    def get(self, world: World, query: str):
        headers = {"Authorization": f"Bearer {world.token()}"}
        return world.app.test_client().get(f"/api/v1/jobs?{query}", headers=headers)

    def test_filters_and_searches(self, mixed: World) -> None:
        mixed.add(job_id="named", name="Needle", status=JobStatus.FAILED)

        ids = [job["job_id"] for job in self.get(mixed, "status=failed&q=needle").json["jobs"]]

        assert ids == ["named"]

    def test_shows_nothing_that_was_deleted(self, mixed: World) -> None:
        assert "deleted" not in [job["job_id"] for job in self.get(mixed, "limit=100").json["jobs"]]

    def test_refuses_a_status_that_does_not_exist(self, world: World) -> None:
        assert self.get(world, "status=lost").status_code == 400


def test_a_filter_sees_the_plan(world: World, ada: Browser) -> None:
    """Results whose window is over are about to be archived on the free plan, and completed on premium."""
    world.add_completed(available_until=int(NOW) - 1)

    assert len(listed(ada.get("/jobs?status=archived").text)) == 1
    world.set_plan(ADA, Plan.PREMIUM)
    assert len(listed(ada.get("/jobs?status=completed").text)) == 1
