"""The table in a real browser: the script replaces it in place, and without the script it works as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from services.web.viewer.tables import PAGE
from tests.unit.web.builders import JOB, World
from tests.unit.web.result_tables import ROWS, add_table
from tests.unit.web.test_browser import pytestmark as needs_chromium
from tests.unit.web.test_browser import serving
from tests.unit.web.test_browser_job_list import Shown, chromium

__all__ = ["chromium"]
pytestmark = needs_chromium

TABLE = f"/jobs/{JOB}/table"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def shown(chromium: Any, world: World, request) -> Iterator[Shown]:
    """Ada's browser at the page, with and without its script."""
    add_table(world)
    with serving(world.app) as url:
        context = chromium.new_context(java_script_enabled=request.param, reduced_motion="reduce")
        cookie = world.browser().client.get_cookie("gas")
        context.add_cookies([{"name": "gas", "value": cookie.value, "url": url}])
        shown = Shown(world, url, context.new_page())
        shown.page.on("console", lambda message: shown.messages.append(message.text))
        shown.page.on("pageerror", lambda error: shown.messages.append(str(error)))
        shown.open(TABLE)
        yield shown
        assert shown.messages == []
        context.close()


#: For what is about the script.
with_script = pytest.mark.parametrize("shown", [True], indirect=True, ids=["with script"])


def rows(page: Page) -> Any:
    return page.locator("table.alleles tbody tr")


def found(page: Page, text: str) -> None:
    expect(page.locator("#found")).to_have_text(text)


def test_a_filter_is_applied_changed_and_taken_back(shown: Shown) -> None:
    page = shown.page
    page.get_by_label("Region or gene").fill("chrM:3,000-12000")
    page.get_by_role("button", name="Apply the filter").click()
    found(page, "1 to 4 of 4 alleles")
    expect(page).to_have_url(re.compile(r"table\?region=MT:3000-12000$"))

    page.get_by_text("More: consequence").click()
    page.get_by_label("MODERATE").check()
    page.get_by_label("HIGH").check()
    page.get_by_role("button", name="Apply the filter").click()
    found(page, "1 to 2 of 2 alleles")

    page.get_by_role("link", name="Remove from the filter: Impact: HIGH").click()
    found(page, "1 to 1 of 1 allele")
    expect(page.get_by_label("HIGH")).not_to_be_checked()

    page.get_by_role("link", name="Clear the filter").click()
    found(page, "1 to 8 of 8 alleles")
    expect(page).to_have_url(shown.url + TABLE)


def test_the_way_back_shows_what_was_seen_before(shown: Shown) -> None:
    page = shown.page
    page.get_by_role("link", name="QUAL").click()
    expect(rows(page).first).to_contain_text("MT:3,243")
    expect(page.get_by_role("columnheader", name="QUAL")).to_have_attribute("aria-sort", "descending")

    page.go_back()

    expect(rows(page).first).to_contain_text("MT:100")


def test_a_page_is_jumped_to(shown: Shown) -> None:
    add_table(shown.world, [{"position": number + 1} for number in range(4 * PAGE)], group=1000)
    page = shown.page
    page.reload()
    page.get_by_role("link", name="Next").click()
    expect(rows(page).first).to_contain_text(f"MT:{PAGE + 1}")

    page.get_by_label("Page", exact=True).fill("4")
    page.get_by_role("button", name="Go").click()

    expect(rows(page).first).to_contain_text(f"MT:{3 * PAGE + 1}")
    expect(page.get_by_role("link", name="Next")).to_have_count(0)


def test_a_wrong_value_is_told_at_its_field(shown: Shown) -> None:
    shown.page.get_by_label("Frequency at most").fill("often")
    shown.page.get_by_role("button", name="Apply the filter").click()

    expect(shown.page.get_by_label("Frequency at most")).to_have_accessible_description(
        "often is not a number."
    )
    expect(shown.page.get_by_role("alert")).to_contain_text("was left out")


def test_an_allele_is_opened_and_leads_back(shown: Shown) -> None:
    shown.page.get_by_role("link", name="MT:3,243").click()

    expect(shown.page.get_by_role("heading", level=1)).to_have_text("MT:3,243 A > G")
    shown.page.get_by_role("link", name="All in MT-TL1").click()
    found(shown.page, "1 to 1 of 1 allele")


@with_script
def test_what_was_found_is_announced(shown: Shown) -> None:
    """The part that is replaced keeps the focus, and a screen reader hears the result."""
    shown.page.get_by_role("link", name="QUAL").click()

    expect(shown.page.get_by_role("status").filter(has_text="1 to 8 of 8 alleles")).to_have_count(1)
    expect(shown.page.get_by_role("link", name="QUAL")).to_be_focused()


@with_script
def test_a_refusal_is_shown_as_a_page(shown: Shown) -> None:
    """Here the results were archived while the table was open."""
    job = shown.world.jobs.get(JOB)
    for file in job.result_files:
        del shown.world.results.objects[file.key]
    for path in shown.world.settings.scratch.rglob("*.parquet"):
        path.unlink()

    shown.page.get_by_role("link", name="QUAL").click()

    expect(shown.page.get_by_text("The results have just been archived.")).to_be_visible()
    assert all("409" in message for message in shown.messages)
    shown.messages.clear()


@with_script
def test_nothing_of_the_table_stays_in_the_browser(shown: Shown) -> None:
    shown.page.get_by_role("link", name="QUAL").click()
    expect(shown.page).to_have_url(re.compile("sort=-qual"))

    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert "MELAS" not in shown.page.evaluate(kept)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "?impact=HIGH&impact=LOW&sample=child&genotype=carrier&sort=-qual",
        "?gene=NONE",
        "?max_frequency=2&page=x",
        "/5/1",
    ],
)
@with_script
def test_everybody_can_read_it(shown: Shown, path: str, width: int) -> None:
    disease = "_".join(["Progressive external ophthalmoplegia"] * 6)
    long = {"position": 2_000_000, "ref": "ACGT" * 100, "id": "rs" * 80, "MITOMAP_DISEASE": disease}
    add_table(shown.world, [*ROWS, {**long, "qual": 1e-7, "gene": "G" * 60}])
    shown.page.set_viewport_size({"width": width, "height": 800})
    shown.open(TABLE + path)

    shown.assert_accessible()


@with_script
def test_the_keyboard_goes_on_where_what_was_pressed_is_gone(shown: Shown) -> None:
    """Not from the top of the page."""
    shown.open(f"{TABLE}?gene=MT-ND4")
    shown.page.focus("#clear")
    shown.page.keyboard.press("Enter")

    found(shown.page, "1 to 8 of 8 alleles")
    expect(shown.page.locator("#found")).to_be_focused()
