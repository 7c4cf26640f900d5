"""What the one question for an account and one of its jobs promises."""

from __future__ import annotations

import uuid

import pytest

from gas.accounts import UPGRADE
from gas.aws.accounts import DynamoAccountStore
from gas.aws.jobs import DynamoJobStore
from gas.aws.owned_jobs import DynamoOwnedJobs
from gas.fakes import FakeOwnedJobs
from gas.jobs import Job, Progress, ResultFile
from tests.contract.test_account_store import profile


@pytest.fixture
def owned_jobs(aws, accounts, jobs):
    if aws is None:
        return FakeOwnedJobs(accounts, jobs)
    return DynamoOwnedJobs(aws.client("dynamodb"), aws.outputs["AccountsTable"], aws.outputs["JobsTable"])


@pytest.fixture
def job(user) -> Job:
    """A job with lists and maps in its record."""
    job_id = str(uuid.uuid4())
    return Job(
        job_id=job_id,
        user_id=user,
        file_name="x.vcf",
        input_key=f"inputs/{user}/{job_id}/x.vcf",
        submit_time=1_700_000_000.123,
        max_input_bytes=1000,
        progress=Progress(records=5, contig="MT", rate=2.5, share=None, updated_at=1000.5),
        result_files=(ResultFile(name="x.gz", key="results/u/j/x.gz", size=3, sha256="ab"),),
    )


def test_account_and_job_are_those_of_the_stores(owned_jobs, accounts, jobs, user, job):
    """As last written."""
    jobs.add(job)
    accounts.enter(profile(user), now=1000.5)
    accounts.change_plan(user, UPGRADE, now=2000.0)

    assert owned_jobs.find(user, job.job_id) == (accounts.get(user), jobs.get(job.job_id))


def test_a_job_of_another_user_is_not_found(owned_jobs, accounts, jobs, user, job):
    """Its account is."""
    jobs.add(job)
    other = str(uuid.uuid4())
    entered = accounts.enter(profile(other), now=1000.0)

    assert owned_jobs.find(other, job.job_id) == (entered, None)


@pytest.mark.parametrize("job_id", ["", "x" * 5000, str(uuid.UUID(int=7))], ids=["none", "long", "unknown"])
def test_what_is_no_job_is_not_found(owned_jobs, accounts, user, job_id):
    """Whatever stood in the address."""
    entered = accounts.enter(profile(user), now=1000.0)

    assert owned_jobs.find(user, job_id) == (entered, None)


def test_without_an_account_there_is_none(owned_jobs, jobs, user, job):
    """The job is there all the same."""
    jobs.add(job)
    account, found = owned_jobs.find(user, job.job_id)

    assert account is None
    assert found == job


class Busy:
    """DynamoDB when it leaves keys of a batch out."""

    def __init__(self, client) -> None:
        self._client = client

    def batch_get_item(self, RequestItems):  # noqa: N803 - as boto3 has it.
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    def get_item(self, **arguments):
        return self._client.get_item(**arguments)


def test_what_a_busy_table_leaves_out_is_asked_for_again(cloud, user, job):
    """Else a user would be logged out, or a job gone, for a moment."""
    client, tables = cloud.client("dynamodb"), (cloud.outputs["AccountsTable"], cloud.outputs["JobsTable"])
    entered = DynamoAccountStore(client, tables[0]).enter(profile(user), now=1000.0)
    DynamoJobStore(client, tables[1]).add(job)
    busy = DynamoOwnedJobs(Busy(client), *tables)

    assert busy.find(user, job.job_id) == (entered, job)
    assert busy.find(str(uuid.uuid4()), job.job_id) == (None, None)
