"""A job: something that takes hours, and has an output that can be read for about a day.

https://docs.aws.amazon.com/amazonglacier/latest/dev/api-describe-job-get.html
"""

import time
from dataclasses import dataclass, field
from typing import Any

from local.cloud.glacier.archives import Archive, new_id
from local.cloud.glacier.bodies import Body
from local.cloud.glacier.byte_ranges import ByteRange, tree_hash
from local.cloud.glacier.switches import SWITCHES
from local.cloud.glacier.times import now

JOB_ID_LENGTH = 92
ARCHIVE_RETRIEVAL, INVENTORY_RETRIEVAL = "ArchiveRetrieval", "InventoryRetrieval"
IN_PROGRESS, SUCCEEDED, FAILED = "InProgress", "Succeeded", "Failed"
STATUSES = (IN_PROGRESS, SUCCEEDED, FAILED)


@dataclass(frozen=True)
class Retrieved:
    """The archive that a job retrieves, and which part of it."""

    archive: Archive
    place: ByteRange


@dataclass(frozen=True)
class Inventory:
    """A list of archives as JSON."""

    body: Body
    size: int


@dataclass(frozen=True)
class End:
    """How a job ended."""

    status: str
    message: str
    inventory: Inventory | None = None
    date: str = field(default_factory=now)
    at: float = field(default_factory=time.monotonic)


@dataclass
class Job:
    """One job; that of an inventory has nothing ``retrieved``."""

    vault_arn: str
    tier: str
    description: str | None
    topic: str | None
    retrieved: Retrieved | None
    end: End | None = None
    id: str = field(default_factory=lambda: new_id(JOB_ID_LENGTH))
    created: str = field(default_factory=now)

    @property
    def action(self) -> str:
        """As DescribeJob calls it; with "Completed" behind it, the event of a vault."""
        return ARCHIVE_RETRIEVAL if self.retrieved else INVENTORY_RETRIEVAL

    @property
    def status(self) -> str:
        """One of STATUSES."""
        return self.end.status if self.end else IN_PROGRESS

    @property
    def has_expired(self) -> bool:
        """It ended so long ago that Glacier forgets it."""
        return self.end is not None and time.monotonic() >= self.end.at + SWITCHES.output_seconds

    def as_json(self) -> dict[str, Any]:
        """DescribeJob, and the message that says that the job has ended."""
        end = self.end
        return {
            "JobId": self.id,
            "JobDescription": self.description,
            "Action": self.action,
            "VaultARN": self.vault_arn,
            "CreationDate": self.created,
            "Completed": end is not None,
            "StatusCode": self.status,
            "StatusMessage": end.message if end else None,
            "CompletionDate": end.date if end else None,
            "SNSTopic": self.topic,
            "InventorySizeInBytes": end.inventory.size if end and end.inventory else None,
            "InventoryRetrievalParameters": None if self.retrieved else {"Format": "JSON"},
            **_describe(self.retrieved, self.tier, done=end is not None),
        }


def _describe(retrieved: Retrieved | None, tier: str, *, done: bool) -> dict[str, Any]:
    """What only the retrieval of an archive has; the hash of a whole one is told when it is done."""
    archive = retrieved.archive if retrieved else None
    place = retrieved.place if retrieved else None
    is_told = archive and place and (done or place.size < archive.size)
    return {
        "ArchiveId": archive.id if archive else None,
        "ArchiveSizeInBytes": archive.size if archive else None,
        "ArchiveSHA256TreeHash": archive.tree_hash if archive else None,
        "RetrievalByteRange": str(place) if place else None,
        "SHA256TreeHash": tree_hash(archive, place) if archive and place and is_told else None,
        "Tier": tier if archive else None,
    }
