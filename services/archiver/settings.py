"""What the archiver can be told."""

from __future__ import annotations

from dataclasses import dataclass

from gas.settings import setting
from gas.worker_settings import WorkerSettings


@dataclass(frozen=True, kw_only=True)
class ArchiverSettings(WorkerSettings):
    """The settings of the archiver."""

    accounts_table: str = setting("GAS_ACCOUNTS_TABLE", "DynamoDB table of the accounts")
    cold_store: str = setting(
        "GAS_COLD_STORE",
        "where cold copies go: the S3 storage class GLACIER or DEEP_ARCHIVE",
        default="GLACIER",
    )
    restore_requests_topic: str = setting(
        "GAS_RESTORE_REQUESTS_TOPIC", "ARN of the topic on which restores are asked for"
    )
    archive_requests_topic: str = setting(
        "GAS_ARCHIVE_REQUESTS_TOPIC", "ARN of the topic on which archival and new windows are asked for"
    )
