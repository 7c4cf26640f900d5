"""A running job: how far it is, what the page replaces meanwhile, and how it is cancelled."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gas.jobs import JobStatus, Progress
from tests.unit.web.builders import JOB, NOW, Browser, World
from tests.unit.web.queues import add_ended
from tests.unit.web.test_waiting import poll_address, text_of

HALF = Progress(records=12_000, contig="chr20", rate=400.0, share=0.25, updated_at=NOW - 1)


def run_job(world: World, progress: Progress | None = HALF, **changes) -> None:
    world.add(status=JobStatus.RUNNING, input_bytes=900, started_at=NOW - 40, progress=progress, **changes)


def test_progress_is_told_in_words_and_as_a_bar(world: World, ada: Browser) -> None:
    run_job(world)

    page = ada.get(f"/jobs/{JOB}").text

    assert "12,000 records done of about 48,000 (25 %), now on contig chr20, 400 a second." in text_of(page)
    assert "It will take about 2 minutes more" in text_of(page)
    assert (
        '<progress class="w-100 mt-3" max="100" aria-label="Share of the file that is done" value="25"'
        in page
    )
    assert "style=" not in page


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (replace(HALF, share=None), "12,000 records done, now on contig chr20, 400 a second."),
        (replace(HALF, share=0.001), "12,000 records done, now on contig chr20, 400 a second."),
        (replace(HALF, contig="", rate=0.0, share=None), "12,000 records done."),
        (None, "The file is being fetched and read."),
    ],
)
def test_nothing_is_made_up_that_the_engine_does_not_say(world: World, ada: Browser, progress, said) -> None:
    run_job(world, progress)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert said in page
    assert "more, as it looks now" not in page


def test_before_there_is_progress_recent_jobs_say_how_long_it_takes(world: World, ada: Browser) -> None:
    add_ended(world, 40, seconds=600)
    run_job(world, None)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert re.search(r"It will take \d to 1\d minutes more", page)


def test_a_worker_that_is_silent_is_no_secret(world: World, ada: Browser) -> None:
    run_job(world, replace(HALF, updated_at=NOW - 185))

    assert "The annotator was last heard of 3 minutes ago." in text_of(ada.get(f"/jobs/{JOB}").text)


def test_the_page_is_told_of_progress_and_of_nothing_else(world: World, ada: Browser) -> None:
    """What a user has opened or has the focus on stays as it is."""
    run_job(world)
    address = poll_address(ada.get(f"/jobs/{JOB}").text)
    assert ada.get(address).status_code == 204

    run_job(world, replace(HALF, records=12_400))
    fragment = ada.get(address)

    assert "12,400 records" in fragment.text
    assert fragment.text.lstrip().startswith('<div id="progress"')
    assert 'id="cancel"' not in fragment.text
    assert "hx-swap-oob" not in fragment.text
    assert ada.get(poll_address(fragment.text)).status_code == 204


def test_the_end_replaces_the_whole_status(world: World, ada: Browser) -> None:
    run_job(world)
    address = poll_address(ada.get(f"/jobs/{JOB}").text)
    world.add_completed()

    answer = ada.get(address)

    assert answer.headers["HX-Retarget"] == "#status"
    assert 'id="status"' in answer.text
    assert 'id="cancel"' not in answer.text


def test_only_the_word_is_read_out(world: World, ada: Browser) -> None:
    """A screen reader is not told of every record."""
    run_job(world)
    page = ada.get(f"/jobs/{JOB}").text

    assert page.count("aria-live") == 0
    assert '<p class="visually-hidden" role="status" id="status-word">Running</p>' in page


def test_a_queued_job_is_cancelled_by_one_button(world: World, ada: Browser) -> None:
    world.add(status=JobStatus.PENDING, queued_at=NOW)
    page = ada.get(f"/jobs/{JOB}").text
    card = page.partition('id="cancelling"')[2].partition("</form>")[0]
    assert "<details>" not in card

    answer = ada.post(f"/jobs/{JOB}/cancel")

    assert (answer.status_code, answer.location) == (303, f"/jobs/{JOB}")
    job = world.jobs.get(JOB)
    assert (job.status, job.finished_at) == (JobStatus.CANCELLED, NOW)
    page = text_of(ada.get(f"/jobs/{JOB}").text)
    assert "Cancelled" in page
    assert "You have cancelled this job." in page


def test_to_cancel_a_running_job_says_first_what_is_lost(world: World, ada: Browser) -> None:
    run_job(world)

    card = ada.get(f"/jobs/{JOB}").text.partition('id="cancelling"')[2].partition("</details>")[0]

    assert "<summary>Cancel this job</summary>" in card
    assert "thrown away" in card


def test_a_second_click_changes_nothing(world: World, ada: Browser) -> None:
    run_job(world)
    ada.post(f"/jobs/{JOB}/cancel")
    cancelled = world.jobs.get(JOB)
    world.now += 5

    assert ada.post(f"/jobs/{JOB}/cancel").status_code == 303
    assert world.jobs.get(JOB) == cancelled
    assert cancelled.progress is None


def test_a_job_that_has_ended_is_not_cancelled(world: World, ada: Browser) -> None:
    """It may have ended while the button was looked at."""
    world.add_completed()
    before = world.jobs.get(JOB)

    answer = ada.post(f"/jobs/{JOB}/cancel")

    assert answer.status_code == 409
    assert "has ended already" in answer.text
    assert world.jobs.get(JOB) == before
    assert 'id="cancel"' not in ada.get(f"/jobs/{JOB}").text


def test_a_program_cancels_and_reads_progress(world: World) -> None:
    run_job(world)
    client = world.app.test_client()
    headers = {"Authorization": f"Bearer {world.token()}"}

    progress = client.get(f"/api/v1/jobs/{JOB}", headers=headers).json["job"]["progress"]
    cancelled = client.post(f"/api/v1/jobs/{JOB}/cancel", headers=headers).json["job"]

    assert (progress["records"], progress["contig"], progress["share"]) == (12_000, "chr20", 0.25)
    assert cancelled["status"] == "CANCELLED"


def test_a_job_that_was_cancelled_before_its_file_came_is_kept(world: World, ada: Browser) -> None:
    """The form of its upload is good for a while, and only the record leads to what comes then."""
    world.add(expires_at=int(NOW) + 5)

    ada.post(f"/jobs/{JOB}/cancel")

    job = world.jobs.get(JOB)
    assert (job.status, job.expires_at) == (JobStatus.CANCELLED, None)


def test_a_job_without_its_file_offers_no_file(world: World, ada: Browser) -> None:
    """An address would lead out of the site, to an error of the store."""
    world.add(status=JobStatus.CANCELLED, finished_at=NOW)

    page, answer = ada.get(f"/jobs/{JOB}").text, ada.get(f"/jobs/{JOB}/input")

    assert f"/jobs/{JOB}/input" not in page
    assert f"/jobs/{JOB}/again" not in page
    assert answer.status_code == 409
    assert "The file of this job is not stored" in answer.text
