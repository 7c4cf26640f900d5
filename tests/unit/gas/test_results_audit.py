"""Hot copies that no job knows are found among the results, and nothing else is touched."""

from __future__ import annotations

import io

import pytest

from gas.errors import Misconfigured
from gas.fakes import FakeJobStore, FakeObjectListing, FakeObjectStore
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.keys import archive_key, input_key, result_key
from services.archiver.audit_results import Bucket, Findings, audit
from services.archiver.auditing import LEAST_AGE_SECONDS

MADE = 1_000_000.0
LATER = MADE + LEAST_AGE_SECONDS
NAME, LOG, SUMMARY = "x.annot.vcf.gz", "x.vcf.count.log", "summary.json"
HOT = {ResultLocation.HOT, ResultLocation.ARCHIVING}


class Jobs(FakeJobStore):
    """Lets something happen between two looks at a record.

    :ivar looks: what happens at which look.
    """

    def __init__(self) -> None:
        super().__init__()
        self.looks: dict[int, object] = {}
        self.count = 0

    def get(self, job_id: str, *, owner: str | None = None) -> Job:
        self.count += 1
        self.looks.pop(self.count, lambda: None)()
        return super().get(job_id, owner=owner)


@pytest.fixture
def results() -> FakeObjectStore:
    return FakeObjectStore(lambda: MADE)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


def job_in(status: JobStatus, location: ResultLocation = ResultLocation.NONE, **fields) -> Job:
    job = {"job_id": "j1", "user_id": "u1", "input_key": "i", "submit_time": 0, "max_input_bytes": 1}
    return Job(**{**job, "file_name": "x", "status": status, "location": location, **fields})


def completed(location: ResultLocation, *, cycle: int = 1, job_id: str = "j1") -> Job:
    """A job whose files are, or were, in the folder of this cycle; log and summary stay in the first."""
    file = ResultFile(name=NAME, key=result_key("u1", job_id, NAME, cycle=cycle), size=4, sha256="")
    return job_in(
        JobStatus.COMPLETED,
        location,
        job_id=job_id,
        cycle=cycle,
        result_files=(file,),
        log_key=result_key("u1", job_id, LOG),
        summary_key=result_key("u1", job_id, SUMMARY),
    )


def put(results: FakeObjectStore, *names: str, job_id: str = "j1", cycle: int = 1) -> None:
    for name in names:
        key = result_key("u1", job_id, name, cycle=cycle)
        results.upload(key, io.BytesIO(b"data"), content_type="text/plain")


def audited(results: FakeObjectStore, jobs: FakeJobStore, *, now: float = LATER, remove: bool = True):
    return audit(Bucket(FakeObjectListing(results), results), jobs, now=now, remove=remove)


def test_a_late_copy_is_found_and_removed_when_that_is_asked_for(results, jobs):
    """And a second audit finds nothing."""
    jobs.add(completed(ResultLocation.ARCHIVED))
    put(results, NAME, LOG, SUMMARY)

    assert audited(results, jobs, remove=False) == Findings(known=2, orphans=1, size=4)
    assert len(results.objects) == 3

    assert audited(results, jobs).orphans == 1
    assert set(results.objects) == {result_key("u1", "j1", LOG), result_key("u1", "j1", SUMMARY)}
    assert audited(results, jobs) == Findings(known=2, orphans=0, size=0)


@pytest.mark.parametrize("location", sorted(set(ResultLocation) - {ResultLocation.NONE}))
def test_result_files_are_on_record_while_they_are_hot_or_being_archived(results, jobs, location):
    """Log and summary always are."""
    jobs.add(completed(location, cycle=2))
    put(results, LOG, SUMMARY)
    put(results, NAME, cycle=2)
    wanted = set(results.objects) if location in HOT else set(results.objects) - {f"results/u1/j1/2/{NAME}"}
    put(results, NAME)

    audited(results, jobs)

    assert set(results.objects) == wanted


@pytest.mark.parametrize("location", sorted(set(ResultLocation) - {ResultLocation.NONE}))
def test_what_a_restore_may_be_about_to_record_is_left_alone(results, jobs, location):
    """Files of the next cycle are recorded all at once, however long the first of them has waited."""
    jobs.add(completed(location, cycle=2))
    put(results, LOG)
    put(results, NAME, cycle=3)

    assert audited(results, jobs).orphans == 0
    assert result_key("u1", "j1", NAME, cycle=3) in results.objects


@pytest.mark.parametrize("status", sorted(set(JobStatus) - {JobStatus.COMPLETED}))
def test_only_the_log_is_left_of_a_job_that_ended_without_results(results, jobs, status):
    """A job that has not ended may still record whatever is there."""
    jobs.add(completed(ResultLocation.HOT, job_id="j0"))
    put(results, LOG, job_id="j0")
    log_key = result_key("u1", "j1", LOG) if status is JobStatus.FAILED else ""
    jobs.add(job_in(status, log_key=log_key))
    put(results, NAME, LOG, SUMMARY)

    audited(results, jobs)

    left = {key for key in results.objects if "/j1/" in key}
    ended = {JobStatus.FAILED: {log_key}, JobStatus.CANCELLED: set(), JobStatus.DELETED: set()}
    assert left == ended.get(status, {result_key("u1", "j1", name) for name in (NAME, LOG, SUMMARY)})


def test_everything_of_a_job_that_is_gone_is_found(results, jobs):
    """Nobody will ever ask for it; the job beside it keeps its own."""
    jobs.add(completed(ResultLocation.HOT))
    put(results, NAME, LOG, SUMMARY)
    wanted = set(results.objects)
    put(results, NAME, LOG, job_id="gone")
    put(results, NAME, job_id="gone", cycle=7)

    assert audited(results, jobs) == Findings(known=3, orphans=3, size=12)
    assert set(results.objects) == wanted


def test_what_is_younger_than_a_day_is_left_alone(results, jobs):
    """It may be about to be recorded."""
    jobs.add(completed(ResultLocation.ARCHIVED))
    put(results, NAME, LOG)

    assert audited(results, jobs, now=LATER - 1).orphans == 0
    assert len(results.objects) == 2


@pytest.mark.parametrize(
    "key",
    [
        archive_key("u1", "gone", NAME, cycle=1),
        input_key("u1", "gone", "x.vcf"),
        "results/readme.txt",
        "results/u1/readme.txt",
        "results/u1/gone/",
        "results/u1/gone/2/",
        "results/u1//x",
        "results/u1/gone/two/x",
        "results/u1/gone/0/x",
        "results/u1/gone/2/deeper/x",
        "results-of-others/u1/gone/x",
    ],
)
def test_what_no_service_writes_is_left_alone(results, jobs, key):
    """Whatever is in doubt stays."""
    jobs.add(completed(ResultLocation.HOT))
    put(results, LOG)
    results.objects[key] = b"data"

    assert audited(results, jobs).orphans == 0
    assert key in results.objects


def test_results_of_which_nothing_is_known_are_not_emptied(results, jobs):
    """The table is more likely another system's."""
    put(results, NAME)

    with pytest.raises(Misconfigured, match="GAS_JOBS_TABLE"):
        audited(results, jobs)

    assert len(results.objects) == 1


def test_an_empty_bucket_has_no_orphans(results, jobs):
    """Nothing to remove is not a wrong table."""
    assert audited(results, jobs) == Findings(known=0, orphans=0, size=0)


@pytest.mark.parametrize("look", [2, 3])
def test_a_record_is_read_again_just_before_each_removal(results, jobs, look):
    """What came on record since it was listed stays: at the second walk, or at the removal itself."""
    jobs.add(completed(ResultLocation.ARCHIVED))
    put(results, NAME, LOG)
    jobs.looks[look] = lambda: jobs.jobs.update(j1=completed(ResultLocation.HOT))

    assert audited(results, jobs).orphans == 1
    assert len(results.objects) == 2


def test_a_job_is_read_once_for_all_that_is_listed_of_it(results, jobs):
    """An audit of a large bucket reads each record once, and not each object's."""
    jobs.add(completed(ResultLocation.HOT))
    put(results, NAME, LOG, SUMMARY)

    audited(results, jobs, remove=False)

    assert jobs.count == 1
