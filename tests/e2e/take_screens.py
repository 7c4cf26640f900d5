"""Takes the pictures of the documentation from a running local system: ``python -m tests.e2e.take_screens``.

It needs Chromium, and starts a system of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import ROOT, RunningSystem, running_system
from tests.e2e.researcher import Researcher

FOLDER = ROOT / "docs" / "screens"
SAMPLE = ROOT / "services" / "web" / "example.vcf"
WIDE, NARROW = (1100, 760), (360, 740)

#: Longer than taking the pictures needs.
RETENTION = ("--retention", "40")


def main() -> None:
    """Every picture."""
    with tempfile.TemporaryDirectory() as folder, running_system(Path(folder), *RETENTION) as system:
        ada = Researcher.logged_in(system.web, "Ada Lovelace", plan="free")
        archived = ada.submit(SAMPLE.read_bytes(), "family-7.vcf")
        ada.wait(archived, location="ARCHIVED")
        job = ada.submit(SAMPLE.read_bytes(), "trio.vcf")
        ada.wait(job, status="COMPLETED")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            _take_all(browser, system, ada, job, archived)
            browser.close()


def _take_all(browser: Browser, system: RunningSystem, ada: Researcher, job: str, archived: str) -> None:
    wide = _page(browser, system, ada, WIDE, "light")
    for name, path in {
        "home": "/",
        "submit": "/jobs/new",
        "job": f"/jobs/{job}",
        "table": f"/jobs/{job}/table?gene=MT-ND4",
        "browser": f"/jobs/{job}/browser?region=MT:3000-12500",
        "jobs": "/jobs",
        "archived": f"/jobs/{archived}",
        "upgrade": "/account/upgrade",
        "account": "/account",
        "help": "/help",
    }.items():
        _take(wide, system, name, path)
    _take(_page(browser, system, ada, WIDE, "dark"), system, "job-dark", f"/jobs/{job}")
    _take(_page(browser, system, ada, NARROW, "light"), system, "job-narrow", f"/jobs/{job}")


def _page(
    browser: Browser, system: RunningSystem, ada: Researcher, size: tuple[int, int], colours: str
) -> Page:
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=colours, timezone_id="UTC", locale="en-GB")
    context.add_cookies([{"name": c.name, "value": c.value, "url": system.web} for c in ada.browser.cookies])
    return context.new_page()


def _take(page: Page, system: RunningSystem, name: str, path: str) -> None:
    page.goto(system.web + path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
