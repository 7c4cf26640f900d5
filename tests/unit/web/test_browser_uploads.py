"""The upload script by itself, in a real browser: what it tries again, what it says, and its page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, request
from playwright.sync_api import Page, expect, sync_playwright

from gas.accounts import Plan
from gas.jobs import JobStatus
from gas.storage_ports import UploadForm
from services.web.app import Ports
from services.web.static_files import STATIC
from tests.unit.web.builders import ADA, JOB, NOW, World
from tests.unit.web.test_browser import serving

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
    pytest.mark.skipif(not (STATIC / "vendor").is_dir(), reason="the browser files were not fetched"),
]

#: Asks for a ticket, uploads a file of 900 bytes, and says how that has ended.
UPLOAD = """async () => {
  const file = new File(["x".repeat(900)], "a.vcf");
  const ticket = await gasUpload.ask("/jobs", {body: {file_name: file.name, size: file.size}});
  const states = [];
  const onProgress = (now) => states.push(now.state);
  try {
    return {answer: await gasUpload.upload(file, ticket, {onProgress}), states};
  } catch (error) {
    const {message, newTicket, upgradeHelps} = error;
    return {message, newTicket, upgradeHelps, known: error instanceof gasUpload.Problem, states};
  }
}"""


@dataclass
class Store:
    """Takes uploads; the next ones are answered with these statuses instead."""

    objects: dict[str, bytes] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask("store")

        @app.after_request
        def allow(response: Response) -> Response:
            response.headers["Access-Control-Allow-Origin"] = "*"
            return response

        @app.post("/")
        def put() -> tuple[str, int]:
            if self.answers:
                return "", self.answers.pop(0)
            self.objects[request.form["key"]] = request.files["file"].read()
            return "", 204

        return app


@dataclass(frozen=True)
class StoreAccess:
    url: str

    def upload_form(self, key: str, *, max_bytes: int, lifetime: int) -> UploadForm:
        return UploadForm(f"{self.url}/", {"key": key, "policy": f"{max_bytes} bytes for {lifetime} s"})


@dataclass
class StoreWorld(World):
    """A site whose uploads go to a store that can be reached."""

    store_url: str = ""

    def ports(self) -> Ports:
        return replace(super().ports(), input_access=StoreAccess(self.store_url))  # type: ignore[arg-type]


@dataclass
class Site:
    """A running site, its store, and a page of Ada's browser with the script."""

    world: World
    store: Store
    page: Page
    url: str
    messages: list[str]

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        for name in ("upload_progress.js", "upload.js"):
            self.page.add_script_tag(url=f"/static/{name}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(chromium: Any) -> Iterator[Site]:
    store = Store()
    with serving(store.app()) as store_url:
        world = StoreWorld(store_url=store_url)
        store.objects = world.inputs.objects
        with serving(world.app) as url:
            context = chromium.new_context()
            cookie = world.browser().client.get_cookie("gas")
            context.add_cookies([{"name": "gas", "value": cookie.value, "url": url}])
            messages: list[str] = []
            page = context.new_page()
            page.on("console", lambda message: messages.append(message.text))
            yield Site(world, store, page, url, messages)
            context.close()


def test_a_small_file_goes_whole(site: Site) -> None:
    site.open("/jobs")

    ended = site.page.evaluate(UPLOAD)

    assert ended["answer"]["job_url"] in {f"/jobs/{job_id}" for job_id in site.world.jobs.jobs}
    assert list(site.world.inputs.objects.values()) == [b"x" * 900]
    assert ended["states"][-1] == "finishing"
    assert site.messages == []


def test_a_store_that_fails_is_asked_again(site: Site) -> None:
    site.store.answers = [503]
    site.open("/jobs")

    ended = site.page.evaluate(UPLOAD)

    assert "answer" in ended
    assert "retrying" in ended["states"]
    assert list(site.world.inputs.objects.values()) == [b"x" * 900]


def test_a_store_that_refuses_is_not_asked_again(site: Site) -> None:
    """The form has expired, or does not fit any more: another ticket may help, the same one cannot."""
    site.store.answers = [403]
    site.open("/jobs")

    ended = site.page.evaluate(UPLOAD)

    assert (ended["known"], ended["newTicket"]) == (True, True)
    assert ended["message"] == "The store refused the file. Please try again."
    assert site.world.inputs.objects == {}


def test_what_the_service_refuses_is_told_in_its_words(site: Site) -> None:
    """With the offer of the other plan where that helps."""
    site.open("/jobs")
    ask = 'gasUpload.ask("/jobs", {body: {file_name: "a", size: 2000}})'

    refused = site.page.evaluate(f"() => {ask}.catch((error) => ({{...error, text: error.message}}))")

    assert "Upgrade to premium" in refused["text"]
    assert refused["upgradeHelps"]
    assert refused["code"] == "too_large"


def test_a_small_file_that_was_stored_is_not_sent_again(site: Site) -> None:
    """Only its confirmation had failed."""
    site.open("/jobs")
    site.page.route("**/uploaded", lambda route: route.fulfill(status=400, body="{}"), times=1)
    again = UPLOAD.replace(
        "return {answer:", "await gasUpload.upload(file, ticket).catch(() => null); return {answer:"
    )
    sent: list[str] = []
    site.page.on("request", lambda request: sent.append(request.url))

    ended = site.page.evaluate(again)

    assert "answer" in ended
    assert len([url for url in sent if url.startswith(site.world.store_url)]) == 1


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        ({"state": "checking", "sent": 0}, "Reading the file"),
        ({"sent": 0, "rate": 0}, "0 % of 346 MB"),
        (
            {"sent": 145_320_000, "rate": 12_345_678, "seconds": 130},
            "42 % of 346 MB, 12.3 MB per second, about 2 minutes left",
        ),
        (
            {"sent": 1, "rate": 900, "seconds": 400_000},
            "0 % of 346 MB, 900 bytes per second, about 5 days left",
        ),
        (
            {"sent": 345_999_999, "rate": 1e6, "seconds": 0.1},
            "99 % of 346 MB, 1 MB per second, about 1 second left",
        ),
        (
            {"state": "offline", "sent": 173_000_000},
            "50 % of 346 MB. There is no connection; the upload goes on as soon as it is back",
        ),
        ({"state": "retrying", "sent": 0}, "0 % of 346 MB. The store did not answer; trying again"),
        ({"state": "finishing", "sent": 346_000_000}, "Sent. The service is putting the file in place"),
    ],
)
def test_progress_is_told_in_words(site: Site, progress: dict[str, Any], words: str) -> None:
    site.open("/jobs")
    now = {"state": "sending", "total": 346_000_000, **progress}

    assert site.page.evaluate("(now) => gasProgress.words(now)", now) == words


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_an_interrupted_upload_is_quiet_accessible_and_fits(
    site: Site, theme: str, width: int
) -> None:
    site.world.set_plan(ADA, Plan.PREMIUM)
    name = "a_long_name_without_a_break" * 6
    site.world.add(file_name=name, upload_bytes=40_000, max_input_bytes=50_000)
    site.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    site.page.set_viewport_size({"width": width, "height": 800})
    site.page.goto(f"{site.url}/jobs/{JOB}")
    expect(site.page.locator("#upload-stored")).to_contain_text("Nothing of its 40 kB has arrived yet")

    site.page.set_input_files("#upload-file", {"name": name, "mimeType": "", "buffer": b"x" * 1000})
    site.page.get_by_role("button", name="Go on with the upload").click()
    expect(site.page.locator("#upload-problem")).to_contain_text("it has 1,000 bytes")

    violations = Axe().run(site.page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    assert site.page.locator("html").evaluate("element => element.scrollWidth") <= width
    assert site.messages == []


def test_a_confirmation_whose_answer_was_not_waited_for_is_no_failure(site: Site) -> None:
    """The service takes no parts any more then, for the job is on its way."""
    job = site.world.add(status=JobStatus.PENDING, upload_bytes=900, input_bytes=900, queued_at=NOW)
    site.world.inputs.objects[job.input_key] = b"x" * 900
    site.open("/jobs")

    ended = site.page.evaluate(f"""async () => {{
      const parts = {{stored_url: "/jobs/{JOB}/parts", sign_url: "/jobs/{JOB}/parts", size: 900, count: 1}};
      const ticket = {{parts, uploaded_url: "/jobs/{JOB}/uploaded"}};
      return gasUpload.upload(new File(["x".repeat(900)], "a.vcf"), ticket);
    }}""")

    assert ended["job_url"] == f"/jobs/{JOB}"
