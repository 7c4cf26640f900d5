"""What was begun to go into a vault is given up without a rest, wherever its archiver ended."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest

from gas.aws.part_sizes import MIB
from gas.jobs import ResultFile
from tests.unit.gas.vault_service import BucketService, Ended, Process, VaultService, open_vault

KEY = "archive/u1/j1/1/x.annot.vcf.gz"
LARGE = random.Random(3).randbytes(3 * MIB + 7)


class Archiver:
    """Records upload and archive as the service does."""

    def __init__(self) -> None:
        self.vault, self.bucket = VaultService(), BucketService()
        digest = hashlib.sha256(LARGE).hexdigest()
        self.file = ResultFile(name="x", key="results/u1/j1/x", size=len(LARGE), sha256=digest)
        self.bucket.objects[self.file.key] = LARGE

    def store(self, process: Process) -> None:
        def note(upload_id: str) -> None:
            process.leave(lambda: self._record(upload_id=upload_id))

        archive_id = open_vault(self.vault, self.bucket, process).store(self.file, KEY, note)
        self._record(archive_id=archive_id, upload_id="")

    def _record(self, **changes: str) -> None:
        self.file = replace(self.file, **changes)


def test_wherever_an_archiver_ended_nothing_is_left_of_its_file():
    """Of an upload that is under way, of one that is complete, and of an archive."""
    moment, ended = 0, True
    while ended:
        archiver = Archiver()
        try:
            archiver.store(Process(moment))
            ended = False
        except Ended:
            moment += 1

        open_vault(archiver.vault, archiver.bucket).discard(archiver.file)
        open_vault(archiver.vault, archiver.bucket).discard(archiver.file)

        assert archiver.vault.archives == {}, f"after an end at moment {moment}"
        recorded = archiver.file.upload_id or archiver.file.archive_id
        assert not (recorded and archiver.vault.uploads), f"after an end at moment {moment}"
    assert moment > 15, "every call was the last one once"


@pytest.mark.parametrize("change", ["gone", "another"])
def test_without_the_hot_copy_a_complete_upload_is_left_to_the_audit(change):
    """Its tree hash would be needed to ask for it; that it is not found is no failure."""
    archiver = Archiver()
    archiver.store(Process())
    lost = replace(archiver.file, archive_id="", upload_id="upload-of-last-week")
    archiver.bucket.objects = {} if change == "gone" else {lost.key: LARGE[:-1] + b"?"}

    open_vault(archiver.vault, archiver.bucket).discard(lost)

    assert len(archiver.vault.archives) == 1
