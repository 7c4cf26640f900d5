"""Archives of a vault made readable, and read.

Amazon Glacier calls a retrieval a job:
https://docs.aws.amazon.com/amazonglacier/latest/dev/downloading-an-archive-two-steps.html
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError
from botocore.utils import calculate_tree_hash

from gas.aws.byte_spans import Damaged, Fetch, read_again
from gas.aws.clients import code_of
from gas.aws.vault_uploads import NOT_FOUND
from gas.cold_stores import COLD_STORES, tiers_to_try
from gas.errors import NotFound, NotYet
from gas.jobs import ResultFile
from gas.storage_ports import Retrieval

VAULT = "VAULT"

#: No capacity for Expedited, or a data retrieval policy of the account that leaves no room for this one now.
#: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-initiate-job-post.html
_REFUSED = frozenset({"InsufficientCapacityException", "PolicyEnforcedException"})

#: A data retrieval policy limits bytes in an hour, so the next hour is another chance.
#: https://docs.aws.amazon.com/amazonglacier/latest/dev/data-retrieval-policy.html
POLICY_PAUSE_SECONDS = 3600.0


class VaultRetrievals:
    """The retrievals from one vault.

    Needs ``glacier:InitiateJob`` to ask, ``glacier:DescribeJob`` and ``glacier:ListJobs`` to see what was
    asked before, ``glacier:GetJobOutput`` to read.

    :param topic: ARN of the topic on which Amazon Glacier says that a retrieval has ended.
    """

    def __init__(self, client: Any, vault: str, topic: str) -> None:
        self._client = client
        self._vault = vault
        self._topic = topic

    def find(self, file: ResultFile) -> Retrieval | None:
        """A retrieval of this file that is under way or can be read; None if it has to be asked for.

        One that was asked for and not recorded, because the process ended in between, is in the list of
        recent ones. A retrieval that failed counts for nothing, and one that has expired is gone:
        https://docs.aws.amazon.com/amazonglacier/latest/dev/api-jobs-get.html
        """
        recorded = self._describe(file.retrieval_id) if file.retrieval_id else None
        known = [recorded] if recorded and _serves(recorded, file) else self._listed(file)
        if not known:
            return None
        best = max(known, key=_is_ready)
        return Retrieval("", ready=_is_ready(best), retrieval_id=best["JobId"])

    def ask(self, archive_id: str, job_id: str, wanted: str) -> Retrieval:
        """Ask for an archive, by a slower tier if this one is refused.

        :param job_id: comes back in the notification, as the description of the retrieval.
        :raises NotFound: there is no such archive.
        :raises NotYet: the account's policy leaves no room.
        """
        for tier in tiers_to_try(VAULT, wanted):
            try:
                retrieval_id = self._initiate(archive_id, job_id, tier)
            except ClientError as error:
                if code_of(error) == NOT_FOUND:
                    raise NotFound(f"no archive {archive_id}") from error
                if code_of(error) not in _REFUSED:
                    raise
            else:
                expected_seconds = COLD_STORES[VAULT].tiers[tier].usual_seconds
                return Retrieval(tier, False, expected_seconds, retrieval_id)
        raise NotYet("the vault takes no retrieval now", retry_after=POLICY_PAUSE_SECONDS)

    def reader(self, retrieval_id: str) -> Fetch:
        """Reads what was retrieved; each range is verified where the vault sends its tree hash.

        The reader raises `NotYet` if the retrieval has expired meanwhile, and ValueError for a range that
        comes damaged again and again.
        """

        def fetch(start: int, size: int) -> bytes:
            data = read_again(lambda: self._range(retrieval_id, start, size))
            if len(data) != size:
                raise ValueError(f"{len(data)} bytes instead of {size} came at byte {start} of a retrieval")
            return data

        return fetch

    def _initiate(self, archive_id: str, job_id: str, tier: str) -> str:
        parameters = {
            "Type": "archive-retrieval",
            "ArchiveId": archive_id,
            "Description": job_id,
            "SNSTopic": self._topic,
            "Tier": tier,
        }
        answer = self._client.initiate_job(vaultName=self._vault, jobParameters=parameters)
        retrieval_id: str = answer["jobId"]
        return retrieval_id

    def _describe(self, retrieval_id: str) -> Mapping[str, Any] | None:
        try:
            job: Mapping[str, Any] = self._client.describe_job(vaultName=self._vault, jobId=retrieval_id)
        except ClientError as error:
            if code_of(error) == NOT_FOUND:
                return None
            raise
        return job

    def _listed(self, file: ResultFile) -> list[Mapping[str, Any]]:
        pages = self._client.get_paginator("list_jobs").paginate(vaultName=self._vault)
        return [job for page in pages for job in page["JobList"] if _serves(job, file)]

    def _range(self, retrieval_id: str, start: int, size: int) -> bytes:
        wanted = f"bytes={start}-{start + size - 1}"
        try:
            answer = self._client.get_job_output(vaultName=self._vault, jobId=retrieval_id, range=wanted)
        except ClientError as error:
            if code_of(error) == NOT_FOUND:
                raise NotYet("the retrieval has expired and is asked for again") from error
            raise
        data: bytes = answer["body"].read()
        expected = answer.get("checksum")
        if expected and calculate_tree_hash(BytesIO(data)) != expected:
            raise Damaged(f"the retrieval came damaged at byte {start}")
        return data


def _serves(job: Mapping[str, Any], file: ResultFile) -> bool:
    """Whether a retrieval gives, or will give, the whole of this file."""
    return (
        job["Action"] == "ArchiveRetrieval"
        and job.get("ArchiveId") == file.archive_id
        and job["StatusCode"] != "Failed"
        and job.get("RetrievalByteRange") in (None, f"0-{file.size - 1}")
    )


def _is_ready(job: Mapping[str, Any]) -> bool:
    return bool(job["StatusCode"] == "Succeeded")
