"""Submitting: tickets, limits, the word that a file has arrived, pasted text and the example."""

import re
from html import escape, unescape

import pytest

from gas.accounts import Plan
from gas.fakes import FakeObjectStore, FakeSignedAccess
from gas.jobs import JobStatus
from services.web.app import create_app
from services.web.limits import MAX_POST_BYTES, input_limit
from tests.unit.web.builders import ADA, BOB, EXAMPLE, JOB, NOW, Browser, World, settings

SAMPLE = {"file_name": "sample.vcf", "size": 900}


def only_job(world: World):
    (job,) = world.jobs.jobs.values()
    return job


def test_a_ticket_is_recorded_with_its_key_limit_and_end(world: World, ada: Browser) -> None:
    answer = ada.ask("/jobs", SAMPLE)

    job = only_job(world)
    assert answer.status_code == 201
    assert job.status is JobStatus.AWAITING_UPLOAD
    assert job.user_id == ADA
    assert job.input_key == f"inputs/{ADA}/{job.job_id}/sample.vcf"
    assert job.max_input_bytes == 1000
    assert job.expires_at == int(NOW) + 432_000
    assert answer.json == {
        "upload": {
            "url": "https://inputs.invalid/",
            "fields": {"key": job.input_key, "policy": "1-1000 bytes for 600 s"},
        },
        "uploaded_url": f"/jobs/{job.job_id}/uploaded",
        "job_url": f"/jobs/{job.job_id}",
    }


def test_every_ticket_is_another_job(world: World, ada: Browser) -> None:
    ada.ask("/jobs", SAMPLE)
    ada.ask("/jobs", SAMPLE)

    assert len(world.jobs.jobs) == 2


def test_the_job_is_recorded_before_the_form_is_signed(world: World) -> None:
    """An upload that nobody knows of must not be possible, whatever fails in between."""

    class Unsigned(FakeSignedAccess):
        def upload_form(self, key: str, *, max_bytes: int, lifetime: int):
            if key == "-":  # For the policy of the pages.
                return super().upload_form(key, max_bytes=max_bytes, lifetime=lifetime)
            assert only_job(world).input_key == key
            raise ConnectionError

    ports = world.ports()
    object.__setattr__(ports, "input_access", Unsigned())
    app = create_app(world.settings, ports, example=EXAMPLE, clock=lambda: NOW)

    assert Browser(app.test_client(), ADA, NOW).ask("/jobs", SAMPLE).status_code == 500
    assert len(world.jobs.jobs) == 1


def test_a_hostile_file_name_becomes_a_harmless_one(world: World, ada: Browser) -> None:
    ada.ask("/jobs", {"file_name": '../../etc/"pass\nwd".vcf', "size": 1})

    assert only_job(world).file_name == "_pass_wd_.vcf"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"file_name": "", "size": 1},
        {"file_name": "  ", "size": 1},
        {"file_name": "a.vcf"},
        {"file_name": "a.vcf", "size": "1"},
        {"file_name": "a.vcf", "size": True},
        {"file_name": 7, "size": 1},
        {"file_name": "a.vcf", "size": 0},
        {"file_name": "a.vcf", "size": -1},
        {"file_name": "a.vcf", "size": 2**53 + 1},
        {"file_name": "a.vcf", "size": 10**400},
    ],
)
def test_a_ticket_needs_a_name_and_a_size(world: World, ada: Browser, body: object) -> None:
    answer = ada.ask("/jobs", body)

    assert answer.status_code == 400
    assert answer.json["error"]["message"].endswith(".")
    assert world.jobs.jobs == {}


@pytest.mark.parametrize("size", [-1, 2**53 + 1, 10**400])
def test_a_size_that_no_file_has_is_no_number_of_bytes(ada: Browser, size: int) -> None:
    error = ada.ask("/jobs", {**SAMPLE, "size": size}).json["error"]

    assert "is not a number of bytes" in error["message"]


def test_a_size_that_a_file_may_have_is_too_large_at_most(ada: Browser) -> None:
    assert ada.ask("/jobs", {**SAMPLE, "size": 2**53}).status_code == 413


def test_what_is_nested_too_deeply_is_not_understood(ada: Browser) -> None:
    headers = {"X-CSRFToken": ada.csrf(), "Accept": "application/json"}
    body = b"[" * 100_000
    answer = ada.client.post("/jobs", data=body, headers=headers, content_type="application/json")

    assert answer.status_code == 400


def test_what_is_too_large_for_the_free_plan_is_offered_the_upgrade(world: World, ada: Browser) -> None:
    answer = ada.ask("/jobs", {**SAMPLE, "size": 1001})

    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"
    assert answer.json["error"]["upgrade_helps"] is True
    assert "Upgrade to premium" in answer.json["error"]["message"]
    assert world.jobs.jobs == {}


def test_premium_takes_more_and_has_a_limit_as_well(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)

    assert ada.ask("/jobs", {**SAMPLE, "size": 50_000}).status_code == 201
    refused = ada.ask("/jobs", {**SAMPLE, "size": 50_001})
    assert refused.status_code == 413
    assert "upgrade_helps" not in refused.json["error"]


def test_what_no_plan_takes_is_not_offered_the_upgrade(ada: Browser) -> None:
    error = ada.ask("/jobs", {**SAMPLE, "size": 50_001}).json["error"]

    assert "upgrade" not in error["message"].lower()


def test_the_limit_of_a_plan_may_be_more_than_one_post_can_store() -> None:
    """Such a file goes in parts."""
    large = 50_000_000_000
    assert input_limit(Plan.PREMIUM, settings(premium_input_bytes=large)) == large > MAX_POST_BYTES


def test_a_file_that_has_arrived_is_queued(world: World, ada: Browser) -> None:
    job = world.add(expires_at=int(NOW) + 100)
    world.inputs.objects[job.input_key] = b"x" * 900

    answer = ada.ask(f"/jobs/{JOB}/uploaded", {})

    queued = world.jobs.get(JOB)
    assert answer.json == {"job_url": f"/jobs/{JOB}"}
    assert queued.status is JobStatus.PENDING
    assert queued.input_bytes == 900
    assert queued.expires_at is None, "a queued job does not disappear"


def test_a_file_that_has_not_arrived_is_asked_for_again(world: World, ada: Browser) -> None:
    world.add()

    answer = ada.ask(f"/jobs/{JOB}/uploaded", {})

    assert answer.status_code == 409
    assert "upload it again" in answer.json["error"]["message"]
    assert world.jobs.get(JOB).status is JobStatus.AWAITING_UPLOAD


def test_a_file_that_is_too_large_is_refused_though_it_arrived(world: World, ada: Browser) -> None:
    """The job's own limit counts, whatever a store let pass."""
    job = world.add()
    world.inputs.objects[job.input_key] = b"x" * 1001

    assert ada.ask(f"/jobs/{JOB}/uploaded", {}).status_code == 413
    assert world.jobs.get(JOB).status is JobStatus.AWAITING_UPLOAD


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.RUNNING, JobStatus.COMPLETED])
def test_an_annotator_that_was_quicker_is_no_problem(world: World, ada: Browser, status: JobStatus) -> None:
    job = world.add(status=status)
    world.inputs.objects[job.input_key] = b"x"

    assert ada.ask(f"/jobs/{JOB}/uploaded", {}).status_code == 200
    assert world.jobs.get(JOB) == job


def test_pasted_text_is_stored_and_queued(world: World, ada: Browser) -> None:
    """With the line breaks that it had before the browser sent it."""
    answer = ada.post(
        "/jobs/paste", {"text": EXAMPLE.decode().replace("\n", "\r\n"), "file_name": "mine.vcf"}
    )

    job = only_job(world)
    assert answer.status_code == 303
    assert answer.location == f"/jobs/{job.job_id}"
    assert world.inputs.objects == {job.input_key: EXAMPLE}
    assert (job.file_name, job.status, job.input_bytes) == ("mine.vcf", JobStatus.PENDING, len(EXAMPLE))


def test_pasted_text_needs_no_name(world: World, ada: Browser) -> None:
    ada.post("/jobs/paste", {"text": "##fileformat=VCFv4.3", "file_name": " "})

    assert only_job(world).file_name == "pasted.vcf"


@pytest.mark.parametrize(("text", "status"), [("", 400), ("x" * 1001, 413), ("x" * 2001, 413)])
def test_pasted_text_has_limits(world: World, ada: Browser, text: str, status: int) -> None:
    """The plan's and that of the form."""
    assert ada.post("/jobs/paste", {"text": text}).status_code == status
    assert world.jobs.jobs == {}
    assert world.inputs.objects == {}


def test_a_body_larger_than_any_form_is_not_even_read(ada: Browser) -> None:
    answer = ada.post("/jobs/paste", {"text": "x" * 400_000})

    assert answer.status_code == 413
    assert "submit it as a file" in answer.text


def kept(page: str) -> tuple[str, str]:
    """Text and name that are in the form of the tab Paste."""
    text = re.search(r'<textarea[^>]* name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    name = re.search(r'<input[^>]* id="file-name"[^>]* value="([^"]*)"', page, re.DOTALL)
    assert text
    assert name
    return unescape(text[1]), unescape(name[1])


def alert(page: str) -> str:
    """The sentence that a screen reader is told at once."""
    return re.search(r'role="alert">(.*?)</div>', page, re.DOTALL)[1].strip()


LONG = "\n##fileformat=<VCF>\n" + "x" * 1000


def test_text_that_is_refused_comes_back_with_the_reason(ada: Browser) -> None:
    """It may have taken an hour to collect; only what was wrong has to be changed."""
    answer = ada.post("/jobs/paste", {"text": LONG, "file_name": 'my "own".vcf'})

    assert answer.status_code == 413
    assert kept(answer.text) == (LONG, 'my "own".vcf')
    assert "your plan allows 1 kB" in alert(answer.text)
    assert "See the premium plan" in answer.text


def test_text_in_an_expired_form_comes_back_in_a_new_one(world: World, ada: Browser) -> None:
    answer = ada.client.post(
        "/jobs/paste", data={"csrf_token": "old", "text": "##text", "file_name": "a.vcf"}
    )
    renewed = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]

    assert answer.status_code == 400
    assert kept(answer.text) == ("##text", "a.vcf")
    assert "send it again" in alert(answer.text)
    assert ada.client.post("/jobs/paste", data={"csrf_token": renewed, "text": "##text"}).status_code == 303
    assert len(world.jobs.jobs) == 1


@pytest.mark.parametrize("logged_out", [True, False])
def test_text_of_one_who_is_not_logged_in_any_more_is_shown(
    world: World, ada: Browser, logged_out: bool
) -> None:
    """Logged out in another tab, or logged in for too long: the page is a whole one, and nothing is lost."""
    form = {"csrf_token": ada.csrf(), "text": LONG}
    if logged_out:
        ada.post("/logout")
    else:
        world.now += 12 * 3600
    answer = ada.client.post("/jobs/paste", data=form)

    assert answer.status_code == (400 if logged_out else 401)
    assert "You are not logged in any more" in answer.text
    assert escape(LONG) in answer.text
    assert 'href="/login' in answer.text


def test_text_comes_back_when_the_fault_is_on_our_side(world: World) -> None:
    """And sending it again goes on with the job that was recorded, instead of beginning another."""

    class Full(FakeObjectStore):
        def upload(self, *_arguments, **_options):
            raise ConnectionError

    full, inputs = Full(), world.inputs
    world.inputs = full
    broken = create_app(world.settings, world.ports(), example=EXAMPLE, clock=lambda: world.now)
    ada = Browser(broken.test_client(), ADA, NOW)
    form = {"text": "##text", "form_id": FORM}
    failed = ada.post("/jobs/paste", form)
    world.inputs = inputs

    assert failed.status_code == 500
    assert kept(failed.text) == ("##text", "")
    assert failed.headers["X-Request-ID"] in alert(failed.text)
    assert f'name="form_id" value="{FORM}"' in failed.text
    assert world.browser().post("/jobs/paste", form).status_code == 303
    assert only_job(world).status is JobStatus.PENDING
    assert list(world.inputs.objects.values()) == [b"##text"]


def test_a_paste_limit_is_what_plan_and_form_both_take(world: World, ada: Browser) -> None:
    assert "<code>##fileformat</code>, up to 1 kB" in ada.get("/jobs/new?tab=paste").text
    world.set_plan(ADA, Plan.PREMIUM)
    assert "<code>##fileformat</code>, up to 2 kB" in ada.get("/jobs/new?tab=paste").text


FORM = "6f1d7a0e-3c57-4b8e-9d52-0a3f6f0c1b2d"


@pytest.mark.parametrize("path", ["/jobs/paste", "/jobs/example"])
def test_two_clicks_are_one_job(world: World, ada: Browser, path: str) -> None:
    """The second request finds what the first has made."""
    form = {"text": "##text", "form_id": FORM}

    first, second = ada.post(path, form), ada.post(path, form)

    assert first.location == second.location == f"/jobs/{only_job(world).job_id}"
    assert len(world.jobs.moves) == 1


@pytest.mark.parametrize("path", ["/jobs/new?tab=paste", "/jobs/new?tab=file"])
def test_every_page_has_a_form_of_its_own(ada: Browser, path: str) -> None:
    ids = {re.search(r'name="form_id" value="([\w-]{36})"', ada.get(path).text)[1] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize("form_id", ["", "1", JOB, FORM.upper(), FORM.replace("-", "")])
def test_a_form_without_an_id_of_ours_is_always_new(world: World, ada: Browser, form_id: str) -> None:
    ada.post("/jobs/example", {"form_id": form_id})
    ada.post("/jobs/example", {"form_id": form_id})

    assert len(world.jobs.jobs) == 2


def test_another_text_in_the_same_form_is_another_job(world: World, ada: Browser) -> None:
    """Browsers go back to a page as it was; what was changed there is not lost."""
    for text in ("##one", "##two"):
        ada.post("/jobs/paste", {"text": text, "form_id": FORM})

    assert sorted(world.inputs.objects.values()) == [b"##one", b"##two"]


def test_the_form_of_another_user_is_another_job(world: World, ada: Browser) -> None:
    locations = {each.post("/jobs/example", {"form_id": FORM}).location for each in (ada, world.browser(BOB))}

    assert len(locations) == 2
    assert {job.user_id for job in world.jobs.jobs.values()} == {ADA, BOB}


def test_the_example_is_a_job_like_any_other(world: World, ada: Browser) -> None:
    answer = ada.post("/jobs/example")

    job = only_job(world)
    assert answer.location == f"/jobs/{job.job_id}"
    assert job.file_name == "example.vcf"
    assert world.inputs.objects[job.input_key] == EXAMPLE


@pytest.mark.parametrize("tab", ["file", "paste"])
def test_every_tab_names_the_genome(ada: Browser, tab: str) -> None:
    assert "Human mitochondrial genome (rCRS)" in ada.get(f"/jobs/new?tab={tab}").text


def test_the_limit_is_beside_the_picker(world: World, ada: Browser) -> None:
    assert "Each up to 1 kB" in ada.get("/jobs/new").text
    world.set_plan(ADA, Plan.PREMIUM)
    assert "Each up to 50 kB" in ada.get("/jobs/new").text


def test_without_a_script_there_is_a_way(ada: Browser) -> None:
    page = ada.get("/jobs/new").text

    assert "<noscript>" in page
    assert "/jobs/new?tab=paste" in page
