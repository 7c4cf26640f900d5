"""The status of a job in a real browser: what is replaced while it runs, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from gas.jobs import JobStatus, Progress
from tests.unit.web.builders import JOB, NOW
from tests.unit.web.queues import add_ended, add_running, add_waiting
from tests.unit.web.test_browser import WIDTHS, Live, check_page, chromium, live, pytestmark

__all__ = ["chromium", "live", "pytestmark"]

HALF = Progress(records=12_000, contig="chr20", rate=400.0, share=0.25, updated_at=NOW - 1)

#: A running job is asked about every three seconds.
PATIENCE_MS = 10_000


def run_job(live: Live, progress: Progress = HALF) -> None:
    live.world.add(status=JobStatus.RUNNING, input_bytes=900, started_at=NOW - 40, progress=progress)


def test_progress_appears_and_what_was_opened_stays_open(live: Live) -> None:
    """Someone may be reading what is lost, or have the focus on the button."""
    run_job(live)
    live.open(f"/jobs/{JOB}")
    expect(live.page.get_by_role("progressbar")).to_have_attribute("value", "25")
    live.page.get_by_text("Cancel this job").click()
    live.page.focus("#cancel")

    run_job(live, replace(HALF, records=24_000, share=0.5))

    expect(live.page.get_by_role("progressbar")).to_have_attribute("value", "50", timeout=PATIENCE_MS)
    expect(live.page.locator("#status")).to_contain_text("24,000 records done of about 48,000 (50 %)")
    expect(live.page.locator("#cancel")).to_be_visible()
    expect(live.page.locator("#cancel")).to_be_focused()
    assert live.messages == []


def test_the_word_is_read_out_once_it_changes(live: Live) -> None:
    """The region is there before, and it stays, or no screen reader would hear of it."""
    live.world.add(status=JobStatus.PENDING, queued_at=NOW, submit_time=NOW)
    live.open(f"/jobs/{JOB}")
    word = live.page.locator("#status-word")
    expect(word).to_have_text("Queued")
    word.evaluate("element => { element.dataset.same = 'yes'; }")

    run_job(live)

    expect(word).to_have_text("Running", timeout=PATIENCE_MS)
    expect(word).to_have_attribute("data-same", "yes")
    expect(live.page.locator("#status")).to_have_count(1)
    expect(live.page.get_by_role("progressbar")).to_have_count(1)
    live.world.add_completed()
    expect(word).to_have_text("Completed", timeout=PATIENCE_MS)
    expect(live.page.locator("#status")).to_have_count(1)
    assert live.messages == []


def test_a_running_job_is_cancelled_with_the_keyboard(live: Live) -> None:
    run_job(live)
    live.open(f"/jobs/{JOB}")
    live.page.get_by_text("Cancel this job").focus()
    live.page.keyboard.press("Enter")
    live.page.keyboard.press("Tab")

    live.page.keyboard.press("Enter")

    expect(live.page.locator("#status")).to_contain_text("You have cancelled this job.")
    assert live.world.jobs.get(JOB).status is JobStatus.CANCELLED


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("running", [True, False])
def test_a_status_is_quiet_accessible_and_fits_the_screen(live: Live, running: bool, width: int) -> None:
    add_ended(live.world, 40, seconds=600)
    add_running(live.world, 2)
    if running:
        run_job(live, replace(HALF, contig="c" * 200, updated_at=NOW - 500))
    else:
        add_waiting(live.world, 1000)
        live.world.add(status=JobStatus.PENDING, queued_at=NOW, input_bytes=900)
    check_page(live, f"/jobs/{JOB}", width)


def test_what_is_typed_stays_when_the_state_changes(live: Live) -> None:
    """A form that was opened, and what is in it."""
    live.world.add(status=JobStatus.PENDING, input_bytes=900, queued_at=NOW, submit_time=NOW)
    live.open(f"/jobs/{JOB}")
    live.page.get_by_text("Run again, with").click()
    live.page.fill("#again-name", "Trio once more")
    live.page.get_by_text("Delete this job").click()
    live.page.check("#delete-understood")

    run_job(live)

    expect(live.page.locator("#status-word")).to_have_text("Running", timeout=PATIENCE_MS)
    expect(live.page.locator("#again-name")).to_be_visible()
    expect(live.page.locator("#again-name")).to_have_value("Trio once more")
    expect(live.page.locator("#delete-understood")).to_be_checked()
    assert live.messages == []
