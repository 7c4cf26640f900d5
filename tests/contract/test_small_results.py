"""Jobs some of whose files are too small for Glacier, from the archiver's handler to the restorer's."""

from __future__ import annotations

import pytest

from gas.accounts import UPGRADE, Profile
from gas.aws.objects import S3ObjectStore
from gas.fakes import FakeAccountStore, FakeBus, FakeExecutions, FakeJobStore
from gas.jobs import Job, JobStatus, ResultLocation
from gas.messages import ArchiveDue, JobRestoreRequested, RetrievalCompleted
from services.archiver.handlers import Archiving, archive_results
from services.restorer.handlers import Restoring, finish_retrieval, restore_job
from tests.contract.glacier_bench import SMALL, Bench, make_bench
from tests.waiting import wait_for

NOW = 1_800_000_000.0
LARGER = SMALL * 2


class Desk:
    """One free user's completed job over a bucket of its own, and the two handlers that move its results."""

    def __init__(self, bench: Bench, contents: dict[str, bytes]) -> None:
        self.bench = bench
        self.cold = bench.cold(min_bytes=len(LARGER))
        self.jobs, self.accounts = FakeJobStore(), FakeAccountStore()
        profile = Profile(user_id="ada", name="Ada", username="ada", email="ada@example.org")
        self.accounts.enter(profile, now=NOW - 200)
        files = tuple(bench.put(data, f"results/ada/j1/1/{name}", name) for name, data in contents.items())
        self.jobs.add(
            Job(
                job_id="j1",
                user_id="ada",
                file_name="x.vcf",
                input_key="inputs/ada/j1/x.vcf",
                submit_time=NOW,
                max_input_bytes=1,
                status=JobStatus.COMPLETED,
                location=ResultLocation.HOT,
                cycle=1,
                available_until=int(NOW),
                result_files=files,
            )
        )

    @property
    def job(self) -> Job:
        return self.jobs.get("j1")

    def archive(self) -> None:
        results = S3ObjectStore(self.bench.s3, self.bench.bucket)
        archiving = Archiving(
            self.jobs, self.accounts, results, self.cold, FakeExecutions(), FakeBus(), lambda: NOW, 180
        )
        archive_results(ArchiveDue("j1", 1), archiving=archiving)

    def restoring(self) -> Restoring:
        results = S3ObjectStore(self.bench.s3, self.bench.bucket)
        return Restoring(
            self.jobs, self.accounts, results, self.cold, FakeExecutions(), lambda: NOW, retention_seconds=180
        )

    def upgrade_and_restore(self) -> None:
        self.accounts.change_plan("ada", UPGRADE, now=NOW)
        restore_job(JobRestoreRequested("j1"), restoring=self.restoring())

    def contents(self) -> list[bytes]:
        return [self.bench.read(file.key) for file in self.job.result_files]


@pytest.fixture
def bench(cloud) -> Bench:
    """A bucket that keeps versions."""
    return make_bench(cloud.client("s3"), "Enabled")


def test_small_results_are_gated_like_others_and_come_back_at_once(bench):
    """No download while they are archived, no retrieval and no waiting after the upgrade."""
    desk = Desk(bench, {"a": SMALL, "b": SMALL})

    desk.archive()
    assert desk.job.location is ResultLocation.ARCHIVED
    assert [bench.versions(file.key) for file in desk.job.result_files] == [0, 0]

    desk.upgrade_and_restore()
    assert desk.job.location is ResultLocation.HOT
    assert desk.contents() == [SMALL, SMALL]
    assert [bench.versions(file.archive_id) for file in desk.job.result_files] == [0, 0]


def test_the_retrieval_of_the_larger_file_drives_a_mixed_job(bench):
    """All files come back together."""
    desk = Desk(bench, {"small": SMALL, "larger": LARGER})
    desk.archive()

    desk.upgrade_and_restore()
    assert desk.job.location is ResultLocation.RESTORING
    assert desk.job.restore_tier == "Expedited"

    larger = desk.job.result_files[1]
    wait_for(lambda: desk.cold.retrieve(larger, "j1", tier="Expedited").ready, "the retrieval")
    finish_retrieval(RetrievalCompleted("j1", larger.archive_id), restoring=desk.restoring())
    assert desk.job.location is ResultLocation.HOT
    assert desk.contents() == [SMALL, LARGER]
