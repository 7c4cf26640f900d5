"""Annotators are stopped and lost as ECS and Spot do it, in the middle of a job: it completes exactly once.

Each annotator is a task of its own with an ECS agent. The workers of the system itself have an agent that
refuses, so they take nothing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, running_system
from tests.e2e.researcher import Researcher
from tests.e2e.test_life import large_input
from tests.ecs_agent import EcsAgentFake, running_agent
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

#: Of a Spot interruption, scaled down: SIGTERM comes two of them before the end of the host.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
MINUTE_SECONDS = 0.25

#: Leaves time for every job here, or for none.
LONG_GRACE, NO_GRACE = "60", "0.1"

RECORDS = 8_000

#: A killed task's job comes back soon, and no busy machine takes it from a living one.
QUICK = {"GAS_VISIBILITY_SECONDS": "6", "GAS_LEASE_SECONDS": "5"}


class Task:
    """A running annotator, its agent and what it said."""

    def __init__(self, process: subprocess.Popen, agent: EcsAgentFake, folder: Path) -> None:
        self.process = process
        self.agent = agent
        self._folder = folder

    def events(self, name: str) -> list[dict]:
        lines = (self._folder / "log").read_text().splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [event for event in events if event["event"] == name]

    def stop(self) -> None:
        """SIGTERM, as a deployment, a scale-in or a Spot interruption begins."""
        self.process.send_signal(signal.SIGTERM)

    def finish(self) -> None:
        """Stop it in the middle of its next job, so that no poll of it is left in the cloud."""
        wait_for(lambda: list(self._folder.glob("scratch/job-*")), "a job in hand")
        self.stop()
        assert self.process.wait(90) == 0

    def kill(self) -> None:
        """The end of its host."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class Service:
    """The annotators that the tests start, with the settings of the system's own."""

    def __init__(self, system, folder: Path) -> None:
        proc = Path("/proc") / str(system.state["pids"]["annotator"])
        self._command = proc.joinpath("cmdline").read_text().split("\0")[:-1]
        self._env = dict(line.split("=", 1) for line in proc.joinpath("environ").read_text().split("\0")[:-1])
        self._folder = folder
        self.tasks: list[Task] = []

    @contextmanager
    def task(self, *, grace: str = LONG_GRACE, mood: str = "grants"):
        """One more task, until the end of the block at the latest."""
        folder = self._folder / f"task-{len(self.tasks)}"
        folder.mkdir()
        with running_agent() as agent, (folder / "log").open("wb") as log:
            agent.mood = mood
            own = QUICK | {"ECS_AGENT_URI": agent.uri, "GAS_STOP_GRACE_SECONDS": grace}
            own |= {"GAS_SCRATCH": str(folder / "scratch"), "GAS_HEALTH_FILE": str(folder / "health")}
            process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env | own, stdout=log, stderr=log, start_new_session=True
            )
            task = Task(process, agent, folder)
            self.tasks.append(task)
            try:
                wait_for(lambda: True in agent.asked, "its first question")
                yield task
            finally:
                if process.poll() is None:
                    task.kill()

    def completions_of(self, job_id: str) -> int:
        """How often an annotator recorded the end of a job."""
        ends = [event for task in self.tasks for event in task.events("job.completed")]
        return [event["job_id"] for event in ends].count(job_id)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    with running_agent() as agent:
        agent.mood = "TASK_NOT_VALID"
        folder = tmp_path_factory.mktemp("drills")
        with running_system(folder, "--ecs-agent-uri", agent.uri) as system:
            yield system
            assert not agent.protected


@pytest.fixture(scope="module")
def service(system, tmp_path_factory):
    return Service(system, tmp_path_factory.mktemp("tasks"))


@pytest.fixture(scope="module")
def researcher(system):
    return Researcher.logged_in(system.web, "Gregor Mendel", plan="premium")


@pytest.fixture(scope="module")
def data() -> bytes:
    """A job of some seconds."""
    return large_input(RECORDS)


@pytest.fixture(scope="module")
def drained(service, researcher, data) -> str:
    """A job whose task is stopped in the middle and finishes it; there is no other annotator."""
    with service.task(grace=LONG_GRACE) as task:
        job_id = begin(researcher, data)
        assert task.agent.protected
        task.finish()
        assert task.agent.asked == [False, True], "one proof at start, one question, nothing after SIGTERM"
    return job_id


@pytest.fixture(scope="module")
def whole(researcher, drained) -> dict[str, str]:
    """Results as they have to be."""
    job = researcher.wait(drained, status="COMPLETED")
    assert job["records"] == RECORDS
    return digests(job)


def digests(job) -> dict[str, str]:
    return {file["name"]: file["sha256"] for file in job["results"]}


def begin(researcher, data: bytes) -> str:
    """A job that runs."""
    job_id = researcher.submit(data, "x.vcf.gz")
    researcher.wait(job_id, status="RUNNING")
    return job_id


def backlog(system) -> tuple[int, int]:
    """Messages of the annotators that wait, and that are in somebody's hands."""
    queue = system.backlog()["gas-annotator"]
    return queue["visible"], queue["in_flight"]


def assert_completed_once(system, service, researcher, job_id: str, whole, *, attempts: int) -> None:
    """One end, one mail, one execution; the results of one run, whole, and nothing of another."""
    job = researcher.wait(job_id, status="COMPLETED")
    assert digests(job) == whole
    wait_for(lambda: system.mails_about(job_id), "the mail")
    wait_for(lambda: backlog(system) == (0, 0), "an empty queue")
    assert system.backlog()["gas-annotator-dead-letters"]["visible"] == 0
    assert service.completions_of(job_id) == 1
    assert len(system.mails_about(job_id)) == 1
    assert system.executions_of(job_id) == [f"{job_id}-1"]
    assert len(system.objects("results", job_id)) == len(whole) + 2, "results, log and summary"
    answer = system.client("dynamodb").get_item(TableName=system.table("jobs"), Key={"job_id": {"S": job_id}})
    assert answer["Item"]["attempt"]["N"] == str(attempts)


def test_a_task_that_is_stopped_finishes_what_fits(system, service, researcher, drained, whole):
    """Under protection from before it was received."""
    assert_completed_once(system, service, researcher, drained, whole, attempts=1)


def test_a_task_that_is_stopped_gives_back_what_does_not_fit(system, service, researcher, whole, data):
    """At once, and it is no attempt of the job."""
    with service.task(grace=NO_GRACE) as task:
        job_id = begin(researcher, data)
        task.finish()
        assert task.events("message.given_back")

    with service.task() as other:
        other.finish()
    assert_completed_once(system, service, researcher, job_id, whole, attempts=1)


def test_a_spot_host_that_ends_before_the_grace_loses_and_doubles_nothing(
    system, service, researcher, whole, data
):
    """SIGTERM, and two minutes later the end, while another task is there."""
    with service.task(mood="DEPLOYMENT_BLOCKED") as other, service.task(grace=LONG_GRACE) as lost:
        job_id = begin(researcher, data)
        other.agent.mood = "grants"
        lost.stop()
        with pytest.raises(subprocess.TimeoutExpired):
            lost.process.wait(2 * MINUTE_SECONDS)
        lost.kill()
        assert lost.process.returncode == -signal.SIGKILL

        other.finish()
    assert_completed_once(system, service, researcher, job_id, whole, attempts=2)


def test_a_task_that_is_killed_loses_and_doubles_nothing(system, service, researcher, whole, data):
    """Out of memory, or its host fails: no word of warning, and another task beside it."""
    with service.task(mood="DEPLOYMENT_BLOCKED") as other, service.task() as lost:
        job_id = begin(researcher, data)
        other.agent.mood = "grants"
        lost.kill()

        other.finish()
    assert_completed_once(system, service, researcher, job_id, whole, attempts=2)


def test_a_task_that_ecs_will_not_protect_takes_nothing(system, service, researcher, whole, data):
    """It is about to be stopped, or one too many. Once it is wanted after all, it goes on."""
    with service.task(mood="DEPLOYMENT_BLOCKED") as task:
        job_id = researcher.submit(data, "x.vcf.gz")
        researcher.post(f"/jobs/{job_id}/uploaded")
        asked = len(task.agent.asked)
        wait_for(lambda: len(task.agent.asked) > asked, "one more question")
        assert researcher.job(job_id)["status"] == "PENDING"
        assert backlog(system) == (1, 0)

        task.agent.mood = "grants"

        task.finish()
    assert_completed_once(system, service, researcher, job_id, whole, attempts=1)
