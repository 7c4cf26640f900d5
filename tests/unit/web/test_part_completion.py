"""The parts of a large file become the input of its job, once all are there and not one more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gas.jobs import JobStatus
from tests.unit.web.builders import Browser, World
from tests.unit.web.uploading import DATA, Upload, before, digest, world_of_parts


@pytest.fixture
def world() -> World:
    return world_of_parts()


@pytest.fixture
def upload(world: World, ada: Browser) -> Upload:
    return Upload(world, ada)


def test_all_parts_together_are_the_input(world: World, upload: Upload) -> None:
    upload.send(2, 3, 1)

    answer = upload.confirm()

    assert answer.json["job_url"] == upload.ticket["job_url"]
    assert upload.job.status is JobStatus.PENDING
    assert upload.job.input_bytes == len(DATA)
    assert world.inputs.objects == {upload.job.input_key: DATA}


def test_a_second_confirmation_changes_nothing(world: World, upload: Upload) -> None:
    """Of another tab, or of a script whose first answer was lost."""
    upload.send(1, 2, 3)
    assert upload.confirm().status_code == 200
    before = upload.job

    assert upload.confirm().status_code == 200
    assert upload.job == before
    assert world.inputs.objects == {upload.job.input_key: DATA}


def test_a_confirmation_that_was_killed_after_the_completion_is_made_good(upload: Upload) -> None:
    upload.send(1, 2, 3)
    parts = upload.world.part_uploads.stored(upload.job.input_key, upload.job.upload_id)
    upload.world.part_uploads.complete(upload.job.input_key, upload.job.upload_id, parts)
    assert upload.stored().status_code == 409

    assert upload.confirm().status_code == 200
    assert upload.job.status is JobStatus.PENDING


def test_of_two_confirmations_at_once_both_succeed(upload: Upload) -> None:
    upload.send(1, 2, 3)
    uploads = upload.world.part_uploads

    with before(uploads, "complete", lambda *seen: type(uploads).complete(uploads, *seen)):
        assert upload.confirm().status_code == 200

    assert upload.job.status is JobStatus.PENDING


def test_parts_of_two_files_are_not_put_together(upload: Upload) -> None:
    """Two tabs that send another file each: the one that confirms learns that it has to send a part again."""
    upload.send(1, 2, 3)
    mine = [upload.stored().json["stored"][number]["sha256"] for number in range(3)]
    whole = digest(b"".join(bytes.fromhex(each) for each in mine))
    upload.put(3, b"THE REST")

    refused = upload.confirm(sha256=whole)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "not_uploaded")

    upload.send(3)
    assert upload.confirm(sha256=whole).status_code == 200


@pytest.mark.parametrize("sha256", [1, "x", "AB" * 32, ["ab" * 32]])
def test_a_digest_is_a_digest(upload: Upload, sha256: object) -> None:
    assert upload.confirm(sha256=sha256).status_code == 400


def test_missing_parts_can_still_be_sent(upload: Upload) -> None:
    """The answer says how many there are, and nothing is lost."""
    upload.send(1, 3)

    answer = upload.confirm()

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "not_uploaded")
    assert "1 of 3 parts" in answer.json["error"]["message"]
    assert upload.job.status is JobStatus.AWAITING_UPLOAD
    upload.send(2)
    assert upload.confirm().status_code == 200


def test_parts_that_change_while_they_are_put_together_are_asked_for_again(upload: Upload) -> None:
    upload.send(1, 2, 3)

    def replace_one(*_seen: Any) -> None:
        upload.put(3, b"THE REST")

    with before(upload.world.part_uploads, "complete", replace_one):
        answer = upload.confirm()

    assert answer.json["error"]["code"] == "not_uploaded"
    assert upload.confirm().status_code == 200


@pytest.mark.parametrize("number", [3, 4])
def test_more_than_was_announced_is_removed(world: World, upload: Upload, number: int) -> None:
    """A larger part, or one too many: it never becomes an input, which would start the job."""
    upload.send(1, 2, 3)
    upload.put(number, b"more than announced")

    answer = upload.confirm()

    assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_large")
    assert "were removed" in answer.json["error"]["message"]
    assert world.part_uploads.uploads == {}
    assert world.inputs.objects == {}


def test_more_than_the_plan_allowed_is_removed(world: World, upload: Upload) -> None:
    """Whatever was announced."""
    upload.send(1, 2, 3)
    world.jobs.jobs[upload.job_id] = replace(upload.job, max_input_bytes=len(DATA) - 1)

    assert upload.confirm().status_code == 413
    assert world.inputs.objects == {}
