"""The submit page in a real browser: several files, what each is told, drag and drop, and keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Route, expect

from gas.jobs import JobStatus
from tests.unit.web.builders import ADA, EXAMPLE, JOB
from tests.unit.web.test_browser import Live, LiveWorld, Store, check_page, chromium, pytestmark, serving
from tests.waiting import wait_for

__all__ = ["chromium", "pytestmark"]

BROKEN = EXAMPLE.replace(b"\tA\tG\t", b"\t?\tG\t")
FOREIGN = EXAMPLE.replace(b"MT\t", b"chr1\t").replace(
    b"#CHROM", b"##contig=<ID=chr1,length=248956422>\n#CHROM"
)
DROP = """([element, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  element.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def live(chromium: Any) -> Iterator[Live]:
    """As in `test_browser`, and the browser has Ada's session."""
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


def choose(live: Live, **files: bytes) -> None:
    """Open the page and pick these files, called as the arguments are."""
    live.open("/jobs/new")
    picked = [{"name": f"{name}.vcf", "mimeType": "", "buffer": data} for name, data in files.items()]
    live.page.set_input_files("#file", picked)  # type: ignore[arg-type]


def row(live: Live, name: str) -> Locator:
    return live.page.locator("#files > li").filter(has=live.page.locator("strong", has_text=f"{name}.vcf"))


def send(live: Live) -> None:
    live.page.get_by_role("button", name="Upload and annotate").click()


def test_a_file_is_looked_at_uploaded_and_its_page_opens(live: Live) -> None:
    choose(live, sample=EXAMPLE)
    expect(row(live, "sample")).to_contain_text("VCF 4.3, plain text, no samples, 1 record on MT")
    expect(row(live, "sample")).to_contain_text("Ready")
    live.page.fill("#job-name", "Trio 7")
    send(live)

    expect(live.page.locator("#status")).to_contain_text("Queued")
    (job,) = live.world.jobs.jobs.values()
    assert (job.status, job.file_name, job.input_bytes) == (JobStatus.PENDING, "sample.vcf", len(EXAMPLE))
    assert (job.name, job.genome, job.mode) == ("Trio 7", "human_mt", "local")
    assert live.messages == []


def test_several_files_become_jobs_one_after_another(live: Live) -> None:
    choose(live, one=EXAMPLE, two=EXAMPLE, three=EXAMPLE)
    live.page.fill("#job-name", "Trio")
    send(live)

    expect(live.page).to_have_url(re.compile(r"/jobs$"))
    assert sorted(job.name for job in live.world.jobs.jobs.values()) == [
        "Trio: one.vcf",
        "Trio: three.vcf",
        "Trio: two.vcf",
    ]
    assert {job.status for job in live.world.jobs.jobs.values()} == {JobStatus.PENDING}
    assert live.messages == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"Dear reader,\n", "Line 1: This is not a VCF"),
        (BROKEN, "Line 3, column 4: REF has to be bases (A, C, G, T, N), not '?'"),
        (b"PK\3\4", "ZIP archive"),
        (FOREIGN, "This looks like GRCh38 (hg38); the chosen genome is Human mitochondrial genome (rCRS)"),
        (b"x" * 1001, "larger than the 1 kB that your plan allows. Upgrade to premium"),
        (b"x" * 60_000, "larger than the 1 kB that your plan allows. Please split it"),
    ],
)
def test_a_refused_file_says_why_and_is_not_sent(live: Live, data: bytes, sentence: str) -> None:
    choose(live, sample=data)
    expect(row(live, "sample")).to_contain_text(sentence)
    expect(row(live, "sample").get_by_role("listitem")).to_have_text(re.compile("^Error: "))

    send(live)

    expect(live.page.locator("#problem")).to_contain_text("None of the files can be submitted")
    offer = row(live, "sample").get_by_role("link", name="See the premium plan")
    assert offer.is_visible() == (len(data) == 1001)
    assert live.world.jobs.jobs == {}
    assert live.messages == []


def test_a_failure_of_one_file_does_not_stop_the_others(live: Live) -> None:
    live.store.refusals = 1
    choose(live, one=EXAMPLE, two=EXAMPLE, broken=BROKEN)
    send(live)

    expect(live.page.locator("#told")).to_have_text(
        "1 job was made; 2 files were not submitted, see the list above."
    )
    expect(row(live, "one")).to_contain_text("The store refused the file. Please try again.")
    expect(row(live, "two").get_by_role("link", name="Open the job")).to_be_visible()
    row(live, "broken").get_by_role("button", name="Remove").click()
    row(live, "one").get_by_role("button", name="Try again").click()

    expect(live.page).to_have_url(re.compile(r"/jobs$"))
    assert len(live.world.inputs.objects) == 2


def test_a_mode_that_does_not_fit_is_told_at_once_and_taken_back(live: Live) -> None:
    choose(live, sample=EXAMPLE)
    live.page.get_by_text("Advanced").click()
    live.page.get_by_label("haplotype-aware").check()
    expect(row(live, "sample")).to_contain_text("The file has no samples")

    live.page.get_by_label("Each record by itself").check()

    expect(row(live, "sample")).to_contain_text("Ready")
    expect(row(live, "sample")).not_to_contain_text("The file has no samples")


def test_files_can_be_dropped_on_the_whole_card(live: Live) -> None:
    live.open("/jobs/new")
    card = live.page.locator("#card").element_handle()
    live.page.evaluate(DROP, [card, "dropped.vcf", EXAMPLE.decode()])
    expect(row(live, "dropped")).to_contain_text("Ready")
    send(live)

    expect(live.page.locator("#status")).to_contain_text("Queued")
    assert live.messages == []


def test_keys_alone_submit_a_file(live: Live) -> None:
    """The picker of the system opens by a key; what it gives is the test's."""
    # Dialogs are caught from now on, and not from a moment that a quick key may be before.
    live.page.on("filechooser", lambda _: None)
    live.open("/jobs/new")
    live.page.focus("#file")
    with live.page.expect_file_chooser() as chooser:
        live.page.keyboard.press("Space")
    chooser.value.set_files([{"name": "sample.vcf", "mimeType": "", "buffer": EXAMPLE}])
    expect(row(live, "sample")).to_contain_text("Ready")
    reached = []
    while "send" not in reached:
        assert len(reached) < 20, reached
        live.page.keyboard.press("Tab")
        reached.append(live.page.evaluate("document.activeElement.id"))
    live.page.keyboard.press("Enter")

    expect(live.page.locator("#status")).to_contain_text("Queued")
    assert {"genome", "job-name"} <= set(reached)


def test_the_focus_goes_on_when_a_file_is_removed(live: Live) -> None:
    choose(live, one=EXAMPLE, two=EXAMPLE)
    row(live, "one").get_by_role("button", name="Remove").press("Enter")
    expect(row(live, "two").get_by_role("button", name="Remove")).to_be_focused()

    live.page.keyboard.press("Enter")

    expect(live.page.locator("#file")).to_be_focused()
    send(live)
    expect(live.page.locator("#problem")).to_have_text("Please choose a file first.")


def test_the_wait_is_told_where_it_is_known(live: Live) -> None:
    said = '{"position": 3, "waiting": {"text": "4 to 9 minutes"}, "running": {"text": "about 1 minute"}}'
    live.page.route(
        "**/jobs/preflight", lambda route: route.fulfill(body=said, content_type="application/json")
    )
    choose(live, sample=EXAMPLE)

    expect(row(live, "sample")).to_contain_text(
        "It would start in 4 to 9 minutes and then take about 1 minute"
    )


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_list_of_files_is_accessible_and_fits(live: Live, theme: str, width: int) -> None:
    live.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    live.world.add(status=JobStatus.COMPLETED, input_bytes=900, file_name="a_long_name_without_a_break" * 6)
    check_page(live, "/jobs/new?tab=earlier", width)
    live.open("/jobs/new")
    files = {"good": EXAMPLE, "broken_" * 20: BROKEN, "foreign": FOREIGN, "large": b"x" * 1001}
    picked = [{"name": f"{name}.vcf", "mimeType": "", "buffer": data} for name, data in files.items()]
    live.page.set_input_files("#file", picked)  # type: ignore[arg-type]
    expect(live.page.locator("#told")).to_have_text("1 file ready, 3 files cannot be submitted.")
    live.page.get_by_text("Advanced").click()

    check_axe(live, width)


def check_axe(live: Live, width: int) -> None:
    violations = Axe().run(live.page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    assert live.page.locator("html").evaluate("element => element.scrollWidth") <= width
    assert live.messages == []


def test_an_earlier_upload_is_annotated_again_with_other_settings(live: Live) -> None:
    job = live.world.add(status=JobStatus.COMPLETED, input_bytes=900, name="Trio 7", genome="human_mt")
    live.world.inputs.objects[job.input_key] = b"x" * 900
    answer = live.world.browser().post("/jobs/earlier", {"job": JOB, "mode": "local"})

    made = live.world.jobs.get(answer.location.removeprefix("/jobs/"))
    assert (made.copy_of, made.name, made.mode, made.user_id) == (JOB, "Trio 7", "local", ADA)
    assert live.world.browser().post("/jobs/earlier", {}).status_code == 400


def test_what_was_chosen_when_the_button_was_pressed_holds_for_all_files(live: Live) -> None:
    """Whatever is chosen for the next ones while they wait for their turn."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    live.page.route(f"{live.world.store_url}/**", hold, times=1)
    choose(live, one=EXAMPLE, two=EXAMPLE)
    live.page.fill("#job-name", "Trio")
    send(live)
    expect(row(live, "one")).to_contain_text("Uploading")
    wait_for(lambda: live.page.wait_for_timeout(20) or held, "the upload")

    live.page.fill("#job-name", "Next")
    held[0].continue_()

    expect(live.page).to_have_url(re.compile(r"/jobs$"))
    names = sorted(job.name for job in live.world.jobs.jobs.values())
    assert names == ["Trio: one.vcf", "Trio: two.vcf"]
