"""What a researcher does, in a real browser on the running system, with a silent console."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import PATIENCE, SAMPLE, chromium, needs_chromium, visit

pytestmark = needs_chromium

A_JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")
#: More than any page has to be passed by.
MOST_TABS = 80


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser, system, gregor):
    """A page of Gregor's, who is on the premium plan."""
    seen = visit(browser, system.web, gregor)
    seen.open("/jobs/new")
    yield seen.page
    seen.page.context.close()
    assert seen.messages == []


def focused(page: Page) -> str:
    """The words of what has the focus."""
    return page.evaluate(
        "(e => e.id || (e.labels && e.labels.length && e.labels[0].innerText) || e.innerText)"
        "(document.activeElement)"
    ).strip()


def tab_to(page: Page, wanted: str) -> None:
    """By the keyboard alone, and no further than the page goes."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"{wanted} cannot be reached by the keyboard")


def completed(page: Page) -> None:
    expect(page.locator("#status")).to_contain_text("Completed", timeout=PATIENCE)


def paste(page: Page) -> None:
    """Submit a small VCF, to the page of its job."""
    page.get_by_role("link", name="Paste").click()
    page.locator("textarea").fill(SAMPLE.read_text())
    page.get_by_role("button", name=re.compile("Annotate")).click()
    page.wait_for_url(A_JOB)
    completed(page)


def test_a_file_is_submitted_by_the_keyboard_alone(page) -> None:
    """The dialog that chooses the file is the browser's own; the rest is Tab, the space bar and Enter."""
    # Dialogs are caught from now on, and not from a moment that a quick key may be before.
    page.on("filechooser", lambda _: None)
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    tab_to(page, "file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(SAMPLE)
    expect(page.locator("#files li")).to_have_count(1)
    tab_to(page, "send")
    page.keyboard.press("Enter")

    page.wait_for_url(A_JOB)
    completed(page)


def test_the_example_is_one_click_away(page) -> None:
    page.get_by_role("button", name="Try the example").click()

    page.wait_for_url(A_JOB)
    completed(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("example.vcf")


def test_a_count_of_the_summary_leads_to_its_rows_and_these_are_exported(page) -> None:
    paste(page)
    page.get_by_role("link", name="Table", exact=True).first.click()
    page.get_by_label("Region or gene").fill("MT-ND4")
    page.get_by_role("button", name="Apply the filter").click()
    expect(page).to_have_url(re.compile(r"gene=MT-ND4"))
    expect(page.locator("table.alleles tbody")).to_contain_text("11,778")

    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("TSV")).first.click()
    assert download.value.suggested_filename.endswith(".tsv")


def test_a_job_is_run_again_and_deleted(page) -> None:
    """With the file that is stored; the first job is not touched by the deletion of the second."""
    paste(page)
    first = page.url
    page.locator("summary", has_text="Run again").click()
    page.get_by_label("Job name").fill("Once more")
    page.locator("#again").click()
    page.wait_for_url(lambda url: A_JOB.search(url) and url != first)
    completed(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Once more")

    page.locator("summary", has_text="Delete this job").click()
    page.locator("#delete-understood").check()
    page.locator("#delete").click()
    page.wait_for_url("**/jobs")
    expect(page.get_by_text("The job was deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Once more")).to_have_count(0)
    page.goto(first)
    completed(page)


def test_the_genome_browser_shows_the_result(page) -> None:
    paste(page)
    page.get_by_role("link", name="Genome browser").click()
    expect(page.get_by_role("slider", name="Zoom")).to_be_attached()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#problem")).to_be_empty()
