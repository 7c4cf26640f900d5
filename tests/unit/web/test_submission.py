"""Submitting: tickets, limits, the word that a file has arrived, pasted text and the example."""

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus
from services.web.app import create_app
from services.web.limits import MAX_POST_BYTES, input_limit
from tests.unit.web.builders import ADA, EXAMPLE, JOB, NOW, Browser, World, settings

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
    assert job.expires_at == int(NOW) + 86_400
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

    class Unsigned:
        def upload_form(self, key: str, **_limits: int):
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
    ],
)
def test_a_ticket_needs_a_name_and_a_size(world: World, ada: Browser, body: object) -> None:
    answer = ada.ask("/jobs", body)

    assert answer.status_code == 400
    assert answer.json["error"]["message"].endswith(".")
    assert world.jobs.jobs == {}


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


def test_no_form_is_larger_than_one_post_can_store() -> None:
    assert input_limit(Plan.PREMIUM, settings(premium_input_bytes=50_000_000_000)) == MAX_POST_BYTES


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
    answer = ada.post("/jobs/paste", {"text": EXAMPLE.decode().replace("\n", "\r\n"), "name": "mine.vcf"})

    job = only_job(world)
    assert answer.status_code == 303
    assert answer.location == f"/jobs/{job.job_id}"
    assert world.inputs.objects == {job.input_key: EXAMPLE}
    assert (job.file_name, job.status, job.input_bytes) == ("mine.vcf", JobStatus.PENDING, len(EXAMPLE))


def test_pasted_text_needs_no_name(world: World, ada: Browser) -> None:
    ada.post("/jobs/paste", {"text": "##fileformat=VCFv4.3", "name": " "})

    assert only_job(world).file_name == "pasted.vcf"


@pytest.mark.parametrize(("text", "status"), [("", 400), ("x" * 1001, 413), ("x" * 2001, 413)])
def test_pasted_text_has_limits(world: World, ada: Browser, text: str, status: int) -> None:
    """The plan's and that of the form."""
    assert ada.post("/jobs/paste", {"text": text}).status_code == status
    assert world.jobs.jobs == {}
    assert world.inputs.objects == {}


def test_a_body_larger_than_any_form_is_not_even_read(ada: Browser) -> None:
    assert ada.post("/jobs/paste", {"text": "x" * 400_000}).status_code == 413


def test_the_example_is_a_job_like_any_other(world: World, ada: Browser) -> None:
    answer = ada.post("/jobs/example")

    job = only_job(world)
    assert answer.location == f"/jobs/{job.job_id}"
    assert job.file_name == "example.vcf"
    assert world.inputs.objects[job.input_key] == EXAMPLE


@pytest.mark.parametrize("tab", ["file", "paste", "example"])
def test_every_tab_names_the_genome(ada: Browser, tab: str) -> None:
    assert "Human mitochondrial genome (rCRS, MT / chrM)" in ada.get(f"/jobs/new?tab={tab}").text


def test_the_limit_is_beside_the_picker(world: World, ada: Browser) -> None:
    assert "up to 1 kB" in ada.get("/jobs/new").text
    world.set_plan(ADA, Plan.PREMIUM)
    assert "up to 50 kB" in ada.get("/jobs/new").text


def test_without_a_script_there_is_a_way(ada: Browser) -> None:
    page = ada.get("/jobs/new").text

    assert "<noscript>" in page
    assert "/jobs/new?tab=paste" in page
