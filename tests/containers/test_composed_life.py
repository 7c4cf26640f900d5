"""The same life of a job with real containers, and what can happen to containers on the way."""

from __future__ import annotations

import pytest

from tests.containers.conftest import SERVICES, compose

# The same promises as on processes, with the fixtures of this folder.
from tests.e2e.test_life import (
    SAMPLE,
    assert_restored,
    large_input,
    results_of,
    test_a_vcf_is_annotated_archived_and_restored,
    test_an_annotator_killed_in_mid_job_loses_nothing,
)
from tests.waiting import wait_for

__all__ = [
    "test_a_vcf_is_annotated_archived_and_restored",
    "test_an_annotator_killed_in_mid_job_loses_nothing",
]

pytestmark = pytest.mark.containers

STOP_SECONDS = 20


def digests(job) -> dict[str, str]:
    return {file["name"]: file["sha256"] for file in job["results"]}


def assert_one_end(system, researcher, job_id: str, expected: dict[str, str]) -> None:
    job = researcher.wait(job_id, status="COMPLETED")
    assert digests(job) == expected
    wait_for(lambda: system.mails_about(job_id), "the mail")
    assert len(system.mails_about(job_id)) == 1
    assert system.executions_of(job_id) == [f"{job_id}-1"]
    system.assert_quiet()


@pytest.fixture(scope="module")
def data() -> bytes:
    return large_input()


@pytest.fixture
def expected(gregor, data) -> dict[str, str]:
    """The digests of an undisturbed annotation."""
    return digests(gregor.wait(gregor.submit(data, "large.vcf.gz"), status="COMPLETED"))


@pytest.mark.parametrize("service", SERVICES)
def test_the_service_is_process_one_and_healthy(system, service):
    """Signals reach it, and the health check of the image agrees."""
    for container in system.containers(service):
        container.reload()
        assert container.attrs["State"]["Health"]["Status"] == "healthy"
        arguments = container.exec_run(["cat", "/proc/1/cmdline"]).output.decode().split("\0")
        assert arguments[:3] == ["python", "-m", f"services.{service}"]
        assert container.exec_run(["id", "-u"]).output.strip() == b"10001"


def test_stopped_annotators_hand_their_job_over(system, gregor, data, expected):
    """SIGTERM within the grace period: finished or given back, never lost, and never killed."""
    job_id = gregor.submit(data, "large.vcf.gz")
    gregor.wait(job_id, status="RUNNING")

    compose("stop", "--timeout", str(STOP_SECONDS), "annotator")
    for container in system.containers("annotator"):
        assert container.attrs["State"]["ExitCode"] == 0, "a container had to be killed"
    compose("up", "-d", "--wait", "--no-recreate", "--scale", "annotator=3", "annotator")

    assert_one_end(system, gregor, job_id, expected)


def test_a_restart_of_all_services_loses_nothing(system, ada):
    """Everything but the cloud is restarted in the middle of a life."""
    job_id = ada.submit(SAMPLE, "x.vcf")
    job = ada.wait(job_id, status="COMPLETED")
    before = results_of(ada, job)

    compose("restart", "--timeout", str(STOP_SECONDS), *SERVICES)
    compose("up", "-d", "--wait", "--no-recreate", "--scale", "annotator=3")
    ada.wait(job_id, location="ARCHIVED")
    ada.post("/account/upgrade")

    assert_restored(system, ada, job_id, before)


def test_a_network_cut_is_outlived(system, engine, gregor, data, expected):
    """Annotators that lose the cloud in mid-job come back with the network, and the job ends well."""
    network = engine.networks.get("gas-test_gas")
    job_id = gregor.submit(data, "large.vcf.gz")
    gregor.wait(job_id, status="RUNNING")

    annotators = system.containers("annotator")
    for container in annotators:
        network.disconnect(container)
    assert gregor.job(job_id)["status"] in {"RUNNING", "COMPLETED"}
    for container in annotators:
        network.connect(container)

    assert_one_end(system, gregor, job_id, expected)


def test_a_wrong_queue_address_ends_the_container_with_its_reason(system, engine):
    """Not a loop of errors: one sentence that names the queue."""
    (annotator, *_others) = system.containers("annotator")
    environment = [
        entry for entry in annotator.attrs["Config"]["Env"] if not entry.startswith("GAS_QUEUE_URL=")
    ]
    wrong = "http://storage.localhost:4566/123456789012/no-such-queue"
    container = engine.containers.run(
        "gas-annotator",
        environment=[*environment, f"GAS_QUEUE_URL={wrong}"],
        network="gas-test_gas",
        tmpfs={"/tmp": "uid=10001,gid=10001"},
        detach=True,
    )
    try:
        status = container.wait(timeout=90)["StatusCode"]
        said = container.logs().decode()
    finally:
        container.remove(force=True, v=True)

    assert status == 78
    assert f"queue '{wrong}' cannot be reached" in said


def test_a_rolling_replacement_keeps_jobs_going(system, gregor):
    """New containers take over while old ones leave; every job submitted meanwhile ends."""
    jobs = [gregor.submit(SAMPLE, f"x{number}.vcf") for number in range(6)]
    compose("up", "-d", "--wait", "--force-recreate", "--no-deps", "--scale", "annotator=3", "annotator")

    for job_id in jobs:
        gregor.wait(job_id, status="COMPLETED")
        assert system.executions_of(job_id) == [f"{job_id}-1"]
    system.assert_quiet()
