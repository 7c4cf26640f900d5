"""Archives that no job knows are found in the inventory of the vault, and nothing else is touched."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from botocore.response import StreamingBody

from gas.errors import Misconfigured, NotYet
from gas.fakes import FakeJobStore
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.keys import archive_key
from services.archiver.audit_vault import audit
from services.archiver.auditing import LEAST_AGE_SECONDS
from services.archiver.vault_inventory import VaultInventory
from tests.unit.gas.vault_service import VaultService

MADE_AT = "2026-03-01T12:00:00.000Z"
MADE = 1772366400.0
LATER = MADE + LEAST_AGE_SECONDS
NAME = "x, y.annot.vcf.gz"


class Vault(VaultService):
    """A vault that counts its archives.

    :ivar readable: how many bytes of an inventory can be read.
    """

    readable = 10**9

    def initiate_job(self, vaultName, jobParameters):  # noqa: N803
        name = f"inventory-{len(self.jobs)}"
        self.jobs[name] = {
            "JobId": name,
            "Action": "InventoryRetrieval",
            "StatusCode": "InProgress",
            "CreationDate": f"{len(self.jobs)}",
            "InventoryRetrievalParameters": {"Format": jobParameters["Format"]},
        }

    def get_job_output(self, vaultName, jobId):  # noqa: N803
        entries = [
            {
                "ArchiveId": name,
                "ArchiveDescription": description,
                "CreationDate": MADE_AT,
                "Size": len(data),
            }
            for name, (data, description) in self.archives.items()
        ]
        text = json.dumps({"VaultARN": "arn", "InventoryDate": MADE_AT, "ArchiveList": entries})
        body = text.encode()[: self.readable]
        return {"body": StreamingBody(io.BytesIO(body), len(body))}


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def jobs() -> FakeJobStore:
    return FakeJobStore()


def add(
    jobs: FakeJobStore,
    job_id: str,
    archive_id: str,
    *,
    cycle: int = 1,
    location: ResultLocation = ResultLocation.ARCHIVED,
) -> None:
    file = ResultFile(name=NAME, key="k", size=1, sha256="", archive_id=archive_id)
    job = Job(
        job_id=job_id,
        user_id="u1",
        file_name="x",
        input_key="i",
        submit_time=0,
        max_input_bytes=1,
        status=JobStatus.COMPLETED,
        location=location,
        cycle=cycle,
        result_files=(file,),
    )
    jobs.add(job)


def put(vault: Vault, name: str, job_id: str, *, cycle: int = 1) -> None:
    vault.archives[name] = (b"data", archive_key("u1", job_id, NAME, cycle=cycle))


def audited(vault: Vault, jobs: FakeJobStore, *, now: float = LATER, remove: bool = False) -> set[str]:
    inventory = VaultInventory(vault, "v")
    with pytest.raises(NotYet):
        audit(inventory, jobs, now=now, remove=remove)
    vault.end_jobs()
    return {entry.archive_id for entry in audit(inventory, jobs, now=now, remove=remove)}


@pytest.fixture
def usual(vault, jobs):
    """One archive that is on its record."""
    add(jobs, "j0", "recorded")
    put(vault, "recorded", "j0")


@pytest.mark.usefixtures("usual")
def test_an_archive_that_another_was_recorded_instead_of_is_found_and_removed(vault, jobs):
    """Only when that is asked for, and a second run finds nothing."""
    put(vault, "second", "j0")

    assert audited(vault, jobs) == {"second"}
    assert set(vault.archives) == {"recorded", "second"}

    assert {
        entry.archive_id for entry in audit(VaultInventory(vault, "v"), jobs, now=LATER, remove=True)
    } == {"second"}
    assert set(vault.archives) == {"recorded"}
    assert not audit(VaultInventory(vault, "v"), jobs, now=LATER, remove=True)


@pytest.mark.usefixtures("usual")
def test_an_archive_of_a_job_that_is_gone_is_found(vault, jobs):
    """Nobody will ever ask for it."""
    put(vault, "left", "gone")

    assert audited(vault, jobs) == {"left"}


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize("recorded", ["left", ""])
def test_an_archive_of_a_job_that_was_deleted_is_found(vault, jobs, recorded):
    """Whether or not its record still names it."""
    add(jobs, "j1", recorded, location=ResultLocation.NONE)
    jobs.jobs["j1"] = replace(jobs.jobs["j1"], status=JobStatus.DELETED)
    put(vault, "left", "j1")

    assert audited(vault, jobs) == {"left"}


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize("location", list(ResultLocation))
def test_while_results_move_no_archive_of_theirs_is_an_orphan(vault, jobs, location):
    """It may be about to be recorded."""
    add(jobs, "j1", "", cycle=2, location=location)
    put(vault, "a1", "j1")

    settled = location in {ResultLocation.HOT, ResultLocation.ARCHIVED}
    assert audited(vault, jobs) == ({"a1"} if settled else set())


@pytest.mark.usefixtures("usual")
def test_what_is_young_or_of_a_later_cycle_or_not_ours_is_left_alone(vault, jobs):
    """Whatever is in doubt stays."""
    add(jobs, "j1", "a1")
    put(vault, "later", "j1", cycle=2)
    vault.archives["another's"] = (b"data", "holiday pictures")
    vault.archives["like ours"] = (b"data", "archive/somebody/j1/1/else")

    assert audited(vault, jobs) == set()
    put(vault, "second", "j1")
    assert not audit(VaultInventory(vault, "v"), jobs, now=LATER - 1, remove=True)


def test_a_vault_of_which_no_archive_is_known_is_not_emptied(vault, jobs):
    """The table is more likely another system's."""
    put(vault, "a1", "j1")

    with pytest.raises(Misconfigured, match="GAS_JOBS_TABLE"):
        audited(vault, jobs, remove=True)

    assert set(vault.archives) == {"a1"}


@pytest.mark.usefixtures("usual")
def test_an_inventory_that_failed_or_has_another_format_is_asked_for_again(vault, jobs):
    """And one that is on its way is not."""
    vault.initiate_job("v", {"Format": "CSV"})
    vault.initiate_job("v", {"Format": "JSON"})
    vault.end_jobs("Failed")

    assert audited(vault, jobs) == set()
    assert len(vault.jobs) == 3


@pytest.mark.usefixtures("usual")
def test_a_long_inventory_is_read_to_its_end_and_a_torn_one_is_an_error(vault, jobs):
    """Many chunks, and a description may hold anything that can be printed."""
    vault.archives |= {f"a{number}": (b"data", f'odd "]}}{{[, {number}') for number in range(2000)}
    put(vault, "second", "j0")
    assert audited(vault, jobs) == {"second"}

    vault.readable = 100_000
    with pytest.raises(ValueError, match="ended too early"):
        audit(VaultInventory(vault, "v"), jobs, now=LATER, remove=True)

    assert "second" in vault.archives


def test_an_empty_vault_has_no_orphans(vault, jobs):
    """Nothing to remove is not a wrong table."""
    assert audited(vault, jobs, remove=True) == set()


def test_a_job_is_read_as_it_is_when_it_is_judged(vault, jobs):
    """The record counts, not what it was when the inventory was made."""
    add(jobs, "j1", "a1")
    put(vault, "a1", "j1")
    put(vault, "a2", "j1")
    file = replace(jobs.get("j1").result_files[0], archive_id="a2")
    jobs.jobs["j1"] = replace(jobs.get("j1"), result_files=(file,))

    assert audited(vault, jobs) == {"a1"}
