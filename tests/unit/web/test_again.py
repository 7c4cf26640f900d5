"""A job once more, with a copy of its stored input."""

from functools import partial

import pytest

from gas.fakes import FakeObjectCopies
from gas.jobs import Job, JobStatus
from services.web.once import new_form_id
from tests.unit.web.builders import ADA, BOB, JOB, NOW, Browser, World

AGAIN = f"/jobs/{JOB}/again"


@pytest.fixture
def failed(world: World) -> Job:
    """A job whose input is stored."""
    job = world.add(status=JobStatus.FAILED, name="My exome", mode="local", input_bytes=900, failure="Line 3")
    world.inputs.objects[job.input_key] = b"x" * 900
    return job


def made(world: World) -> Job:
    (job,) = (job for job in world.jobs.jobs.values() if job.job_id != JOB)
    return job


def test_a_failed_job_is_tried_again_as_it_was(world: World, ada: Browser, failed: Job) -> None:
    answer = ada.post(AGAIN)

    job = made(world)
    assert answer.location == f"/jobs/{job.job_id}"
    assert (job.user_id, job.file_name, job.name, job.mode) == (ADA, "sample.vcf", "My exome", "local")
    assert (job.status, job.copy_of, job.input_bytes, job.expires_at) == (JobStatus.PENDING, JOB, 900, None)
    assert (job.submit_time, job.failure, job.attempt) == (NOW, "", 0)
    assert world.inputs.objects[job.input_key] == b"x" * 900
    assert world.jobs.get(JOB) == failed, "the earlier job is unchanged"


def test_it_may_have_other_settings(world: World, ada: Browser, failed: Job) -> None:
    ada.post(AGAIN, {"name": "Both haplotypes", "mode": "haplotype-aware"})

    assert (made(world).name, made(world).mode) == ("Both haplotypes", "haplotype-aware")


def test_the_page_offers_it(world: World, ada: Browser, failed: Job) -> None:
    page = ada.get(f"/jobs/{JOB}").text

    assert f'action="{AGAIN}"' in page
    assert "Retry" in page


def test_the_same_form_is_the_same_job(world: World, ada: Browser, failed: Job) -> None:
    """Two clicks; with other settings it is another one."""
    form = {"form_id": new_form_id()}

    first, second = (ada.post(AGAIN, form).location for _ in range(2))
    third = ada.post(AGAIN, {**form, "mode": "haplotype-aware"}).location

    assert first == second
    assert third != first
    assert len(world.jobs.jobs) == 3


def test_a_second_click_goes_on_where_the_first_has_stopped(
    world: World, ada: Browser, failed: Job, monkeypatch
) -> None:
    """The job is recorded before its input is copied."""
    form = {"form_id": new_form_id()}

    def fail(*_keys: str) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(FakeObjectCopies, "copy", fail)
        assert ada.post(AGAIN, form).status_code == 500
    assert made(world).status is JobStatus.AWAITING_UPLOAD

    assert ada.post(AGAIN, form).status_code == 303
    assert made(world).status is JobStatus.PENDING


def test_an_input_that_is_gone_cannot_be_used_again(world: World, ada: Browser) -> None:
    world.add(status=JobStatus.FAILED)

    answer = ada.post(AGAIN)

    assert answer.status_code == 409
    assert "no longer stored" in answer.text
    assert len(world.jobs.jobs) == 1


def test_an_input_that_has_not_come_cannot_be_used_again(world: World, ada: Browser) -> None:
    job = world.add()
    world.inputs.objects[job.input_key] = b"half"

    assert ada.post(AGAIN).status_code == 409


def test_the_plan_of_today_counts(world: World, ada: Browser, failed: Job) -> None:
    """A file that was submitted on the premium plan may be too large now."""
    world.inputs.objects[failed.input_key] = b"x" * 1001

    answer = ada.post(AGAIN)

    assert answer.status_code == 413
    assert "Upgrade to premium" in answer.text
    assert len(world.jobs.jobs) == 1


def test_settings_that_do_not_exist_are_refused(world: World, ada: Browser, failed: Job) -> None:
    assert ada.post(AGAIN, {"mode": "sideways"}).status_code == 400
    assert ada.post(AGAIN, {"name": "x" * 101}).status_code == 400
    assert len(world.jobs.jobs) == 1


class TestTheApi:
    def ask(self, world: World, body: object, user: str = ADA):
        headers = {"Authorization": f"Bearer {world.token(user)}"}
        return world.app.test_client().post(f"/api/v1/jobs/{JOB}/again", json=body, headers=headers)

    def test_makes_a_new_job(self, world: World, failed: Job) -> None:
        answer = self.ask(world, {"mode": "haplotype-aware"})

        assert answer.status_code == 201
        assert answer.json["job"]["job_id"] == made(world).job_id
        assert answer.json["job"]["copy_of"] == JOB
        assert made(world).mode == "haplotype-aware"

    def test_needs_no_body(self, world: World, failed: Job) -> None:
        headers = {"Authorization": f"Bearer {world.token()}"}
        answer = world.app.test_client().post(f"/api/v1/jobs/{JOB}/again", headers=headers)

        assert answer.status_code == 201

    def test_finds_the_job_of_an_earlier_request(self, world: World, failed: Job) -> None:
        """Whose answer was lost, for instance because the copy took longer than anybody waits."""
        headers = {"Authorization": f"Bearer {world.token()}", "Idempotency-Key": new_form_id()}
        ask = partial(world.app.test_client().post, f"/api/v1/jobs/{JOB}/again", headers=headers)

        assert ask().json["job"]["job_id"] == ask().json["job"]["job_id"] == made(world).job_id

    @pytest.mark.parametrize("key", ["x", "C0FFEE00-0000-4000-8000-000000000000", "1" * 32])
    def test_refuses_a_key_that_others_may_have(self, world: World, failed: Job, key: str) -> None:
        headers = {"Authorization": f"Bearer {world.token()}", "Idempotency-Key": key}

        assert world.app.test_client().post(f"/api/v1/jobs/{JOB}/again", headers=headers).status_code == 400

    @pytest.mark.parametrize("body", [[], {"mode": 1}, {"name": ["x"]}])
    def test_refuses_what_it_does_not_understand(self, world: World, failed: Job, body: object) -> None:
        assert self.ask(world, body).status_code == 400
        assert len(world.jobs.jobs) == 1

    def test_knows_no_job_of_another(self, world: World, failed: Job) -> None:
        assert self.ask(world, {}, BOB).status_code == 404
