"""Jobs from their beginning to their end, which comes when the time of their tier is over."""

import json
from collections.abc import Callable

from local.cloud.glacier.bodies import Body
from local.cloud.glacier.errors import not_found
from local.cloud.glacier.jobs import FAILED, SUCCEEDED, End, Inventory, Job
from local.cloud.glacier.notices import announce
from local.cloud.glacier.switches import SWITCHES
from local.cloud.glacier.times import now
from local.cloud.glacier.vaults import Vault
from local.cloud.s3.tiers import Tiers

Later = Callable[[float, Callable[[], None]], None]


class Retrievals:
    """Every job of the cloud; `later` is told what to do when a tier's time is over."""

    def __init__(self, tiers: Tiers, later: Later) -> None:
        self.tiers, self._later = tiers, later

    def begin(self, vault: Vault, job: Job) -> None:
        """Start it; it ends by itself."""
        vault.jobs[job.id] = job
        self._later(self.tiers.seconds[job.tier], lambda: _complete(vault, job))


def find_job(vault: Vault, job_id: str) -> Job:
    """A job that has not been forgotten."""
    job = vault.jobs.get(job_id)
    if job is None or job.has_expired:
        vault.jobs.pop(job_id, None)
        raise not_found(f"The job ID was not found: {job_id}")
    return job


def recent_jobs(vault: Vault) -> list[Job]:
    """Those that have not been forgotten, oldest first."""
    for job in list(vault.jobs.values()):
        if job.has_expired:
            vault.jobs.pop(job.id, None)
    return list(vault.jobs.values())


def _complete(vault: Vault, job: Job) -> None:
    job.end = _end(vault, job)
    announce(vault, job)


def _end(vault: Vault, job: Job) -> End:
    """An archive that was deleted while its retrieval was under way cannot be retrieved."""
    if SWITCHES.jobs_fail:
        return End(FAILED, "The job failed because it was told to")
    if job.retrieved is None:
        return End(SUCCEEDED, "Succeeded", _take_inventory(vault))
    if job.retrieved.archive.id not in vault.archives:
        return End(FAILED, f"The archive was deleted: {job.retrieved.archive.id}")
    return End(SUCCEEDED, "Succeeded")


def _take_inventory(vault: Vault) -> Inventory:
    """https://docs.aws.amazon.com/amazonglacier/latest/dev/api-job-output-get.html#api-job-output-get-responses-elements."""
    archives = [
        {
            "ArchiveId": archive.id,
            "ArchiveDescription": archive.description,
            "CreationDate": archive.created,
            "Size": archive.size,
            "SHA256TreeHash": archive.tree_hash,
        }
        for archive in list(vault.archives.values())
    ]
    content = {"VaultARN": vault.arn, "InventoryDate": now(), "ArchiveList": archives}
    data = json.dumps(content).encode()
    body = Body()
    body.write(0, data)
    return Inventory(body, len(data))
