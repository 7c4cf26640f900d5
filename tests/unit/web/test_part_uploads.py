"""Large files are uploaded in parts: their tickets, what is signed, and what is stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus
from services.web.part_uploads import KEPT_SECONDS, SMALLEST_PART
from tests.unit.web.builders import ADA, BOB, JOB, Browser, World, settings
from tests.unit.web.uploading import DATA, LARGEST, Upload, before, digest, wanted, world_of_parts


@pytest.fixture
def world() -> World:
    return world_of_parts()


@pytest.fixture
def upload(world: World, ada: Browser) -> Upload:
    return Upload(world, ada)


def test_a_large_file_gets_a_ticket_for_parts(upload: Upload) -> None:
    """The record comes first, so nobody can upload without a job."""
    parts = upload.ticket["parts"]

    assert (parts["size"], parts["count"]) == (SMALLEST_PART, 3)
    assert "upload" not in upload.ticket
    assert upload.job.upload_bytes == len(DATA)
    assert upload.world.part_uploads.uploads == {(upload.job.input_key, upload.job.upload_id): {}}


def test_a_small_file_gets_a_form(world: World, ada: Browser) -> None:
    answer = ada.ask("/jobs", {"file_name": "small.vcf", "size": 1000})

    assert "upload" in answer.json
    assert "parts" not in answer.json
    assert world.part_uploads.uploads == {}


def test_a_file_above_the_limit_of_the_plan_gets_neither(world: World, ada: Browser) -> None:
    answer = ada.ask("/jobs", {"file_name": "large.vcf", "size": LARGEST + 1})

    assert answer.status_code == 413
    assert world.jobs.jobs == {}


def test_more_than_five_gigabytes_go_in_parts_whatever_the_setting_says() -> None:
    """One POST stores no more."""
    huge = 6_000_000_000
    world = World(settings=settings(premium_input_bytes=huge, part_upload_bytes=huge))
    world.set_plan(ADA, Plan.PREMIUM)

    assert Upload(world, world.browser(), huge).ticket["parts"]["count"] == 716


def test_parts_are_signed_with_size_and_digest(upload: Upload) -> None:
    answer = upload.sign(wanted(1), wanted(3))

    assert [each["number"] for each in answer.json["parts"]] == [1, 3]
    assert answer.json["parts"][0]["headers"] == {"x-amz-checksum-sha256": digest(b"x")}
    assert f"uploadId={upload.job.upload_id}&partNumber=3&for=600" in answer.json["parts"][1]["url"]


@pytest.mark.parametrize(
    "parts",
    [
        None,
        [],
        "1",
        [1],
        [{"number": 0, "sha256": digest(b"")}],
        [{"number": True, "sha256": digest(b"")}],
        [{"number": 1}],
        [{"number": 1, "sha256": "AB" * 32}],
        [{"number": 1, "sha256": "ab"}],
        [{"number": 4, "sha256": digest(b"")}],
        [{"number": 1, "sha256": digest(b"")}] * 51,
    ],
)
def test_nothing_else_is_signed(upload: Upload, parts: object) -> None:
    """A number that the file does not have, no digest, or too many at a time."""
    answer = upload.browser.ask(upload.ticket["parts"]["sign_url"], {"parts": parts})

    assert answer.status_code == 400
    assert "Send" in answer.json["error"]["message"] or "send" in answer.json["error"]["message"]


def test_stored_parts_are_told_in_any_browser(world: World, upload: Upload) -> None:
    upload.send(3, 1)

    answer = world.browser().get(upload.ticket["parts"]["stored_url"]).json

    assert answer["file_name"] == "large.vcf"
    assert answer["file_size"] == len(DATA)
    assert answer["parts"] == upload.ticket["parts"]
    assert answer["stored"] == [
        {"number": 1, "size": SMALLEST_PART, "sha256": digest(DATA[:SMALLEST_PART])},
        {"number": 3, "size": 8, "sha256": digest(b"the rest")},
    ]


def test_an_upload_that_has_expired_begins_anew(world: World, upload: Upload) -> None:
    """The bucket's rule has removed its parts; the same file can be sent again. To ask changes nothing."""
    upload.send(1)
    expired = upload.job.upload_id
    world.part_uploads.abort(upload.job.input_key, expired)
    world.now += KEPT_SECONDS
    upload.browser = world.browser()
    assert upload.confirm().status_code == 409

    assert upload.stored().json["stored"] == []
    assert upload.job.upload_id == expired

    assert upload.sign(wanted(1)).status_code == 200
    upload.send(1, 2, 3)
    assert upload.job.upload_id != expired
    assert upload.confirm().status_code == 200


def test_an_upload_that_is_old_but_there_goes_on(world: World, upload: Upload) -> None:
    """The bucket's rule runs once a day."""
    upload.send(1)
    begun = upload.job.upload_id
    world.now += KEPT_SECONDS
    upload.browser = world.browser()

    assert upload.sign(wanted(2)).status_code == 200
    upload.send(2, 3)

    assert upload.job.upload_id == begun
    assert upload.confirm().status_code == 200


def test_an_upload_that_was_never_noted_is_begun_when_parts_are_signed(upload: Upload) -> None:
    """Whoever made the ticket was killed before the note."""
    upload.world.jobs.jobs[upload.job_id] = replace(upload.job, upload_id="")

    assert upload.stored().json["stored"] == []
    assert not upload.job.upload_id

    assert upload.sign(wanted(1)).status_code == 200
    assert upload.job.upload_id


def test_of_two_tabs_that_begin_an_upload_one_wins(upload: Upload) -> None:
    """Both send to that one, and the other is removed."""
    world = upload.world
    world.jobs.jobs[upload.job_id] = replace(upload.job, upload_id="")
    world.part_uploads.uploads.clear()

    with before(world.part_uploads, "begin", lambda _key: upload.sign(wanted(1))):
        assert upload.sign(wanted(1)).status_code == 200

    assert list(world.part_uploads.uploads) == [(upload.job.input_key, upload.job.upload_id)]


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.CANCELLED])
def test_a_job_that_waits_for_nothing_takes_no_parts(upload: Upload, status: JobStatus) -> None:
    upload.world.jobs.jobs[upload.job_id] = replace(upload.job, status=status)

    for answer in (upload.stored(), upload.sign(wanted(1))):
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "not_available")


def test_a_job_that_is_cancelled_while_its_upload_begins_keeps_none(upload: Upload) -> None:
    world = upload.world
    world.jobs.jobs[upload.job_id] = replace(upload.job, upload_id="")
    world.part_uploads.uploads.clear()

    def cancel(_key: str) -> None:
        world.jobs.jobs[upload.job_id] = replace(upload.job, status=JobStatus.CANCELLED)

    with before(world.part_uploads, "begin", cancel):
        assert upload.sign(wanted(1)).status_code == 409

    assert world.part_uploads.uploads == {}


def test_a_job_with_a_form_has_no_parts(world: World, ada: Browser) -> None:
    world.add()

    assert ada.ask(f"/jobs/{JOB}/parts", {"parts": [wanted(1)]}).status_code == 409


def test_parts_belong_to_their_owner(world: World, upload: Upload) -> None:
    bob = world.browser(BOB)

    assert bob.get(upload.ticket["parts"]["stored_url"]).status_code == 404
    assert bob.ask(upload.ticket["parts"]["sign_url"], {"parts": [wanted(1)]}).status_code == 404


def test_programs_upload_in_parts_as_well(world: World) -> None:
    """With a token, and addresses of the API."""
    client, headers = world.app.test_client(), {"Authorization": f"Bearer {world.token()}"}
    body = {"file_name": "large.vcf", "size": len(DATA)}
    created = client.post("/api/v1/jobs", json=body, headers=headers).json
    address = f"/api/v1/jobs/{created['job']['job_id']}/parts"
    assert created["parts"]["sign_url"] == created["parts"]["stored_url"] == address

    signed = client.post(address, json={"parts": [wanted(2)]}, headers=headers)
    stored = client.get(address, headers=headers)

    assert signed.json["parts"][0]["number"] == 2
    assert stored.json["stored"] == []


@pytest.mark.parametrize("happen", ["before", "after"])
def test_cancelling_removes_the_parts(upload: Upload, happen: str) -> None:
    """A second click as well, if the first was killed before that."""
    upload.send(1, 2)
    if happen == "after":
        upload.world.jobs.jobs[upload.job_id] = replace(upload.job, status=JobStatus.CANCELLED)

    assert upload.browser.post(f"/jobs/{upload.job_id}/cancel").status_code == 303

    assert upload.job.status is JobStatus.CANCELLED
    assert upload.world.part_uploads.uploads == {}
    assert upload.confirm().status_code == 409
