"""What only a vault promises, on that of the local cloud; the promises of all are in test_storage.py."""

from __future__ import annotations

import hashlib
import io
import random
import uuid
from contextlib import contextmanager
from dataclasses import replace

import pytest
import requests

from gas.aws.glacier_vault import GlacierVaultStorage
from gas.aws.messaging import SqsInbox
from gas.aws.objects import S3ObjectStore
from gas.aws.part_sizes import MIB
from gas.envelope import unwrap
from gas.errors import Misconfigured, NotYet
from gas.jobs import ResultFile
from gas.keys import archive_key, result_key
from gas.messages import RetrievalCompleted
from services.archiver.vault_inventory import VaultInventory
from tests.contract.conftest import VAULT, vault_of
from tests.waiting import wait_for

#: The smallest part that S3 takes is 5 MiB.
BLOCK = 8 * MIB
DATA = random.Random(6).randbytes(2 * BLOCK + 5 * MIB + 3)


@pytest.fixture
def vault(cloud):
    """The adapter, with parts small enough for a test."""
    return vault_of(cloud, block=BLOCK)


@pytest.fixture
def hot(cloud) -> S3ObjectStore:
    return S3ObjectStore(cloud.client("s3"), cloud.outputs["ResultsBucket"])


@pytest.fixture
def job_id() -> str:
    return uuid.uuid4().hex


def stored(hot: S3ObjectStore, user: str, job_id: str, data: bytes) -> ResultFile:
    key = result_key(user, job_id, "x.gz")
    hot.upload(key, io.BytesIO(data), content_type="application/gzip")
    return ResultFile(name="x.gz", key=key, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def key_of(user: str, job_id: str) -> str:
    return archive_key(user, job_id, "x.gz", cycle=1)


def uploads(cloud) -> list[str]:
    pages = cloud.client("glacier").get_paginator("list_multipart_uploads").paginate(vaultName=VAULT)
    return [upload["MultipartUploadId"] for page in pages for upload in page["UploadsList"]]


def retrieved(vault, file: ResultFile) -> None:
    wait_for(lambda: vault.retrieve(file, "j1", tier="Expedited").ready, "the retrieval")


def test_a_large_file_goes_in_parts_and_comes_back_in_parts(vault, hot, user, job_id):
    """Through the real client: with its checksums, signatures and limits."""
    file = stored(hot, user, job_id, DATA)
    kept = replace(file, archive_id=vault.store(file, key_of(user, job_id), lambda _: None))
    hot.remove(file.key)

    retrieved(vault, kept)
    back = result_key(user, job_id, file.name, cycle=2)
    vault.bring_back(kept, back)

    copy = io.BytesIO()
    hot.download(back, copy)
    assert copy.getvalue() == DATA
    vault.discard(kept)


def test_an_upload_goes_on_where_it_ended_and_an_unknown_one_of_ours_is_aborted(
    vault, cloud, hot, user, job_id
):
    """Its parts stay as large as they were, here larger than what is read at once."""
    glacier = cloud.client("glacier")
    begun = [
        glacier.initiate_multipart_upload(
            vaultName=VAULT, archiveDescription=key_of(user, job_id), partSize=str(2 * BLOCK)
        )["uploadId"]
        for _ in range(2)
    ]
    last = f"bytes {2 * BLOCK}-{len(DATA) - 1}/*"
    glacier.upload_multipart_part(vaultName=VAULT, uploadId=begun[0], range=last, body=DATA[2 * BLOCK :])
    file = stored(hot, user, job_id, DATA)

    vault.store(replace(file, upload_id=begun[0]), key_of(user, job_id), print)
    assert begun[0] not in uploads(cloud)

    noted: list[str] = []
    vault.store(file, key_of(user, job_id), noted.append)
    assert begun[1] not in uploads(cloud)
    assert len(noted) == 1


def test_an_upload_that_was_complete_is_the_same_archive_for_a_while(vault, hot, user, job_id):
    """The process ended before the archive was recorded; its upload was."""
    file = stored(hot, user, job_id, DATA)
    noted: list[str] = []
    archive_id = vault.store(file, key_of(user, job_id), noted.append)

    again = vault.store(replace(file, upload_id=noted[0]), key_of(user, job_id), noted.append)

    assert again == archive_id
    assert len(noted) == 1


@contextmanager
def failing(cloud):
    """Every retrieval that ends meanwhile has failed."""
    switches = f"{cloud.control}/vault-jobs"
    requests.post(switches, json={"jobs_fail": True}, timeout=5).raise_for_status()
    try:
        yield
    finally:
        requests.post(switches, json={"jobs_fail": False}, timeout=5).raise_for_status()


def heard(cloud, queue_url: str, job_id: str) -> RetrievalCompleted:
    """What is said of this job on a queue, where there may be messages of others."""
    inbox = SqsInbox(cloud.client("sqs"), queue_url, visibility=60)

    def message() -> RetrievalCompleted | None:
        delivery = inbox.receive()
        told = unwrap(delivery.body) if delivery else []
        return next((each for each in told if getattr(each, "job_id", "") == job_id), None)

    return wait_for(message, "the notification")


def test_the_end_of_a_retrieval_is_told_and_a_failed_one_is_asked_for_again(vault, cloud, hot, user, job_id):
    """On the queue of the restorer, in both cases."""
    file = stored(hot, user, job_id, DATA[:100])
    kept = replace(file, archive_id=vault.store(file, key_of(user, job_id), print))
    queue_url = cloud.outputs["RestorerQueueUrl"]

    with failing(cloud):
        first = vault.retrieve(kept, job_id, tier="Expedited").retrieval_id
        assert heard(cloud, queue_url, job_id) == RetrievalCompleted(job_id, kept.archive_id)

    again = vault.retrieve(replace(kept, retrieval_id=first), job_id, tier="Expedited")
    assert (again.tier, again.retrieval_id != first) == ("Expedited", True)
    assert heard(cloud, queue_url, job_id) == RetrievalCompleted(job_id, kept.archive_id)
    assert vault.retrieve(replace(kept, retrieval_id=again.retrieval_id), job_id, tier="Expedited").ready


def test_an_inventory_tells_what_every_archive_is(vault, cloud, hot, user, job_id):
    """By its description; one that should not be there is removed."""
    file = stored(hot, user, job_id, DATA[:100])
    archive_id = vault.store(file, key_of(user, job_id), print)
    inventory = VaultInventory(cloud.client("glacier"), VAULT)

    def listed():
        try:
            return list(inventory.entries())
        except NotYet:
            return None

    (entry,) = (entry for entry in wait_for(listed, "an inventory") if entry.archive_id == archive_id)
    assert (entry.description, entry.size) == (key_of(user, job_id), 100)

    inventory.remove(entry)
    inventory.remove(entry)


def test_a_vault_that_is_not_there_is_named(vault, cloud):
    """At start, with the reason."""
    vault.verify()
    absent = GlacierVaultStorage(cloud.client("glacier"), cloud.client("s3"), vault="absent", bucket="b")

    with pytest.raises(Misconfigured, match="vault 'absent'"):
        absent.verify()
