"""A large result goes into cold storage and comes back, in little memory, whichever the storage is.

The size is an option of the test run: ``pytest tests/e2e/test_large_results.py --result-megabytes 2048 -s``.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, running_system
from tests.e2e.researcher import Researcher
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SAMPLE = (ROOT / "services" / "web" / "example.vcf").read_bytes()
NAME = "x.annot.vcf.gz"
MIB = 1024**2

#: Above what the idle process has.
MOST_MEGABYTES = 150
PATIENCE_SECONDS = 1200


class RandomBytes:
    """So many bytes that cannot be packed, made as they are read."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = os.urandom(min(self.left, size if size >= 0 else self.left))
        self.left -= len(data)
        self.digest.update(data)
        return data


def enlarge(system, job_id: str, size: int) -> tuple[str, str]:
    """Another job like this one, with one large hot result and its window over; its id and the digest."""
    dynamodb, table = system.client("dynamodb"), system.table("jobs")
    another = str(uuid.uuid4())
    item = json.dumps(dynamodb.get_item(TableName=table, Key={"job_id": {"S": job_id}})["Item"])
    record: dict[str, Any] = json.loads(item.replace(job_id, another))
    (file,) = (each["M"] for each in record["result_files"]["L"] if each["M"]["name"]["S"] == NAME)
    source = RandomBytes(size)
    system.client("s3").upload_fileobj(source, system.bucket("results"), file["key"]["S"])
    file["size"], file["sha256"] = {"N": str(size)}, {"S": source.digest.hexdigest()}
    file["archive_id"] = {"S": ""}
    record["result_files"]["L"] = [{"M": file}]
    record["location"], record["available_until"] = {"S": "HOT"}, {"N": "1"}
    dynamodb.put_item(TableName=table, Item=record)
    return another, source.digest.hexdigest()


def say_that_archive_is_due(system, job_id: str) -> None:
    sns = system.client("sns")
    arns = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    (topic,) = (arn for arn in arns if arn.endswith("-archive-requests"))
    message = {"type": "ArchiveDue", "version": 1, "job_id": job_id, "cycle": 1}
    sns.publish(TopicArn=topic, Message=json.dumps(message))


def megabytes(system, name: str, what: str) -> float:
    """Memory of a service: now (VmRSS), or at most since it started (VmHWM)."""
    status = Path(f"/proc/{system.state['pids'][name]}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith(what))


def location(system, job_id: str) -> str:
    """By the record; a cloud that moves gigabytes answers the web app too late."""
    dynamodb, table = system.client("dynamodb"), system.table("jobs")
    item = dynamodb.get_item(TableName=table, Key={"job_id": {"S": job_id}}, ConsistentRead=True)["Item"]
    return item["location"]["S"]


def digest_of(system, job_id: str) -> str:
    """Of the one copy that there is, once the other has been removed."""
    digest = hashlib.sha256()

    def copies() -> list[str]:
        return [key for key in system.objects("results", job_id) if key.endswith(NAME)]

    wait_for(lambda: len(copies()) == 1, "one copy", PATIENCE_SECONDS)
    (key,) = copies()
    body = system.client("s3").get_object(Bucket=system.bucket("results"), Key=key)["Body"]
    for chunk in body.iter_chunks(MIB):
        digest.update(chunk)
    return digest.hexdigest()


@pytest.mark.parametrize("cold_store", ["GLACIER", "VAULT"])
def test_a_large_result_is_archived_and_restored_in_little_memory(cold_store, tmp_path, pytestconfig):
    """Byte for byte, and neither service holds more of it than a few parts."""
    size = pytestconfig.getoption("result_megabytes") * MIB
    with running_system(tmp_path, "--cold-store", cold_store) as system:
        ada = Researcher.logged_in(system.web, "Ada Lovelace", plan="free")
        small = ada.submit(SAMPLE, "x.vcf")
        ada.wait(small, location="ARCHIVED")
        job_id, digest = enlarge(system, small, size)
        idle = {name: megabytes(system, name, "VmRSS") for name in ("archiver", "restorer")}

        say_that_archive_is_due(system, job_id)
        wait_for(lambda: location(system, job_id) == "ARCHIVED", "the archive", PATIENCE_SECONDS)
        ada.post("/account/upgrade")
        wait_for(lambda: location(system, job_id) == "HOT", "the restore", PATIENCE_SECONDS)

        taken = {name: megabytes(system, name, "VmHWM") - idle[name] for name in idle}
        print(f"{cold_store}, {size / MIB:.0f} MiB: megabytes over idle {taken}")  # noqa: T201 - is read.
        assert digest_of(system, job_id) == digest
        assert max(taken.values()) < MOST_MEGABYTES
        system.assert_quiet()
