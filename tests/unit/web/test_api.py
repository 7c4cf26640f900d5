"""The JSON API: its shapes, its errors, and its token."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from gas.messages import AccountDowngraded, JobRestoreRequested, RestoreRequested
from tests.unit.web.builders import ADA, BOB, JOB, NOW, World


class Program:
    """A script with a token of Ada's."""

    def __init__(self, world: World) -> None:
        self.client = world.app.test_client()
        self.headers = {"Authorization": f"Bearer {world.token()}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: Any = None) -> TestResponse:
        return self.client.post(f"/api/v1{path}", headers=self.headers, json=body)


@pytest.fixture
def program(world: World) -> Program:
    return Program(world)


def test_a_job_is_created_with_the_form_for_its_file(world: World, program: Program) -> None:
    answer = program.post("/jobs", {"file_name": "sample.vcf", "size": 10})

    job = answer.json["job"]
    assert answer.status_code == 201
    assert job["status"] == "AWAITING_UPLOAD"
    assert answer.json["upload"]["fields"]["key"] == world.jobs.get(job["job_id"], owner=ADA).input_key


def test_a_file_that_was_posted_is_queued(world: World, program: Program) -> None:
    job = world.add()
    assert program.post(f"/jobs/{JOB}/uploaded").status_code == 409
    world.inputs.objects[job.input_key] = b"x"

    assert program.post(f"/jobs/{JOB}/uploaded").json["job"]["status"] == "PENDING"


def test_a_job_has_states_words_times_counts_and_results(world: World, program: Program) -> None:
    world.add_completed()

    job = program.get(f"/jobs/{JOB}").json["job"]

    sentence = job.pop("sentence")
    assert sentence.startswith("The results can be downloaded")
    assert job == {
        "job_id": JOB,
        "file_name": "sample.vcf",
        "name": "",
        "copy_of": None,
        "genome": None,
        "mode": None,
        "status": "COMPLETED",
        "location": "HOT",
        "word": "Completed",
        "failure": None,
        "finished": True,
        "downloadable": True,
        "input_bytes": 900,
        "max_input_bytes": 1000,
        "records": 1200,
        "annotated": 1199,
        "skipped": 1,
        "results": [{"name": "sample.annot.vcf.gz", "size": 1234, "sha256": "ab" * 32}],
        "queue": None,
        "progress": None,
        "submitted_at": "2027-01-15T07:50:00Z",
        "queued_at": None,
        "started_at": "2027-01-15T07:51:40Z",
        "finished_at": "2027-01-15T07:59:00Z",
        "available_until": "2027-01-15T08:02:00Z",
        "archived_at": None,
        "restore_asked_at": None,
        "restore_expected_at": None,
        "restored_at": None,
        "restore_tier": None,
        "restore_tiers": [],
        "cycle": 1,
        "keepable_until": "2027-01-16T08:02:00Z",
    }


def test_a_failed_job_says_why(world: World, program: Program) -> None:
    world.add(status=JobStatus.FAILED, failure="Line 7: POS is not a number.")

    job = program.get(f"/jobs/{JOB}").json["job"]

    assert job["failure"] == job["sentence"] == "Line 7: POS is not a number."


def test_the_list_is_paged(world: World, program: Program) -> None:
    for number in range(3):
        world.add(job_id=f"job-{number}", submit_time=NOW - number)
    world.add(job_id="foreign", user_id=BOB)

    first = program.get("/jobs?limit=2").json
    second = program.get(f"/jobs?limit=2&cursor={first['cursor']}").json

    assert [job["job_id"] for job in first["jobs"]] == ["job-0", "job-1"]
    assert [job["job_id"] for job in second["jobs"]] == ["job-2"]
    assert second["cursor"] is None


def test_a_result_is_an_address_or_a_reason(world: World, program: Program) -> None:
    world.add_completed()
    path = f"/jobs/{JOB}/results/sample.annot.vcf.gz"
    assert program.get(path).json["url"].startswith("https://results.invalid/")

    world.add_completed(ResultLocation.ARCHIVED)
    refused = program.get(path)

    assert refused.status_code == 409
    assert refused.json["error"]["code"] == "not_available"
    assert "Upgrade" in refused.json["error"]["message"]


def test_log_and_summary_are_given_whole(world: World, program: Program) -> None:
    world.add_completed(ResultLocation.ARCHIVED)

    assert program.get(f"/jobs/{JOB}/log").text == "1200 records read\n"
    assert program.get(f"/jobs/{JOB}/summary").json["records"]["read"] == 1200


def test_an_archived_job_can_be_asked_for_on_premium(world: World, program: Program) -> None:
    world.add_completed(ResultLocation.ARCHIVED)
    assert program.post(f"/jobs/{JOB}/restore").status_code == 409

    world.set_plan(ADA, Plan.PREMIUM)
    assert program.post(f"/jobs/{JOB}/restore").status_code == 202
    assert world.bus.published == [JobRestoreRequested(JOB)]


def test_the_tiers_of_an_archived_job_are_told_and_can_be_asked_for(world: World, program: Program) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(ResultLocation.ARCHIVED)

    tiers = program.get(f"/jobs/{JOB}").json["job"]["restore_tiers"]

    assert [(each["tier"], each["expected_seconds"]) for each in tiers] == [
        ("Expedited", 300.0),
        ("Standard", 18_000.0),
        ("Bulk", 43_200.0),
    ]
    assert program.post(f"/jobs/{JOB}/restore", {"tier": "Bulk"}).status_code == 202
    assert world.bus.published == [JobRestoreRequested(JOB, "Bulk")]


@pytest.mark.parametrize("body", [{"tier": "Instant"}, {"tier": 1}, ["Bulk"]])
def test_a_tier_that_does_not_exist_is_refused(world: World, program: Program, body: Any) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(ResultLocation.ARCHIVED)

    assert program.post(f"/jobs/{JOB}/restore", body).status_code == 400
    assert program.post("/account/upgrade", body).status_code == 400
    assert world.bus.published == []


def test_free_results_are_kept_for_longer_once_for_each_cycle_seen(world: World, program: Program) -> None:
    seen = world.add_completed()

    first = program.post(f"/jobs/{JOB}/keep", {"cycle": seen.cycle}).json["job"]
    again = program.post(f"/jobs/{JOB}/keep", {"cycle": seen.cycle}).json["job"]

    assert first["available_until"] == again["available_until"] == "2027-01-16T08:02:00Z"
    assert (first["cycle"], again["cycle"]) == (2, 2)


@pytest.mark.parametrize("body", [None, {}, {"cycle": "1"}, {"cycle": True}, [1]])
def test_to_keep_results_a_program_says_what_it_has_seen(world: World, program: Program, body: Any) -> None:
    job = world.add_completed()

    assert program.post(f"/jobs/{JOB}/keep", body).status_code == 400
    assert world.jobs.get(JOB) == job


def test_the_plan_can_be_read_and_changed(world: World, program: Program) -> None:
    free = program.get("/account").json
    premium = program.post("/account/upgrade").json
    back = program.post("/account/downgrade").json

    assert (free["plan"], free["limits"]) == ("free", {"input_bytes": 1000, "retention_seconds": 180})
    assert (premium["plan"], premium["limits"]) == (
        "premium",
        {"input_bytes": 50_000, "retention_seconds": None},
    )
    assert back["plan"] == "free"
    assert world.bus.published == [RestoreRequested(ADA), AccountDowngraded(ADA)]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic Z2FzOmdhcw==", "Bearer gas_pat_unknown", "gas_pat_unknown"]
)
def test_without_a_good_token_there_is_no_answer(world: World, header: str) -> None:
    answer = world.app.test_client().get("/api/v1/jobs", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["error"]["code"] == "unauthorized"


def test_a_token_ends_on_time(world: World, program: Program) -> None:
    world.now += 30 * 86_400 - 1
    assert program.get("/jobs").status_code == 200
    world.now += 1

    answer = program.get("/jobs")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert "expired" in answer.json["error"]["message"]


def test_a_revoked_token_is_refused_at_once(world: World, program: Program) -> None:
    (token,) = world.tokens.of_user(ADA)
    world.browser().post(f"/account/tokens/{token.token_hash}/revoke")

    assert program.get("/jobs").status_code == 401


def test_bodies_are_bounded(program: Program) -> None:
    answer = program.post("/jobs", {"file_name": "x" * 20_000, "size": 1})

    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "request_entity_too_large"


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/jobs/1/uploaded", 405)])
def test_errors_are_json(program: Program, path: str, status: int) -> None:
    answer = program.get(path)

    assert answer.status_code == status
    assert set(answer.json["error"]) == {"code", "message"}


@pytest.mark.parametrize("path", ["/api", "/API/v1/jobs", "//api/nowhere", "/api//v1/jobs", "/Api/v1/jobs/"])
def test_a_misspelt_address_of_the_api_is_answered_in_json(world: World, path: str) -> None:
    answer = world.app.test_client().get("/", environ_overrides={"PATH_INFO": path})

    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_whose_address_only_begins_like_the_api_is_a_page(world: World) -> None:
    assert "<html" in world.app.test_client().get("/apiary").text


@pytest.mark.parametrize("word", ["page", "button", "file"])
def test_sentences_of_the_api_speak_of_no_page(program: Program, word: str) -> None:
    method = program.get("/jobs/1/uploaded").json["error"]["message"]
    size = program.post("/jobs", {"file_name": "x" * 20_000, "size": 1}).json["error"]["message"]

    assert word not in method
    assert word not in size


def test_hostile_bodies_are_not_understood(program: Program) -> None:
    """Numbers that no size can have, and nesting without end."""
    nested = program.client.post(
        "/api/v1/jobs", data=b"[" * 16_000, headers=program.headers, content_type="application/json"
    )

    assert nested.status_code == 400
    assert program.post("/jobs", {"file_name": "a.vcf", "size": 10**400}).status_code == 400


def test_the_api_sets_no_cookie(world: World, program: Program) -> None:
    assert "Set-Cookie" not in program.get("/jobs").headers
    assert program.get("/jobs").headers["Cache-Control"] == "no-store"
