"""Deleting a job: what is asked first, what is written and said, and that nobody sees the job afterwards."""

import pytest

from gas.accounts import Plan
from gas.errors import NotFound
from gas.jobs import JobStatus, ResultLocation
from gas.messages import DeletionRequested
from services.web.deleting import TOMBSTONE_SECONDS
from tests.unit.web.builders import BOB, JOB, NOW, Browser, World

DELETE = f"/jobs/{JOB}/delete"
TICKED = {"understood": "yes"}


@pytest.mark.parametrize("location", ResultLocation)
def test_a_job_is_deleted_wherever_its_results_are(world: World, ada: Browser, location) -> None:
    world.add_completed(location)

    answer = ada.post(DELETE, TICKED)

    job = world.jobs.get(JOB)
    assert answer.location == "/jobs"
    assert (job.status, job.location) == (JobStatus.DELETED, ResultLocation.NONE)
    assert (job.deleted_at, job.expires_at) == (NOW, int(NOW) + TOMBSTONE_SECONDS)
    assert job.attention_at == NOW, "the sweep looks after it"
    assert world.bus.published == [DeletionRequested(JOB)]
    assert "The job was deleted" in ada.get("/jobs").text


@pytest.mark.parametrize("status", [JobStatus.AWAITING_UPLOAD, JobStatus.FAILED, JobStatus.CANCELLED])
def test_a_job_without_results_is_deleted(world: World, ada: Browser, status) -> None:
    world.add(status=status)

    ada.post(DELETE, TICKED)

    assert world.jobs.get(JOB).status is JobStatus.DELETED


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.RUNNING])
def test_a_job_that_is_not_finished_is_cancelled_first(world: World, ada: Browser, status) -> None:
    world.add(status=status, lease_owner="a worker")

    ada.post(DELETE, TICKED)

    assert [name for _, name in world.jobs.moves] == ["cancel", "delete"]


def test_without_the_tick_the_page_says_what_goes(world: World, ada: Browser) -> None:
    """It works without a script, and nothing has happened yet."""
    world.add_completed(name="My exome")

    page = ada.post(DELETE).text

    assert "Delete this job?" in page
    assert "My exome" in page
    assert "1 result file of 1.2 kB" in page
    assert 'name="understood"' in page
    assert world.jobs.get(JOB).status is JobStatus.COMPLETED
    assert world.bus.published == []


def test_a_second_click_asks_for_the_removal_again(world: World, ada: Browser, monkeypatch) -> None:
    """Two clicks that read the same job are two writes, and one of them is refused."""
    world.add_completed()
    move = world.jobs.move

    def lose(*arguments, **changes):
        monkeypatch.setattr(world.jobs, "move", move)
        world.browser().post(DELETE, TICKED)
        return move(*arguments, **changes)

    monkeypatch.setattr(world.jobs, "move", lose)
    answer = ada.post(DELETE, TICKED)

    assert answer.status_code == 303
    assert world.bus.published == [DeletionRequested(JOB)] * 2


def test_a_deleted_job_is_gone_for_everybody(world: World, ada: Browser) -> None:
    """Its page, its files, its log and everything that could be done to it; and it is in no list."""
    world.add_completed()
    ada.post(DELETE, TICKED)
    world.set_plan("ada-id", Plan.PREMIUM)
    headers = {"Authorization": f"Bearer {world.token()}"}

    for path in ("", "/status", "/log", "/summary.json", "/input", "/results/sample.annot.vcf.gz"):
        assert ada.get(f"/jobs/{JOB}{path}").status_code == 404, path
    for action in ("uploaded", "restore", "keep", "again", "delete"):
        assert ada.post(f"/jobs/{JOB}/{action}", TICKED).status_code == 404, action
    for path in ("", "/log", "/summary", "/results/sample.annot.vcf.gz"):
        assert world.app.test_client().get(f"/api/v1/jobs/{JOB}{path}", headers=headers).status_code == 404
    assert JOB not in ada.get("/jobs").text
    assert world.bus.published == [DeletionRequested(JOB)]


def test_a_form_of_a_deleted_job_that_is_sent_again_makes_a_new_one(world: World, ada: Browser) -> None:
    """The same example once more, from a page that was left open."""
    form = {"form_id": "0b6a7c1e-5f3d-4e55-9a54-3d3a0a6f7b11"}
    first = ada.post("/jobs/example", form).location
    ada.post(f"{first}/delete", TICKED)

    second = ada.post("/jobs/example", form).location
    third = ada.post("/jobs/example", form).location

    assert second != first
    assert second == third
    assert ada.get(second).status_code == 200


class TestTheApi:
    def delete(self, world: World, user: str = "ada-id"):
        headers = {"Authorization": f"Bearer {world.token(user)}"}
        return world.app.test_client().delete(f"/api/v1/jobs/{JOB}", headers=headers)

    def test_deletes_a_job_once(self, world: World) -> None:
        world.add_completed()

        assert self.delete(world).status_code == 204
        assert self.delete(world).status_code == 404
        assert world.jobs.get(JOB).status is JobStatus.DELETED
        assert world.bus.published == [DeletionRequested(JOB)]

    def test_deletes_no_job_of_another(self, world: World) -> None:
        world.add_completed()

        assert self.delete(world, BOB).status_code == 404
        assert world.jobs.get(JOB).status is JobStatus.COMPLETED

    def test_asks_to_cancel_first(self, world: World) -> None:
        """A program that deletes the wrong job stops nothing by it."""
        world.add(status=JobStatus.RUNNING)

        answer = self.delete(world)

        assert answer.status_code == 409
        assert "Cancel it first" in answer.json["error"]["message"]


def test_a_job_whose_record_is_gone_is_not_found(world: World, ada: Browser) -> None:
    with pytest.raises(NotFound):
        world.jobs.get(JOB)

    assert ada.post(DELETE, TICKED).status_code == 404
