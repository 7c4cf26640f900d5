"""Nobody's many jobs hold back the first of another user, and a job that runs can be stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import running_system
from tests.e2e.test_life import SAMPLE, large_input
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

MANY = 24


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """One of its own: in the fair order, jobs that a user has just had count as well."""
    with running_system(tmp_path_factory.mktemp("queue")) as system:
        yield system


def submit_and_tell(researcher, data: bytes, file_name: str = "x.vcf") -> str:
    """As the page does: the file is posted, and then the site is told that it was."""
    job_id = researcher.submit(data, file_name)
    researcher.post(f"/jobs/{job_id}/uploaded")
    return job_id


def waiting(researcher, job_ids: list[str]) -> list[str]:
    jobs = researcher.get("/jobs?limit=100")["jobs"]
    return [job["job_id"] for job in jobs if job["job_id"] in job_ids and job["status"] == "PENDING"]


def engines(folder: Path) -> list[str]:
    """The command lines of everything that works on a file in this system's scratch folders."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # It ended in between.
        if f"{folder}/scratch/annotator/job-" in command:
            found.append(command)
    return found


def test_many_jobs_of_one_user_do_not_hold_back_the_first_of_another(system, ada, gregor):
    """One annotator, some dozens of jobs before it: it is among the next to be taken."""
    many = [submit_and_tell(ada, SAMPLE, f"{number}.vcf") for number in range(MANY)]
    assert len(waiting(ada, many)) > MANY // 3, "the queue is long"

    first = submit_and_tell(gregor, SAMPLE, "first.vcf")
    gregor.wait(first, status="COMPLETED")

    # One may be on its way to an annotator when the other user's job is queued.
    queued, started = times(system, first)
    between = [job_id for job_id in many if queued < times(system, job_id)[1] < started]
    assert len(between) <= 2
    stop_all(ada, waiting(ada, many))
    for job_id in many:
        ada.wait(job_id, finished=True)
    system.assert_quiet()


def times(system, job_id: str) -> tuple[float, float]:
    """When a job was queued and when it was taken, as its record says; nothing is later than never."""
    answer = system.client("dynamodb").get_item(TableName=system.table("jobs"), Key={"job_id": {"S": job_id}})
    found = [answer["Item"].get(name, {}).get("N", "inf") for name in ("queued_at", "started_at")]
    return float(found[0]), float(found[1])


def stop_all(researcher, job_ids: list[str]) -> None:
    """Cancel them, newest first; for some it may be too late."""
    cancel = f"{researcher.web}/api/v1/jobs/{{}}/cancel"
    answers = [researcher.script.post(cancel.format(job_id), timeout=30) for job_id in job_ids]
    assert {answer.status_code for answer in answers} <= {200, 409}
    cancelled = [answer for answer in answers if answer.ok]
    assert all(answer.json()["job"]["status"] == "CANCELLED" for answer in cancelled)


def test_a_running_job_that_is_cancelled_stops_and_leaves_nothing(system, gregor):
    """The engine's processes are gone, nothing is left in the results, and the message is done with."""
    job_id = submit_and_tell(gregor, large_input(16_000, 2_000), "large.vcf.gz")
    wait_for(lambda: gregor.job(job_id)["progress"], "progress")
    assert engines(system.folder)

    answer = gregor.submit_form(f"/jobs/{job_id}/cancel")

    assert answer.ok
    assert "You have cancelled this job." in answer.text
    wait_for(lambda: not engines(system.folder), "the end of the engine")
    system.assert_quiet()
    assert gregor.job(job_id)["status"] == "CANCELLED"
    assert system.objects("results", job_id) == {}
    assert not list((system.folder / "scratch" / "annotator").glob("job-*"))
    assert system.executions_of(job_id) == []
    assert gregor.wait(gregor.submit(SAMPLE), status="COMPLETED")["records"]
