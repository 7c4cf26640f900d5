"""A large upload in a real browser: paused, reloaded, cut off, damaged, and the same file in the end."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.large_files import (
    NAME,
    PARTS,
    SIZE,
    begin_job,
    piece,
    sha256,
    stored_digest,
    write_large_vcf,
)
from tests.waiting import wait_for

CHROMIUM = shutil.which("chromium")
#: Milliseconds until such a file has arrived and is annotated, on a machine that does other things as well.
PATIENCE = 60_000

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]


class Upload:
    """A page of Gregor's: that of a job that waits for a large file, if none is given.

    :ivar messages: what the browser wrote to its console.
    :ivar sent: numbers of the parts that the store has taken, in this order.
    """

    def __init__(self, system, gregor, browser, path: str = "") -> None:
        self.gregor, self.browser = gregor, browser
        self.job_id = "" if path else begin_job(gregor)[0]
        context = browser.new_context()
        for cookie in gregor.browser.cookies:
            context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": gregor.web}])
        self.page = context.new_page()
        self.messages, self.sent = [], []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("response", self._note)
        self._network = context.new_cdp_session(self.page)
        self.page.goto(system.web + (path or f"/jobs/{self.job_id}"))

    def _note(self, response) -> None:
        number = re.search(r"[?&]partNumber=(\d+)", response.url)
        if response.request.method == "PUT" and response.ok and number:
            self.sent.append(int(number[1]))

    def begin(self, path) -> None:
        self.page.set_input_files("#upload-file", path)
        self.page.get_by_role("button", name="Go on with the upload").click()

    def set_network(self, *, offline: bool) -> None:
        """A connection of 10 MB per second, or none."""
        speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": 10_000_000}
        self._network.send("Network.emulateNetworkConditions", {"offline": offline, **speed})

    def wait_for_parts(self, count: int) -> None:
        wait_for(lambda: self.page.wait_for_timeout(20) or len(self.sent) >= count, f"{count} parts")

    def stored(self) -> set[int]:
        return {each["number"] for each in self.gregor.get(f"/jobs/{self.job_id}/parts")["stored"]}

    def wait_until_completed(self) -> None:
        expect(self.page.locator("#status")).to_contain_text("Completed", timeout=PATIENCE)


@pytest.fixture
def upload(system, gregor):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Upload(system, gregor, browser)
        browser.close()


@pytest.fixture(scope="module")
def large_vcf(tmp_path_factory):
    return write_large_vcf(tmp_path_factory.mktemp("large"))


def test_an_upload_goes_on_after_a_pause_and_a_reload(system, upload, large_vcf):
    """What has arrived is not sent again, and the file is the same in the end; with a silent console."""
    page = upload.page
    expect(page.locator("#upload-stored")).to_contain_text("Nothing of its 50.3 MB has arrived yet")
    upload.set_network(offline=False)
    upload.begin(large_vcf)
    upload.wait_for_parts(2)
    expect(page.locator("#upload-words")).to_contain_text("% of 50.3 MB")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on with the upload")).to_be_focused()
    first = set(upload.sent)

    page.reload()
    expect(page.locator("#upload-stored")).to_contain_text("of 50.3 MB have arrived")
    stored = upload.stored()
    upload.sent.clear()
    upload.begin(large_vcf)
    upload.wait_until_completed()

    assert first <= stored < set(range(1, PARTS + 1))
    assert stored.isdisjoint(upload.sent)
    assert stored_digest(system, upload.job_id) == sha256(large_vcf.read_bytes())
    assert upload.messages == []


def test_an_upload_that_was_begun_when_submitting_goes_on_in_another_browser(system, upload, large_vcf):
    """The first was closed; the job is in the list, and its page takes the same file."""
    first = Upload(system, upload.gregor, upload.browser, "/jobs/new")
    first.set_network(offline=False)
    first.page.set_input_files("#file", large_vcf)
    first.page.get_by_role("button", name="Upload and annotate").click()
    first.wait_for_parts(2)
    first.page.context.close()

    other = upload.page
    other.goto(f"{system.web}/jobs")
    other.get_by_role("link", name=NAME).first.click()
    expect(other.locator("#upload-stored")).to_contain_text("have arrived and need not be sent again")
    upload.begin(large_vcf)
    upload.wait_until_completed()

    assert set(first.sent).isdisjoint(upload.sent)
    assert stored_digest(system, other.url.rpartition("/")[2]) == sha256(large_vcf.read_bytes())
    assert first.messages + upload.messages == []


def test_an_upload_is_paused_and_resumed_where_it_was_submitted(system, upload, large_vcf):
    """Without a reload; what has arrived is not sent again."""
    submit = Upload(system, upload.gregor, upload.browser, "/jobs/new")
    submit.set_network(offline=False)
    submit.page.set_input_files("#file", large_vcf)
    submit.page.get_by_role("button", name="Upload and annotate").click()
    submit.wait_for_parts(2)
    submit.page.get_by_role("button", name="Pause").click()
    expect(submit.page.locator("#files li")).to_contain_text("Paused")
    expect(submit.page.get_by_role("button", name="Resume")).to_be_focused()
    submit.page.get_by_role("button", name="Resume").click()
    submit.page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"), timeout=PATIENCE)
    submit.wait_until_completed()

    # A part may have arrived although the pause came before its answer: it is not among them at all.
    assert len(submit.sent) == len(set(submit.sent))
    assert stored_digest(system, submit.page.url.rpartition("/")[2]) == sha256(large_vcf.read_bytes())
    assert submit.messages == []


def test_a_part_that_is_damaged_on_its_way_is_sent_again(system, upload, large_vcf):
    """The store refuses it by its digest."""
    damaged = []

    def damage(route) -> None:
        part = piece(large_vcf.read_bytes(), 2)
        damaged.append(route.request.method)
        if damaged == ["PUT"]:
            route.continue_(post_data=bytes([part[0] ^ 1]) + part[1:])
        else:
            route.continue_()

    upload.page.route(re.compile(r"[?&]partNumber=2&"), damage)
    upload.begin(large_vcf)
    upload.wait_until_completed()

    assert damaged == ["PUT", "PUT"]
    assert any("400" in message for message in upload.messages)
    assert sorted(upload.sent) == list(range(1, PARTS + 1))
    assert stored_digest(system, upload.job_id) == sha256(large_vcf.read_bytes())


def test_a_lost_connection_is_a_pause(system, upload, large_vcf):
    """The page says so, and the upload goes on by itself."""
    upload.set_network(offline=False)
    upload.begin(large_vcf)
    upload.wait_for_parts(1)

    upload.set_network(offline=True)
    expect(upload.page.locator("#upload-words")).to_contain_text("There is no connection")
    upload.set_network(offline=False)
    upload.wait_until_completed()

    assert stored_digest(system, upload.job_id) == sha256(large_vcf.read_bytes())


def test_another_file_does_not_go_on_with_an_upload(upload, large_vcf, tmp_path):
    """Told by its size, its name, and the parts that have arrived."""
    upload.set_network(offline=False)
    upload.begin(large_vcf)
    upload.wait_for_parts(2)
    upload.page.get_by_role("button", name="Pause").click()
    expect(upload.page.get_by_role("button", name="Go on with the upload")).to_be_visible()
    stored = upload.stored()
    problem = upload.page.locator("#upload-problem")
    upload.sent.clear()

    upload.begin({"name": NAME, "mimeType": "", "buffer": b"x" * 1000})
    expect(problem).to_contain_text("it has 1,000 bytes")
    upload.page.set_input_files("#upload-file", [])
    other = tmp_path / "another name.vcf"
    other.write_bytes(b"x" * SIZE)
    upload.begin(other)
    expect(problem).to_contain_text(f"is called {NAME}")
    upload.begin(write_large_vcf(tmp_path, seed=7))
    expect(problem).to_contain_text("not the file that the upload began with")

    assert upload.sent == []
    assert upload.stored() == stored
