"""Deleted for good, and run once more: what its user and an operator see."""

from __future__ import annotations

import pytest

from tests.e2e.test_life import SAMPLE
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e


def everything_of(system, job_id: str) -> list[str]:
    return [*system.objects("inputs", job_id), *system.objects("results", job_id)]


def delete(researcher, job_id: str) -> None:
    answer = researcher.submit_form(f"/jobs/{job_id}/delete", understood="yes")
    assert answer.url.endswith("/jobs")
    assert "The job was deleted" in answer.text


def assert_gone(system, researcher, job_id: str) -> None:
    """For its user at once, and from every bucket soon."""
    assert researcher.get(f"/jobs/{job_id}", 404)["error"]["code"] == "not_found"
    assert job_id not in researcher.page("/jobs").text
    wait_for(lambda: not everything_of(system, job_id), "an end of everything of the job")
    system.assert_quiet()


def test_a_deleted_job_leaves_nothing_hot(system, gregor):
    """Input, results, log and summary."""
    job_id = gregor.submit(SAMPLE)
    gregor.wait(job_id, status="COMPLETED", location="HOT")
    assert len(everything_of(system, job_id)) == 6

    delete(gregor, job_id)

    assert_gone(system, gregor, job_id)


def test_a_deleted_job_leaves_nothing_cold(system, ada):
    """And no mail comes of what was still to happen."""
    job_id = ada.submit(SAMPLE)
    ada.wait(job_id, location="ARCHIVED")
    wait_for(lambda: "GLACIER" in system.objects("results", job_id).values(), "the cold copies")

    delete(ada, job_id)

    assert_gone(system, ada, job_id)
    assert len(system.mails_about(job_id)) == 1, "of its end, which was before"


def test_a_job_is_run_again_with_a_copy_of_its_input(system, gregor):
    """Nothing is uploaded, and the first job may be deleted meanwhile."""
    first = gregor.submit(SAMPLE, "my sample.vcf")
    records = gregor.wait(first, status="COMPLETED")["records"]

    second = gregor.post(f"/jobs/{first}/again", 201)["job"]["job_id"]
    gregor.script.delete(f"{gregor.web}/api/v1/jobs/{first}", timeout=30).raise_for_status()

    job = gregor.wait(second, status="COMPLETED")
    assert (job["file_name"], job["records"]) == ("my sample.vcf", records)
    assert_gone(system, gregor, first)
    assert len(everything_of(system, second)) == 6
