"""What is in a vault, as Amazon Glacier itself counts it.

An inventory is made about once a day and takes hours to retrieve:
https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-inventory.html
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gas.errors import NotYet

CHUNK_BYTES = 65_536
LIST = '"ArchiveList"'


@dataclass(frozen=True)
class InventoryEntry:
    """One archive.

    :ivar description: what the archive was described as; of ours, the archive key.
    :ivar created_at: seconds since the epoch.
    :ivar size: bytes.
    """

    archive_id: str
    description: str
    created_at: float
    size: int


class VaultInventory:
    """The inventory of one vault.

    Needs ``glacier:InitiateJob``, ``glacier:ListJobs`` and ``glacier:GetJobOutput``, and
    ``glacier:DeleteArchive`` to remove what should not be there.
    """

    def __init__(self, client: Any, vault: str) -> None:
        self._client = client
        self._vault = vault

    def entries(self) -> Iterator[InventoryEntry]:
        """Every archive of the latest inventory that was retrieved; a little of it is in memory at a time.

        :raises NotYet: none can be read; one was asked for, now or before.
        """
        job_id = self._readable()
        answer = self._client.get_job_output(vaultName=self._vault, jobId=job_id)
        return map(_entry, _listed(answer["body"].iter_chunks(CHUNK_BYTES)))

    def remove(self, entry: InventoryEntry) -> None:
        """Remove one archive."""
        self._client.delete_archive(vaultName=self._vault, archiveId=entry.archive_id)

    def _readable(self) -> str:
        known = [job for job in self._inventories() if job["StatusCode"] != "Failed"]
        ready = [job for job in known if job["StatusCode"] == "Succeeded"]
        if ready:
            latest = max(ready, key=lambda job: str(job["CreationDate"]))
            return str(latest["JobId"])
        if not known:
            parameters = {"Type": "inventory-retrieval", "Format": "JSON"}
            self._client.initiate_job(vaultName=self._vault, jobParameters=parameters)
        raise NotYet("an inventory of the vault was asked for; it usually takes three to five hours")

    def _inventories(self) -> list[Mapping[str, Any]]:
        pages = self._client.get_paginator("list_jobs").paginate(vaultName=self._vault)
        return [job for page in pages for job in page["JobList"] if _is_ours(job)]


def _is_ours(job: Mapping[str, Any]) -> bool:
    parameters = job.get("InventoryRetrievalParameters") or {}
    return job["Action"] == "InventoryRetrieval" and parameters.get("Format") == "JSON"


def _listed(chunks: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """The members of the list, which is the last field of the JSON object, each as soon as it is there."""
    text, decoder, begun = "", getincrementaldecoder("utf-8")(), False
    for chunk in chunks:
        text += decoder.decode(chunk)
        if not begun and LIST in text:
            text, begun = text.partition(LIST)[2].lstrip(" :["), True
        while begun and (member := _first(text)):
            yield member[0]
            text = text[member[1] :]
    if not text.lstrip().startswith("]"):
        raise ValueError("the inventory of the vault ended too early")


def _first(text: str) -> tuple[Mapping[str, Any], int] | None:
    """The first member and where it ends; None if it is not all there."""
    begins = text.find("{")
    try:
        return json.JSONDecoder().raw_decode(text, begins) if begins >= 0 else None
    except ValueError:
        return None


def _entry(row: Mapping[str, str]) -> InventoryEntry:
    return InventoryEntry(
        archive_id=row["ArchiveId"],
        description=row["ArchiveDescription"],
        created_at=datetime.fromisoformat(row["CreationDate"]).timestamp(),
        size=int(row["Size"]),
    )
