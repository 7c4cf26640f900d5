"""Finds archives in the vault that no job knows: ``python -m services.archiver.audit_vault [--remove]``.

There are two ways to such an archive: the process of an archiver ended after a small file was stored and
before that was recorded, or two archivers stored the same file and one was faster. Run with the settings
of the archiver. The first run asks for an inventory of the vault, one that is some hours later reads it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Protocol

import structlog

from gas.aws.clients import Clients
from gas.aws.jobs import DynamoJobStore
from gas.errors import Misconfigured, NotFound, NotYet
from gas.jobs import Job, ResultLocation
from gas.keys import ARCHIVE, archive_key, job_of
from gas.logs import configure_logs
from gas.ports import JobStore
from gas.process import run_service
from gas.settings import load
from services.archiver.settings import ArchiverSettings
from services.archiver.vault_inventory import InventoryEntry, VaultInventory

log = structlog.get_logger()

#: An archive that is younger may be about to be recorded.
LEAST_AGE_SECONDS = 24 * 3600.0

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
        job = _job_of(entry, jobs)
        known += job is not None and _is_on(job, entry)
        if now - entry.created_at >= LEAST_AGE_SECONDS and _is_orphan(entry, job):
            log.info("vault.orphan", archive_id=entry.archive_id, key=entry.description, bytes=entry.size)
            orphans.append(entry)
    log.info("vault.audited", known=known, orphans=len(orphans), bytes=sum(each.size for each in orphans))
    if remove:
        _remove(orphans, inventory, known)
    return orphans


def _remove(orphans: list[InventoryEntry], inventory: Inventory, known: int) -> None:
    if orphans and not known:
        raise Misconfigured("no archive of the vault is on any record; GAS_JOBS_TABLE may be another's")
    for entry in orphans:
        inventory.remove(entry)
        log.info("vault.removed", archive_id=entry.archive_id)


def _job_of(entry: InventoryEntry, jobs: JobStore) -> Job | None:
    job_id = job_of(entry.description)
    try:
        return jobs.get(job_id) if job_id else None
    except NotFound:
        return None


def _is_on(job: Job, entry: InventoryEntry) -> bool:
    return any(file.archive_id == entry.archive_id for file in job.result_files)


def _is_orphan(entry: InventoryEntry, job: Job | None) -> bool:
    if job is None:
        return entry.description.startswith(f"{ARCHIVE}/") and job_of(entry.description) is not None
    keys = {
        archive_key(job.user_id, job.job_id, file.name, cycle=cycle)
        for file in job.result_files
        for cycle in range(1, job.cycle + 1)
    }
    return entry.description in keys and job.location in SETTLED and not _is_on(job, entry)


def main() -> None:
    """Audit the vault of the archiver's settings."""
    parser = argparse.ArgumentParser(prog="python -m services.archiver.audit_vault", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="remove what no job knows")
    given = parser.parse_args()
    settings = load(ArchiverSettings)
    configure_logs("audit_vault", level=settings.log_level)
    if not settings.vault:
        raise Misconfigured("GAS_VAULT: is not set; it is the vault to look at")
    aws = Clients()
    inventory = VaultInventory(aws["glacier"], settings.vault)
    jobs = DynamoJobStore(aws["dynamodb"], settings.jobs_table)
    jobs.verify()
    try:
        audit(inventory, jobs, now=time.time(), remove=given.remove)
    except NotYet as reason:
        log.info("vault.not_yet", reason=str(reason))


if __name__ == "__main__":
    run_service(main)
