"""Archives go into a vault whole, verified, and once, wherever the process ends."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from gas.aws.part_sizes import MIB
from gas.errors import NotFound, NotYet
from gas.jobs import ResultFile
from tests.unit.gas.vault_service import BucketService, Ended, Process, VaultService, open_vault

KEY = "archive/u1/j1/1/x.annot.vcf.gz"
SMALL = random.Random(1).randbytes(MIB)
LARGE = random.Random(2).randbytes(5 * MIB + 7)


def recorded(bucket: BucketService, data: bytes) -> ResultFile:
    bucket.objects["results/u1/j1/x"] = data
    digest = hashlib.sha256(data).hexdigest()
    return ResultFile(name="x", key="results/u1/j1/x", size=len(data), sha256=digest)


def refuse_to_record(upload_id: str) -> None:
    raise NotYet("another archiver was faster")


@pytest.mark.parametrize("data", [SMALL, LARGE, LARGE[: 2 * MIB]], ids=["small", "large", "even"])
def test_an_archive_holds_the_file_and_says_what_it_is(vault, bucket, data):
    """Its description is the archive key, so that an inventory tells."""
    noted: list[str] = []

    archive_id = open_vault(vault, bucket).store(recorded(bucket, data), KEY, noted.append)

    assert vault.archives == {archive_id: (data, KEY)}
    assert len(noted) == (len(data) > MIB)
    assert not vault.uploads


def test_an_upload_goes_on_where_an_earlier_attempt_ended(vault, bucket):
    """What the vault has already is not sent again, and the parts stay as large as they were."""
    file = recorded(bucket, LARGE)
    upload_id = vault.initiate_multipart_upload("v", KEY, str(2 * MIB))["uploadId"]
    vault.uploads[upload_id][0][0] = LARGE[: 2 * MIB]

    archive_id = open_vault(vault, bucket).store(replace(file, upload_id=upload_id), KEY, refuse_to_record)

    assert vault.archives == {archive_id: (LARGE, KEY)}
    assert vault.parts_sent == 2


def test_a_part_that_the_vault_has_otherwise_is_sent_again(vault, bucket):
    """Parts are compared by their tree hash, and not by their place alone."""
    file = recorded(bucket, LARGE)
    upload_id = vault.initiate_multipart_upload("v", KEY, str(MIB))["uploadId"]
    vault.uploads[upload_id][0][MIB] = bytes(MIB)

    archive_id = open_vault(vault, bucket).store(replace(file, upload_id=upload_id), KEY, refuse_to_record)

    assert vault.archives[archive_id] == (LARGE, KEY)


def test_an_upload_that_the_vault_has_forgotten_is_begun_anew(vault, bucket):
    """Amazon Glacier drops an upload on which nothing happened for a day."""
    noted: list[str] = []
    file = replace(recorded(bucket, LARGE), upload_id="upload-of-last-week")

    archive_id = open_vault(vault, bucket).store(file, KEY, noted.append)

    assert vault.archives == {archive_id: (LARGE, KEY)}
    assert len(noted) == 1


def test_an_upload_that_nobody_recorded_is_aborted_and_others_are_not(vault, bucket):
    """It has our description, and parts in it are paid for."""
    orphan = vault.initiate_multipart_upload("v", KEY, str(MIB))["uploadId"]
    stranger = vault.initiate_multipart_upload("v", "archive/u1/j2/1/y", str(MIB))["uploadId"]

    open_vault(vault, bucket).store(recorded(bucket, LARGE), KEY, lambda _: None)

    assert orphan not in vault.uploads
    assert stranger in vault.uploads


def test_an_upload_that_cannot_be_recorded_is_given_up_and_that_of_the_other_stays(vault, bucket):
    """Another archiver has the job; it alone goes on."""
    others = vault.initiate_multipart_upload("v", KEY, str(MIB))["uploadId"]

    with pytest.raises(NotYet):
        open_vault(vault, bucket).store(recorded(bucket, LARGE), KEY, refuse_to_record)

    assert list(vault.uploads) == [others]
    assert vault.parts_sent == 0


def answer_wrongly(vault, monkeypatch, operation: str, times: int) -> None:
    """The vault says that it has other bytes than it was sent."""
    answer, left = getattr(vault, operation), [times]

    def operate(*args, **kwargs):
        said = answer(*args, **kwargs)
        left[0] -= 1
        return {**said, "checksum": "00" * 32} if left[0] >= 0 else said

    monkeypatch.setattr(vault, operation, operate)


def test_a_part_of_which_the_vault_has_other_bytes_is_sent_again(vault, bucket, monkeypatch):
    """What the vault answers is compared with what was sent."""
    answer_wrongly(vault, monkeypatch, "upload_multipart_part", 1)

    archive_id = open_vault(vault, bucket).store(recorded(bucket, LARGE), KEY, [].append)

    assert vault.archives == {archive_id: (LARGE, KEY)}
    assert vault.parts_sent == 7


@pytest.mark.parametrize(
    ("operation", "data"), [("upload_archive", SMALL), ("complete_multipart_upload", LARGE)]
)
def test_an_archive_of_which_the_vault_has_other_bytes_is_removed(
    vault, bucket, monkeypatch, operation, data
):
    """It is no copy, and nobody is to pay for it."""
    answer_wrongly(vault, monkeypatch, operation, 1)

    with pytest.raises(ValueError, match="damaged"):
        open_vault(vault, bucket).store(recorded(bucket, data), KEY, [].append)

    assert vault.archives == {}


def test_a_damaged_part_is_sent_again(vault, bucket):
    """The vault refuses it, since its tree hash is another."""
    vault.damage = 2

    archive_id = open_vault(vault, bucket).store(recorded(bucket, LARGE), KEY, lambda _: None)

    assert vault.archives[archive_id] == (LARGE, KEY)
    assert vault.parts_sent == 6 + 2


def test_a_part_that_never_arrives_ends_the_attempt_and_leaves_the_upload(vault, bucket):
    """The next attempt goes on with it."""
    vault.damage = 1000

    with pytest.raises(ClientError):
        open_vault(vault, bucket).store(recorded(bucket, LARGE), KEY, lambda _: None)

    assert not vault.archives
    assert len(vault.uploads) == 1


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("change", ["another byte", "shorter", "longer"])
def test_a_hot_copy_that_is_not_what_was_recorded_never_becomes_an_archive(vault, bucket, data, change):
    """It is found before the upload is complete, and nothing of it is kept."""
    file = recorded(bucket, data)
    changed = {"another byte": data[:-1] + b"?", "shorter": data[:-1], "longer": data + b"?"}
    bucket.objects[file.key] = changed[change]

    with pytest.raises(ValueError, match="not what was recorded"):
        open_vault(vault, bucket).store(file, KEY, lambda _: None)

    assert not vault.archives
    assert not vault.uploads


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_a_hot_copy_that_is_not_there_is_an_error(vault, bucket, data):
    """And leaves no upload behind."""
    file = recorded(bucket, data)
    bucket.objects.clear()

    with pytest.raises(NotFound):
        open_vault(vault, bucket).store(file, KEY, lambda _: None)

    assert not vault.archives
    assert not vault.uploads


class Archiver:
    """Records the upload as the service does, and tries again after its process ended."""

    def __init__(self, bucket: BucketService, data: bytes) -> None:
        self.bucket = bucket
        self.file = recorded(bucket, data)

    def store(self, vault: VaultService, process: Process) -> str:
        def note(upload_id: str) -> None:
            process.leave(lambda: self._record(upload_id))

        return open_vault(vault, self.bucket, process).store(self.file, KEY, note)

    def _record(self, upload_id: str) -> None:
        self.file = replace(self.file, upload_id=upload_id)


def ended(archiver: Archiver, vault: VaultService, moment: int) -> bool:
    """Whether the process ended before the archive was stored."""
    try:
        archiver.store(vault, Process(moment))
    except Ended:
        return True
    return False


def test_wherever_the_process_ends_there_is_one_archive_in_the_end():
    """An upload in parts is found again even when it was complete, and leaves nothing behind."""
    moment = 0
    archiver, vault = Archiver(BucketService(), LARGE), VaultService()
    while ended(archiver, vault, moment):
        archive_id = archiver.store(vault, Process())
        assert vault.archives == {archive_id: (LARGE, KEY)}, f"after an end at moment {moment}"
        assert not vault.uploads, f"after an end at moment {moment}"
        moment += 1
        archiver, vault = Archiver(BucketService(), LARGE), VaultService()
    assert moment > 2 * 15, "every call was the last one once, on either side"


def test_a_small_file_is_stored_twice_only_if_the_process_ended_on_the_answer():
    """There is nothing by which a single request could be found again; the audit of the vault finds it."""
    for moment, archives in [(0, 1), (1, 1), (2, 1), (3, 2)]:
        archiver, vault = Archiver(BucketService(), SMALL), VaultService()
        assert ended(archiver, vault, moment)

        archiver.store(vault, Process())

        assert list(vault.archives.values()) == [(SMALL, KEY)] * archives
    assert not ended(Archiver(BucketService(), SMALL), VaultService(), 4)
