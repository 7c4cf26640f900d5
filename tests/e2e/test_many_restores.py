"""One upgrade brings back everything that a user ever archived."""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.researcher import Researcher
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

JOBS = 200
SAMPLE = (ROOT / "services" / "web" / "example.vcf").read_bytes()
NAME = "x.annot.vcf.gz"


def repeat_archived_job(system, job_id: str, files: dict[str, bytes], copies: int) -> list[str]:
    """Write the record and the cold copies of an archived job so many times more, as years of use would."""
    store, bucket = system.client("s3"), system.bucket("results")
    dynamodb, table = system.client("dynamodb"), system.table("jobs")
    item = json.dumps(dynamodb.get_item(TableName=table, Key={"job_id": {"S": job_id}})["Item"])
    made = [str(uuid.uuid4()) for _ in range(copies)]
    for another in made:
        record: dict[str, Any] = json.loads(item.replace(job_id, another))
        for each in record["result_files"]["L"]:
            key, name = each["M"]["archive_id"]["S"], each["M"]["name"]["S"]
            store.put_object(Bucket=bucket, Key=key, Body=files[name], StorageClass="GLACIER")
        dynamodb.put_item(TableName=table, Item=record)
    return made


def wait_until_hot(system, job_ids: list[str]) -> None:
    """One after the other, so that looking costs the cloud little."""
    dynamodb, table = system.client("dynamodb"), system.table("jobs")

    def is_hot(job_id: str) -> bool:
        item = dynamodb.get_item(TableName=table, Key={"job_id": {"S": job_id}}, ConsistentRead=True)["Item"]
        return item["location"]["S"] == "HOT"

    for job_id in job_ids:
        wait_for(partial(is_hot, job_id), f"{job_id} restored", 300)


def test_one_upgrade_restores_two_hundred_archived_jobs(system):
    """Each on its own, none forgotten, every byte as it was, and nothing left in cold storage."""
    barbara = Researcher.logged_in(system.web, "Barbara McClintock", plan="free")
    first = barbara.submit(SAMPLE, "x.vcf")
    job = barbara.wait(first, status="COMPLETED")
    files = {file["name"]: barbara.download(first, file["name"]) for file in job["results"]}
    barbara.wait(first, location="ARCHIVED")
    job_ids = [first, *repeat_archived_job(system, first, files, JOBS - 1)]

    barbara.post("/account/upgrade")

    wait_until_hot(system, job_ids)
    system.assert_quiet()
    stored = system.stored("results")
    for job_id in job_ids:
        mine = {key: kind for key, kind in stored.items() if job_id in key}
        assert set(mine.values()) == {"STANDARD"}, mine
    assert {barbara.download(job_id, NAME) for job_id in job_ids[::20]} == {files[NAME]}
