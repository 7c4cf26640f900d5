"""Every page in a real browser: no word on the console, for everybody, in light and dark, at 360 pixels."""

from __future__ import annotations

import pytest

from tests.e2e.browsing import SAMPLE, chromium, needs_chromium, visit
from tests.e2e.conftest import running_system
from tests.e2e.researcher import Researcher

pytestmark = needs_chromium

LONG_NAME = "a_long_file_name_without_any_space_" * 5 + ".vcf"
BAD = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nMT\tx\t.\tA\tG\t.\t.\t.\n"

#: Longer than the pages of a completed job take to be looked at.
RETENTION = ("--retention", "600")

PUBLIC = ["/", "/help"]
OWN = [
    "/jobs",
    "/jobs?q=nothing-has-this-name",
    "/jobs?status=failed",
    "/jobs/new",
    "/jobs/new?tab=paste",
    "/jobs/new?tab=earlier",
    "/account",
    "/account/archive",
    "/account/upgrade",
]
JOB = [
    "",
    "/table",
    "/table?gene=MT-ND4&impact=MODERATE&sort=-qual",
    "/table?gene=NONE",
    "/table?max_frequency=often",
    "/browser",
]
ABSENT = ["/nowhere", "/jobs/11111111-2222-3333-4444-555555555555"]


@pytest.fixture(scope="module")
def researched(tmp_path_factory):
    """A system on which a researcher has a completed and a failed job; their ids."""
    with running_system(tmp_path_factory.mktemp("pages"), *RETENTION) as system:
        ada = Researcher.logged_in(system.web, "Ada Lovelace", plan="free")
        done = ada.submit(SAMPLE.read_bytes(), LONG_NAME)
        failed = ada.submit(BAD, "bad.vcf")
        ada.wait(done, status="COMPLETED")
        ada.wait(failed, status="FAILED")
        yield system, ada, {"done": done, "failed": failed}


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def seen(browser, researched):
    """Ada's browser, whose console has stayed silent at the end."""
    system, ada, _ = researched
    seen = visit(browser, system.web, ada)
    yield seen
    seen.page.context.close()
    assert seen.messages == []


@pytest.mark.parametrize("path", PUBLIC)
def test_strangers_can_read_the_public_pages(browser, researched, path: str) -> None:
    seen = visit(browser, researched[0].web)
    seen.open(path)

    seen.assert_holds()
    assert seen.messages == []


@pytest.mark.parametrize("path", [*PUBLIC, *OWN])
def test_everybody_can_read_the_pages_of_a_user(seen, path: str) -> None:
    seen.open(path)

    seen.assert_holds()


@pytest.mark.parametrize("path", JOB)
def test_everybody_can_read_the_pages_of_a_result(seen, researched, path: str) -> None:
    seen.open(f"/jobs/{researched[2]['done']}{path}")

    seen.assert_holds()


def test_everybody_can_read_why_a_job_has_failed(seen, researched) -> None:
    seen.open(f"/jobs/{researched[2]['failed']}")

    assert "Line 3, column 2" in seen.page.locator("main").inner_text()
    seen.assert_holds()


def test_everybody_can_read_the_page_before_a_deletion(seen, researched) -> None:
    seen.open(f"/jobs/{researched[2]['done']}")
    seen.page.evaluate("document.querySelector('form[action$=\"/delete\"]').noValidate = true")
    seen.page.evaluate("document.querySelector('form[action$=\"/delete\"]').submit()")
    seen.page.wait_for_url("**/delete")

    seen.assert_holds()


@pytest.mark.parametrize("path", ABSENT)
def test_everybody_can_read_a_refusal(seen, path: str) -> None:
    """The browser itself notes the status on the console; nothing else does."""
    seen.open(path)

    seen.assert_holds()
    assert all("404" in message for message in seen.messages)
    seen.messages.clear()


def test_a_chosen_colour_is_remembered(seen) -> None:
    """Against the system's own, and on the next page before its first paint."""
    seen.page.emulate_media(color_scheme="light")
    seen.open("/jobs")
    seen.page.locator("#theme").click()
    seen.open("/account")

    assert seen.page.locator("html").get_attribute("data-bs-theme") == "dark"
    seen.page.locator("#theme").click()
    seen.open("/jobs")
    assert seen.page.locator("html").get_attribute("data-bs-theme") == "light"


def test_a_page_holds_in_the_colours_of_the_system_without_script(browser, researched) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(researched[0].web + "/help")

    assert not page.locator("#theme").is_visible()
    assert page.locator("h1").is_visible()
    context.close()
