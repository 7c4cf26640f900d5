"""Finds archives in the vault that no job knows: ``python -m services.archiver.audit_vault [--remove]``.

There are two ways to such an archive: the process of an archiver ended after a small file was stored and
before that was recorded, or two archivers stored the same file and one was faster. Run with the settings
of the archiver. The first run asks for an inventory of the vault, one that is some hours later reads it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

import structlog

from gas.aws.clients import Clients
from gas.aws.jobs import DynamoJobStore
from gas.errors import Misconfigured, NotYet
from gas.jobs import Job, JobStatus, ResultLocation
from gas.keys import ARCHIVE, archive_key, job_of
from gas.ports import JobStore
from gas.process import run_service
from services.archiver.auditing import LEAST_AGE_SECONDS, begin_audit, find_job, refuse_strange_table
from services.archiver.vault_inventory import InventoryEntry, VaultInventory

log = structlog.get_logger()

#: While results are in one of these places, nobody is about to record an archive of theirs.
SETTLED = frozenset({ResultLocation.HOT, ResultLocation.ARCHIVED})


class Inventory(Protocol):
    """What the audit needs of `VaultInventory`."""

    def entries(self) -> Iterator[InventoryEntry]:
        """Every archive; `NotYet` if none can be listed now."""

    def remove(self, entry: InventoryEntry) -> None:
        """Remove one archive."""


def audit(inventory: Inventory, jobs: JobStore, *, now: float, remove: bool) -> list[InventoryEntry]:
    """The archives of ours that are on no record; removed if that is wanted.

    :raises Misconfigured: not one archive of the vault is on a record, so that this is more likely the
        table of another system than a vault full of orphans; nothing was removed.
    """
    orphans = []
    known = 0
    for entry in inventory.entries():
        job = find_job(job_of(entry.description), jobs)
        known += job is not None and _is_on(job, entry)
        if now - entry.created_at >= LEAST_AGE_SECONDS and _is_orphan(entry, job):
            log.info("vault.orphan", archive_id=entry.archive_id, key=entry.description, bytes=entry.size)
            orphans.append(entry)
    log.info("vault.audited", known=known, orphans=len(orphans), bytes=sum(each.size for each in orphans))
    if remove:
        refuse_strange_table("no archive of the vault", known=known, orphans=len(orphans))
        _remove(orphans, inventory)
    return orphans


def _remove(orphans: list[InventoryEntry], inventory: Inventory) -> None:
    for entry in orphans:
        inventory.remove(entry)
        log.info("vault.removed", archive_id=entry.archive_id)


def _is_on(job: Job, entry: InventoryEntry) -> bool:
    return any(file.archive_id == entry.archive_id for file in job.result_files)


def _is_orphan(entry: InventoryEntry, job: Job | None) -> bool:
    if job is None or job.status is JobStatus.DELETED:
        return entry.description.startswith(f"{ARCHIVE}/") and job_of(entry.description) is not None
    keys = {
        archive_key(job.user_id, job.job_id, file.name, cycle=cycle)
        for file in job.result_files
        for cycle in range(1, job.cycle + 1)
    }
    return entry.description in keys and job.location in SETTLED and not _is_on(job, entry)


def main() -> None:
    """Audit the vault of the archiver's settings."""
    settings, remove = begin_audit("audit_vault", __doc__)
    if not settings.vault:
        raise Misconfigured("GAS_VAULT: is not set; it is the vault to look at")
    aws = Clients()
    inventory = VaultInventory(aws["glacier"], settings.vault)
    jobs = DynamoJobStore(aws["dynamodb"], settings.jobs_table)
    jobs.verify()
    try:
        audit(inventory, jobs, now=time.time(), remove=remove)
    except NotYet as reason:
        log.info("vault.not_yet", reason=str(reason))


if __name__ == "__main__":
    run_service(main)
