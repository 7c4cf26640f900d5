"""The actions on several jobs at once."""

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultFile, ResultLocation
from gas.messages import DeletionRequested, JobRestoreRequested
from tests.unit.web.builders import ADA, BOB, NOW, Browser, World

EVIL = "it's; rm -rf $HOME"


def act(browser: Browser, action: str, *job_ids: str, **more: str):
    return browser.post("/jobs/bulk", {"action": action, "job": list(job_ids), **more})


def add_completed(world: World, job_id: str, location=ResultLocation.HOT, **more) -> None:
    file = ResultFile(
        name=f"{job_id}.annot.vcf.gz", key=f"results/{ADA}/{job_id}/x", size=1000, sha256="ab" * 32
    )
    world.add_completed(location, job_id=job_id, result_files=(file,), **more)


def test_downloads_are_commands_with_fresh_links(world: World, ada: Browser) -> None:
    add_completed(world, "job-one-1")
    add_completed(world, "job-two-2")

    page = act(ada, "download", "job-one-1", "job-two-2")

    assert page.status_code == 200
    assert "2 files, 2 kB" in page.text
    assert page.text.count("curl --fail") == 2
    assert "--output sample-job-one-/job-one-1.annot.vcf.gz" in page.text
    assert "2 minutes" in page.text, "no link outlives the window"
    assert "for=120" in page.text


def test_downloads_can_be_saved_as_a_script(world: World, ada: Browser) -> None:
    """With the checksums, and nothing that a shell would take for anything else."""
    world.set_plan(ADA, Plan.PREMIUM)
    add_completed(world, "job-one-1", file_name=f"{EVIL}.vcf")

    answer = act(ada, "download", "job-one-1", format="text")

    assert answer.content_type.startswith("text/plain")
    assert "attachment" in answer.headers["Content-Disposition"]
    first, check, checksum, end = answer.text.splitlines()
    assert "'it'\"'\"'s; rm -rf $HOME-job-one-/job-one-1.annot.vcf.gz'" in first
    assert (check, end) == ("sha256sum --check <<'END'", "END")
    assert checksum.startswith("ab" * 32 + "  ")
    assert "for=3600" in first


def test_what_cannot_be_downloaded_is_named_with_the_reason(world: World, ada: Browser) -> None:
    add_completed(world, "job-one-1", ResultLocation.ARCHIVED)

    page = act(ada, "download", "job-one-1").text

    assert "None of these jobs has results that can be downloaded now" in page
    assert "The results are archived" in page


def test_a_restore_asks_for_what_is_archived(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    add_completed(world, "cold", ResultLocation.ARCHIVED)
    add_completed(world, "hot")

    act(ada, "restore", "cold", "hot")

    page = ada.get("/jobs").text
    assert world.bus.published == [JobRestoreRequested("cold")]
    assert "1 job was asked for" in page
    assert "Not asked for: sample.vcf. The reason: it is not in the archive." in page


def test_a_restore_on_the_free_plan_says_what_it_needs(world: World, ada: Browser) -> None:
    add_completed(world, "cold", ResultLocation.ARCHIVED)

    act(ada, "restore", "cold")

    assert world.bus.published == []
    assert "premium plan" in ada.get("/jobs").text


def test_cancelling_leaves_what_has_ended(world: World, ada: Browser) -> None:
    world.add(job_id="running", status=JobStatus.RUNNING)
    world.add(job_id="queued", status=JobStatus.PENDING)
    add_completed(world, "done")

    act(ada, "cancel", "running", "queued", "done")

    assert world.jobs.get("running").status is JobStatus.CANCELLED
    assert world.jobs.get("queued").status is JobStatus.CANCELLED
    assert world.jobs.get("done").status is JobStatus.COMPLETED
    page = ada.get("/jobs").text
    assert "2 jobs were cancelled" in page
    assert "it has ended already" in page


def test_deleting_several_jobs_asks_once(world: World, ada: Browser) -> None:
    add_completed(world, "done")
    world.add(job_id="running", status=JobStatus.RUNNING, name="Still running")

    question = act(ada, "delete", "done", "running").text

    assert "Delete 2 jobs?" in question
    assert "Still running" in question
    assert "1 of them is" in question
    assert world.jobs.moves == []
    act(ada, "delete", "done", "running", understood="yes")
    assert {job.status for job in world.jobs.jobs.values()} == {JobStatus.DELETED}
    assert world.bus.published == [DeletionRequested("done"), DeletionRequested("running")]
    assert "2 jobs were deleted" in ada.get("/jobs").text


@pytest.mark.parametrize("action", ["cancel", "delete"])
def test_the_list_is_shown_again_as_it_was_searched(world: World, ada: Browser, action: str) -> None:
    world.add(job_id="running", status=JobStatus.RUNNING)

    answer = act(ada, action, "running", understood="yes", status="running", q="a & b")

    assert answer.location == "/jobs?status=running&q=a+%26+b"


@pytest.mark.parametrize("action", ["download", "restore", "cancel", "delete"])
def test_jobs_of_others_are_left_alone(world: World, ada: Browser, action: str) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add(job_id="foreign", user_id=BOB, status=JobStatus.RUNNING, file_name="secret.vcf")
    world.add(job_id="archived", user_id=BOB, status=JobStatus.COMPLETED, location=ResultLocation.ARCHIVED)

    answer = act(ada, action, "foreign", "archived", "unknown", understood="yes")

    assert answer.status_code in {200, 303}
    assert "secret" not in answer.text + ada.get("/jobs").text
    assert world.jobs.moves == []
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("action", "jobs"),
    [("delete", []), ("burn", ["a"]), ("", ["a"]), ("delete", [f"j{n}" for n in range(201)])],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(world: World, ada: Browser, action, jobs) -> None:
    world.add(job_id="a")

    answer = act(ada, action, *jobs)

    assert answer.status_code == 400
    assert "Please go back" in answer.text
    assert world.jobs.get("a").submit_time == NOW - 600


def test_what_is_said_afterwards_fits_into_the_cookie(world: World, ada: Browser) -> None:
    """However long the names are: a browser drops a cookie above 4,096 bytes, and with it the login."""
    for number in range(100):
        world.add(job_id=f"j{number}", status=JobStatus.FAILED, name="\N{SNOWMAN}" * 100)

    answer = act(ada, "cancel", *(f"j{number}" for number in range(100)))

    assert len(answer.headers["Set-Cookie"]) < 2000
    assert "98 more" in ada.get("/jobs").text
