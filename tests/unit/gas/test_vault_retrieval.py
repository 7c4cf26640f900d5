"""Archives come back from a vault, verified, and each retrieval is paid for once."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest

from gas.aws.part_sizes import MIB
from gas.errors import NotFound, NotYet
from gas.jobs import ResultFile
from tests.unit.gas.vault_service import BucketService, Ended, Process, VaultService, open_vault

BACK = "results/u1/j1/2/x.annot.vcf.gz"
SMALL = random.Random(3).randbytes(MIB - 5)
LARGE = random.Random(4).randbytes(3 * MIB + 7)


def archived(vault: VaultService, data: bytes) -> ResultFile:
    vault.archives["a1"] = (data, "archive/u1/j1/1/x")
    digest = hashlib.sha256(data).hexdigest()
    return ResultFile(name="x", key="results/u1/j1/x", size=len(data), sha256=digest, archive_id="a1")


def asked(vault: VaultService, bucket: BucketService, file: ResultFile, process: Process | None = None):
    return open_vault(vault, bucket, process).retrieve(file, "j1", tier="Expedited")


def ready(vault: VaultService, bucket: BucketService, data: bytes) -> ResultFile:
    file = archived(vault, data)
    retrieval_id = asked(vault, bucket, file).retrieval_id
    vault.end_jobs()
    return replace(file, retrieval_id=retrieval_id)


@pytest.mark.parametrize("data", [SMALL, LARGE, LARGE[: 2 * MIB]], ids=["small", "large", "even"])
def test_an_archive_is_asked_for_and_comes_back(vault, bucket, data):
    """Its notification will carry the id of our job."""
    file = archived(vault, data)

    retrieval = asked(vault, bucket, file)

    assert (retrieval.tier, retrieval.ready, retrieval.expected_seconds) == ("Expedited", False, 300.0)
    assert vault.jobs[retrieval.retrieval_id]["JobDescription"] == "j1"
    with pytest.raises(NotYet):
        open_vault(vault, bucket).bring_back(file, BACK)

    vault.end_jobs()
    open_vault(vault, bucket).bring_back(replace(file, retrieval_id=retrieval.retrieval_id), BACK)

    assert bucket.objects[BACK] == data


def test_a_retrieval_that_was_asked_for_is_not_asked_for_again(vault, bucket):
    """Recorded or not: in both cases it is found, and what it is called is told."""
    file = archived(vault, SMALL)
    first = asked(vault, bucket, file)

    for known in (file, replace(file, retrieval_id=first.retrieval_id)):
        again = asked(vault, bucket, known)
        assert (again.tier, again.ready, again.retrieval_id) == ("", False, first.retrieval_id)

    vault.end_jobs()
    assert asked(vault, bucket, file).ready
    assert len(vault.jobs) == 1


def test_the_retrieval_of_another_archive_or_of_a_part_is_not_ours(vault, bucket):
    """An operator may have asked for them, and for inventories."""
    file = archived(vault, SMALL)
    theirs = {"Action": "ArchiveRetrieval", "ArchiveId": "a1", "StatusCode": "Succeeded"}
    vault.jobs = {
        "another": {**theirs, "JobId": "another", "ArchiveId": "a2"},
        "part": {**theirs, "JobId": "part", "RetrievalByteRange": "0-9"},
        "inventory": {"JobId": "inventory", "Action": "InventoryRetrieval", "StatusCode": "Succeeded"},
    }

    assert asked(vault, bucket, file).tier == "Expedited"


def test_a_retrieval_that_failed_is_asked_for_again(vault, bucket):
    """Amazon Glacier tells of a failure as it tells of a success."""
    file = ready(vault, bucket, SMALL)
    vault.jobs[file.retrieval_id]["StatusCode"] = "Failed"

    again = asked(vault, bucket, file)

    assert again.tier == "Expedited"
    assert again.retrieval_id != file.retrieval_id


def test_a_retrieval_that_has_expired_is_asked_for_again(vault, bucket):
    """What was retrieved stays readable for a day; a longer outage costs another retrieval."""
    file = ready(vault, bucket, SMALL)
    vault.jobs.clear()

    with pytest.raises(NotYet):
        open_vault(vault, bucket).bring_back(file, BACK)
    assert asked(vault, bucket, file).tier == "Expedited"


@pytest.mark.parametrize("code", ["InsufficientCapacityException", "PolicyEnforcedException"])
def test_a_refused_tier_falls_back_to_standard(vault, bucket, code):
    """There is no capacity, or the account's own policy says no."""
    vault.refused = [code]

    assert asked(vault, bucket, archived(vault, SMALL)).tier == "Standard"


def test_a_policy_that_leaves_no_room_is_met_again_later(vault, bucket):
    """It limits bytes in an hour, so nothing is wrong with the message."""
    vault.refused = ["PolicyEnforcedException"] * 2

    with pytest.raises(NotYet) as refused:
        asked(vault, bucket, archived(vault, SMALL))

    assert refused.value.retry_after == 3600


def test_an_archive_that_is_gone_cannot_be_asked_for(vault, bucket):
    """Discarding it twice is nothing, asking for it is an error."""
    file = archived(vault, SMALL)
    for _ in range(2):
        open_vault(vault, bucket).discard(file)

    with pytest.raises(NotFound):
        asked(vault, bucket, file)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_a_range_that_came_damaged_is_read_again(vault, bucket, data):
    """Its tree hash tells."""
    file = ready(vault, bucket, data)
    vault.damage = 2

    open_vault(vault, bucket).bring_back(file, BACK)

    assert bucket.objects[BACK] == data
    assert vault.outputs_read == -(-len(data) // MIB) + 2


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_what_is_damaged_for_good_never_becomes_a_hot_copy(vault, bucket, data):
    """Neither by a range that is damaged on its way, nor by an archive of other bytes."""
    file = ready(vault, bucket, data)
    vault.damage = 1000
    with pytest.raises(ValueError, match="damaged"):
        open_vault(vault, bucket).bring_back(file, BACK)

    vault.damage = 0
    vault.output[file.retrieval_id] = bytes(len(data))
    with pytest.raises(ValueError, match="not what was recorded"):
        open_vault(vault, bucket).bring_back(file, BACK)

    assert not bucket.objects
    assert not bucket.uploads


def ended(work, moment: int) -> bool:
    """Whether the process ended before the work was done."""
    try:
        work(Process(moment))
    except Ended:
        return True
    return False


def test_wherever_the_process_ends_one_retrieval_is_paid_for():
    """One that was asked for and not recorded is found in the list."""
    moment, going = 0, True
    while going:
        vault, bucket = VaultService(), BucketService()
        file = archived(vault, SMALL)
        going = ended(lambda process, v=vault, b=bucket, f=file: asked(v, b, f, process), moment)

        assert asked(vault, bucket, file).retrieval_id in vault.jobs
        assert len(vault.jobs) == 1
        moment += 1
    assert moment == 2 * 2 + 1


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_wherever_the_process_ends_the_file_comes_back(data):
    """The hot copy is there whole or not at all, and the second attempt makes it."""
    moment, going = 0, True
    while going:
        vault, bucket = VaultService(), BucketService()
        file = ready(vault, bucket, data)
        going = ended(
            lambda process, v=vault, b=bucket, f=file: open_vault(v, b, process).bring_back(f, BACK), moment
        )
        assert bucket.objects.get(BACK, data) == data

        open_vault(vault, bucket).bring_back(file, BACK)

        assert bucket.objects[BACK] == data
        assert len(vault.jobs) == 1
        moment += 1
    assert moment >= 2 * 3
