"""A researcher in a real browser, from the login to the restored result, without a reload."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.conftest import ROOT

CHROMIUM = shutil.which("chromium")
SAMPLE = ROOT / "services" / "web" / "example.vcf"
#: Milliseconds until a state of the job must be on the page: it polls every 15 seconds at the slowest.
PATIENCE = 60_000

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@pytest.fixture
def page():
    """A page of Chromium, and everything that its console said."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.messages = []
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        yield page
        browser.close()


def test_a_researcher_follows_a_job_through_its_life(system, page):
    """Login, upload with progress, live status, archived, upgraded, restored; a silent console."""
    page.goto(f"{system.web}/login?next=/account")
    page.get_by_role("button", name=re.compile("Barbara")).click()
    page.wait_for_url("**/account")
    if page.get_by_role("link", name="Go back to the free plan").count():
        pytest.fail("Barbara is expected to start on the free plan")

    page.goto(f"{system.web}/jobs/new")
    page.set_input_files("input[type=file]", SAMPLE)
    page.get_by_role("button", name="Upload and annotate").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    expect(page.get_by_text("Available until")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("cell", name="chrM:11778")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    assert download.value.suggested_filename == "example.annot.vcf.gz"

    expect(page.get_by_text("Archived", exact=True).first).to_be_visible(timeout=PATIENCE)
    job = page.url
    page.get_by_role("link", name="Upgrade to premium").click()
    expect(page.get_by_text("They come back from the archive")).to_be_visible()
    page.get_by_role("button", name="Upgrade to premium").click()
    page.goto(job)
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name=re.compile("Download")).first).to_be_visible()

    assert page.messages == []
