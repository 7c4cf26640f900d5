"""A researcher's browser on the running system, which hears the console and looks at each page critically."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import ROOT
from tests.e2e.researcher import Researcher

CHROMIUM = shutil.which("chromium")
SAMPLE = ROOT / "services" / "web" / "example.vcf"

#: Milliseconds until a state of the job must be on the page: it polls every 15 seconds at the slowest.
PATIENCE = 60_000

#: WCAG 2.2, levels A and AA, as axe-core names its rules.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

needs_chromium = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


@dataclass
class Visit:
    """A page of a browser, and all that its console has said.

    :ivar web: address of the site.
    """

    web: str
    page: Page
    messages: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Until nothing more is being fetched."""
        self.page.goto(self.web + path)
        self.page.wait_for_load_state("networkidle")

    def assert_holds(self) -> None:
        """For everybody: in light and dark, wide and narrow."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size in (WIDE, NARROW):
                self.page.set_viewport_size(size)
                where = f"{self.page.url} {scheme} {size['width']}"
                # The page hears of the colours of the system by an event, a moment after they were changed.
                self.page.wait_for_selector(f"html[data-bs-theme={scheme}]", state="attached")
                assert self.violations() == [], where
                assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where

    def violations(self) -> list[tuple[str, str]]:
        """What axe-core finds: the rule, and the first part of the page that breaks it."""
        options = {"runOnly": {"type": "tag", "values": WCAG}}
        found = Axe().run(self.page, options=options).response["violations"]
        return [(each["id"], each["nodes"][0]["html"]) for each in found]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def visit(browser: Browser, web: str, researcher: Researcher | None = None) -> Visit:
    """A fresh profile, logged in as somebody or as nobody."""
    context = browser.new_context(viewport=WIDE)
    cookies = researcher.browser.cookies if researcher else []
    context.add_cookies([{"name": each.name, "value": each.value, "url": web} for each in cookies])
    seen = Visit(web, context.new_page())
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
    return seen
