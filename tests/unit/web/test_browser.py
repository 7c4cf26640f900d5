"""The pages in a real browser: the upload script, the live page, the policy, and accessibility."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from gas.storage_ports import UploadForm
from services.web.app import Ports
from services.web.static_files import STATIC
from tests.unit.web.builders import ADA, JOB, World

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
    pytest.mark.skipif(not (STATIC / "vendor").is_dir(), reason="the browser files were not fetched"),
]
WIDTHS = (1200, 360)
PAGES = ("/", "/jobs", "/jobs/new", "/jobs/new?tab=paste", "/jobs/new?tab=earlier", "/account")


class Quiet(WSGIRequestHandler):
    def log(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Store:
    """Takes uploads, and refuses as many of the next ones as ``refusals`` says."""

    objects: dict[str, bytes]
    refusals: int = 0

    def app(self) -> Flask:
        app = Flask("store")

        @app.after_request
        def allow(response: Response) -> Response:
            # Browsers ask first, because the script listens to the progress of the upload.
            response.headers["Access-Control-Allow-Origin"] = "*"
            return response

        @app.post("/")
        def put() -> ResponseReturnValue:
            if self.refusals:
                self.refusals -= 1
                return "refused", 403
            self.objects[request.form["key"]] = request.files["file"].read()
            return "", 204

        return app


@dataclass
class StoreAccess:
    url: str

    def upload_form(self, key: str, *, max_bytes: int, lifetime: int) -> UploadForm:
        return UploadForm(f"{self.url}/", {"key": key})


@dataclass
class LiveWorld(World):
    """A site whose uploads go to a store that can be reached."""

    store_url: str = ""

    def ports(self) -> Ports:
        return replace(super().ports(), input_access=StoreAccess(self.store_url))  # type: ignore[arg-type]


@dataclass
class Live:
    """A running site and a page of Ada's browser.

    :ivar messages: what the browser wrote to its console.
    """

    world: World
    store: Store
    url: str
    page: Page
    messages: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def live(chromium: Any) -> Iterator[Live]:
    store = Store({})
    with serving(store.app()) as store_url:
        world = LiveWorld(store_url=store_url)
        store.objects = world.inputs.objects
        with serving(world.app) as url:
            context = chromium.new_context()
            cookie = world.browser().client.get_cookie("gas")
            context.add_cookies([{"name": "gas", "value": cookie.value, "url": url}])
            live = Live(world, store, url, context.new_page())
            live.page.on("console", lambda message: live.messages.append(message.text))
            live.page.on("pageerror", lambda error: live.messages.append(str(error)))
            yield live
            context.close()


def test_results_appear_by_themselves(live: Live) -> None:
    live.world.add(status=JobStatus.RUNNING)
    live.open(f"/jobs/{JOB}")
    expect(live.page.locator("#status")).to_contain_text("Running")

    live.world.add_completed()

    expect(live.page.get_by_role("link", name="Download sample.annot.vcf.gz")).to_be_visible(timeout=8000)
    shown = live.page.locator("#results").locator("..").locator("time").first
    expect(shown).to_have_attribute("title", re.compile("."))  # Set by a script, after the page has changed.
    assert live.messages == []


@pytest.mark.parametrize("place", ["#refresh", "#whole-log"])
def test_the_focus_stays_where_it_is_when_the_page_updates(live: Live, place: str) -> None:
    """Outside of what is replaced, and inside."""
    live.world.add_completed(ResultLocation.ARCHIVING)
    live.open(f"/jobs/{JOB}")
    live.page.focus(place)

    # Nothing changes by itself after this, so the last thing to be replaced is the polling status.
    live.world.add_completed(ResultLocation.ARCHIVED)

    expect(live.page.locator("#status")).to_contain_text("are kept in the archive", timeout=20_000)
    expect(live.page.locator(place)).to_be_focused()


@pytest.mark.parametrize(("tab", "button"), [("paste", "Annotate"), ("file", "Try the example")])
def test_a_second_click_sends_nothing(live: Live, tab: str, button: str) -> None:
    """While the answer to the first is on its way."""
    live.open(f"/jobs/new?tab={tab}")
    if tab == "paste":
        live.page.fill("#text", "##fileformat=VCFv4.3")
    sent: list[str] = []
    live.page.on("request", lambda request: sent.append(request.method))

    live.page.get_by_role("button", name=button, exact=True).dblclick()

    expect(live.page.locator("#status")).to_contain_text("Queued")
    assert sent.count("POST") == 1
    assert len(live.world.jobs.jobs) == 1


def test_two_clicks_make_one_token(live: Live) -> None:
    live.open("/account")
    live.page.fill("#token-name", "script")

    live.page.get_by_role("button", name="Make a token").dblclick()

    expect(live.page.locator("#new-token")).to_be_visible()
    assert len(live.world.tokens.of_user(ADA)) == 1


def test_two_clicks_keep_results_once(live: Live) -> None:
    live.world.add_completed()
    live.open(f"/jobs/{JOB}")

    live.page.get_by_role("button", name="Keep for another day").dblclick()

    expect(live.page.get_by_text("You can do this 2 times")).to_be_visible()
    assert live.world.jobs.get(JOB).extensions == 1


def test_a_page_that_comes_back_can_be_sent_again(live: Live) -> None:
    live.open("/jobs/new?tab=paste")
    live.page.fill("#text", "##one")
    live.page.get_by_role("button", name="Annotate", exact=True).click()
    expect(live.page.locator("#status")).to_contain_text("Queued")

    live.page.go_back()
    live.page.fill("#text", "##two")
    live.page.get_by_role("button", name="Annotate", exact=True).click()

    expect(live.page.locator("#status")).to_contain_text("Queued")
    assert sorted(live.world.inputs.objects.values()) == [b"##one", b"##two"]


def test_text_that_is_too_large_is_not_even_sent(live: Live) -> None:
    """What is larger than any form could not come back."""
    live.open("/jobs/new?tab=paste")
    live.page.fill("#text", "x" * 1001)
    live.page.get_by_role("button", name="Annotate", exact=True).click()

    expect(live.page.get_by_role("alert")).to_contain_text("larger than 1 kB")
    assert live.page.input_value("#text") == "x" * 1001


def test_without_scripts_there_is_no_button_that_does_nothing(live: Live, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    cookie = live.world.browser().client.get_cookie("gas")
    context.add_cookies([{"name": "gas", "value": cookie.value, "url": live.url}])
    page = context.new_page()
    page.goto(f"{live.url}/jobs/new")

    assert not page.locator("#send").is_visible()
    page.get_by_role("button", name="Try the example").click()
    expect(page.locator("#status")).to_contain_text("Queued")
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [*PAGES, "/account/archive", f"/jobs/{JOB}"])
def test_a_page_is_quiet_accessible_and_fits_the_screen(live: Live, path: str, width: int) -> None:
    live.world.add_completed(file_name="a_long_name_without_a_break" * 6)
    live.world.add_completed(ResultLocation.ARCHIVED, job_id="archived", archived_at=1.0)
    live.world.token()
    check_page(live, path, width)


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("location", [ResultLocation.ARCHIVED, ResultLocation.RESTORING])
def test_a_page_of_archived_results_is_so_too(live: Live, location: ResultLocation, plan: Plan) -> None:
    live.world.set_plan(ADA, plan)
    live.world.add_completed(location, archived_at=1.0, restore_tier="Standard", restore_expected_at=2.0)
    check_page(live, f"/jobs/{JOB}", 360)


def check_page(live: Live, path: str, width: int) -> None:
    live.page.set_viewport_size({"width": width, "height": 800})
    live.open(path)

    violations = Axe().run(live.page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    assert live.page.locator("html").evaluate("element => element.scrollWidth") <= width
    assert live.messages == []
