"""The list of jobs and what is done from it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from gas.jobs import JobStatus, ResultLocation
from gas.messages import DeletionRequested
from tests.unit.web.builders import JOB, NOW, World
from tests.unit.web.test_browser import CHROMIUM, serving
from tests.unit.web.test_browser import pytestmark as needs_chromium

pytestmark = needs_chromium

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LONG_NAME = "a_long_file_name_without_any_space_" * 5 + ".vcf.gz"


@dataclass
class Shown:
    """A running site with jobs of every kind, and a page of Ada's browser.

    :ivar messages: what the browser wrote to its console.
    """

    world: World
    url: str
    page: Page
    messages: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def tick(self, *job_ids: str) -> None:
        for job_id in job_ids:
            self.page.locator(f"input[name=job][value='{job_id}']").check()

    def assert_accessible(self) -> None:
        """In both colour schemes, and without a bar to scroll the page sideways."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            run = {"runOnly": {"type": "tag", "values": WCAG}}
            found = Axe().run(self.page, options=run).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], scheme
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def world() -> World:
    world = World()
    world.add(job_id="waiting", submit_time=NOW)
    world.add(job_id="running", status=JobStatus.RUNNING, name="Family trio", submit_time=NOW - 1)
    world.add(job_id="failed", status=JobStatus.FAILED, file_name=LONG_NAME, submit_time=NOW - 2)
    world.add_completed(submit_time=NOW - 3)
    world.add_completed(ResultLocation.ARCHIVED, job_id="archived", archived_at=NOW, submit_time=NOW - 4)
    return world


@pytest.fixture(params=[1280, 360], ids=["wide", "narrow"])
def shown(chromium: Any, world: World, request) -> Iterator[Shown]:
    with serving(world.app) as url:
        context = chromium.new_context(
            viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
        )
        cookie = world.browser().client.get_cookie("gas")
        context.add_cookies([{"name": "gas", "value": cookie.value, "url": url}])
        shown = Shown(world, url, context.new_page())
        shown.page.on("console", lambda message: shown.messages.append(message.text))
        shown.page.on("pageerror", lambda error: shown.messages.append(str(error)))
        yield shown
        assert shown.messages == []
        context.close()


@pytest.mark.parametrize("path", ["/jobs", "/jobs?q=trio&status=running", "/jobs?q=nothing"])
def test_the_list_can_be_read_by_everybody(shown: Shown, path: str) -> None:
    shown.open(path)

    shown.assert_accessible()


def test_a_user_without_jobs_can_read_the_page_as_well(shown: Shown) -> None:
    shown.world.jobs.jobs.clear()
    shown.open("/jobs")

    shown.assert_accessible()


def test_one_box_ticks_all_of_the_page(shown: Shown) -> None:
    """And says when only some are ticked."""
    shown.open("/jobs")
    everything = shown.page.get_by_label("Tick all jobs of this page")
    boxes = shown.page.locator("input[name=job]")

    everything.check()
    expect(shown.page.locator("input[name=job]:checked")).to_have_count(5)
    boxes.first.uncheck()
    assert everything.evaluate("box => box.indeterminate")
    everything.check()
    everything.uncheck()
    expect(shown.page.locator("input[name=job]:checked")).to_have_count(0)


def test_jobs_are_deleted_after_a_tick_that_cannot_be_forgotten(shown: Shown) -> None:
    shown.open("/jobs")
    shown.tick("failed", "archived")
    shown.page.get_by_role("button", name="Delete").click()
    expect(shown.page.get_by_role("heading", name="Delete 2 jobs?")).to_be_visible()
    shown.assert_accessible()

    shown.page.get_by_role("button", name="Delete for good").click()
    assert shown.world.bus.published == [], "the browser asks for the tick"
    shown.page.get_by_label("I understand").check()
    shown.page.get_by_role("button", name="Delete for good").click()

    expect(shown.page.get_by_text("2 jobs were deleted")).to_be_visible()
    assert shown.world.bus.published == [DeletionRequested("failed"), DeletionRequested("archived")]


def test_downloads_are_a_page_of_commands_and_a_file(shown: Shown) -> None:
    shown.open("/jobs")
    shown.tick(JOB, "archived")
    shown.page.get_by_role("button", name="Download").click()
    expect(shown.page.get_by_role("region", name="Commands")).to_contain_text("curl --fail")
    expect(shown.page.get_by_role("region", name="Not in the list")).to_contain_text("archived")
    shown.assert_accessible()

    with shown.page.expect_download() as download:
        shown.page.get_by_role("button", name="Save as a file").click()

    assert download.value.suggested_filename == "download.sh"
    assert "sha256sum --check" in download.value.path().read_text()


def test_a_failed_job_is_tried_again_from_its_page(shown: Shown) -> None:
    job = shown.world.jobs.get("failed")
    shown.world.inputs.objects[job.input_key] = b"x" * 100
    shown.open("/jobs/failed")
    shown.assert_accessible()

    shown.page.get_by_role("button", name="Retry", exact=True).click()

    expect(shown.page.get_by_text("This is a new job with the same file")).to_be_visible()
    assert [each.copy_of for each in shown.world.jobs.jobs.values() if each.copy_of] == ["failed"]


def test_a_job_is_deleted_from_its_page_by_keyboard_alone(shown: Shown) -> None:
    shown.open(f"/jobs/{JOB}")
    shown.page.get_by_text("Delete this job").focus()
    shown.page.keyboard.press("Enter")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Space")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Enter")

    expect(shown.page.get_by_text("The job was deleted")).to_be_visible()
    assert shown.world.jobs.get(JOB).status is JobStatus.DELETED
