"""The operations on jobs, but for their output.

https://docs.aws.amazon.com/amazonglacier/latest/dev/job-operations.html
"""

from typing import Any

from local.cloud.glacier.answers import Answer, document
from local.cloud.glacier.archives import check_description
from local.cloud.glacier.byte_ranges import read_retrieval_range
from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import invalid, missing, no_capacity, not_found, unsupported
from local.cloud.glacier.jobs import STATUSES, Job, Retrieved
from local.cloud.glacier.notices import check_topic
from local.cloud.glacier.pages import page
from local.cloud.glacier.retrievals import Retrievals, find_job, recent_jobs
from local.cloud.glacier.routes import Route
from local.cloud.glacier.vaults import Vault, Vaults
from local.cloud.s3.tiers import EXPEDITED, STANDARD, Tiers

JOBS = "vaults/*/jobs"
ARCHIVE, INVENTORY = "archive-retrieval", "inventory-retrieval"
#: They can be asked of Glacier, but not of the local cloud.
NOT_HERE = ("InventoryRetrievalParameters", "SelectParameters", "OutputLocation")
ONLY_OF_ARCHIVES = ("ArchiveId", "RetrievalByteRange")
COMPLETED = {"true": True, "false": False}


class JobRequests:
    """Answers them over the vaults of the cloud."""

    def __init__(self, vaults: Vaults, retrievals: Retrievals) -> None:
        self._vaults, self._retrievals = vaults, retrievals

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            Route("POST", JOBS, self.initiate),
            Route("GET", JOBS, self.list),
            Route("GET", f"{JOBS}/*", self.describe),
        ]

    def initiate(self, call: Call, name: str) -> Answer:
        """InitiateJob."""
        vault = self._vaults.find(call.region, name)
        job = _read_job(vault, call.document(), self._retrievals.tiers)
        self._retrievals.begin(vault, job)
        return Answer(202, {"Location": f"{vault.path}/jobs/{job.id}", "x-amz-job-id": job.id})

    def list(self, call: Call, name: str) -> Answer:
        """ListJobs: all that have not been forgotten, of the statuses that are asked for."""
        jobs = recent_jobs(self._vaults.find(call.region, name))
        status, completed = call.query("statuscode"), call.query("completed")
        if status is not None:
            _check("statuscode", status, STATUSES)
            jobs = [job for job in jobs if job.status == status]
        if completed is not None:
            _check("completed", completed, COMPLETED)
            jobs = [job for job in jobs if (job.end is not None) == COMPLETED[completed]]
        shown, marker = page(call, jobs, lambda job: job.id)
        return document({"JobList": [job.as_json() for job in shown], "Marker": marker})

    def describe(self, call: Call, name: str, job_id: str) -> Answer:
        """DescribeJob."""
        return document(find_job(self._vaults.find(call.region, name), job_id).as_json())


def _read_job(vault: Vault, given: dict[str, Any], tiers: Tiers) -> Job:
    """The job that a request describes; all of its values are checked."""
    _check_texts(given)
    tier = given.get("Tier") or STANDARD
    _check("tier", tier, tiers.seconds)
    topic = given.get("SNSTopic")
    retrieved = _read_retrieved(vault, given)
    if tier == EXPEDITED and retrieved and not tiers.expedited_available:
        raise no_capacity()
    return Job(
        vault_arn=vault.arn,
        tier=tier if retrieved else STANDARD,
        description=check_description(given.get("Description")) or None,
        topic=None if topic is None else check_topic(topic, vault.region),
        retrieved=retrieved,
    )


def _check_texts(given: dict[str, Any]) -> None:
    """Every parameter that is known here is text."""
    for name, value in given.items():
        if value is not None and name in NOT_HERE:
            raise unsupported(name)
        if value is not None and not isinstance(value, str):
            raise invalid(f"Invalid {name}: {value}")


def _read_retrieved(vault: Vault, given: dict[str, Any]) -> Retrieved | None:
    kind = given.get("Type")
    if not kind:
        raise missing("Type")
    _check("job type", kind, (ARCHIVE, INVENTORY))
    if kind == INVENTORY:
        _check_inventory(given)
        return None
    archive_id = given.get("ArchiveId")
    if not archive_id:
        raise missing("ArchiveId")
    archive = vault.archives.get(archive_id)
    if archive is None:
        raise not_found(f"The archive ID was not found: {archive_id}")
    if given.get("Format"):
        raise invalid("Format is for inventories only")
    return Retrieved(archive, read_retrieval_range(given.get("RetrievalByteRange"), archive.size))


def _check_inventory(given: dict[str, Any]) -> None:
    for name in ONLY_OF_ARCHIVES:
        if given.get(name):
            raise invalid(f"{name} is for archives only")
    _check("format", given.get("Format") or "JSON", ("JSON", "CSV"))
    if given.get("Format") == "CSV":
        raise unsupported("An inventory as CSV")


def _check(what: str, value: str, allowed: Any) -> None:
    if value not in allowed:
        raise invalid(f"Invalid {what}: {value}; there are {', '.join(allowed)}")
