"""What the archiver can be told."""

from __future__ import annotations

from dataclasses import dataclass

from gas.settings import setting
from gas.worker_settings import WorkerSettings

#: Under it, three months in S3 Glacier Flexible Retrieval cost more than three months in S3 Standard: each
#: object is charged for being put in, and for 40 KiB that are kept beside it (`gas.cold_stores`).
MIN_ARCHIVE_BYTES = 512 * 1024


@dataclass(frozen=True, kw_only=True)
class ArchiverSettings(WorkerSettings):
    """The settings of the archiver."""

    accounts_table: str = setting("GAS_ACCOUNTS_TABLE", "DynamoDB table of the accounts")
    inputs_bucket: str = setting(
        "GAS_INPUTS_BUCKET", "S3 bucket of the uploads; those of deleted jobs are removed"
    )
    cold_store: str = setting(
        "GAS_COLD_STORE",
        "where cold copies go: the S3 storage class GLACIER or DEEP_ARCHIVE, or VAULT",
        default="GLACIER",
    )
    vault: str = setting(
        "GAS_VAULT",
        "name of the Amazon Glacier vault; needed with VAULT, and as long as archives lie in it",
        default="",
    )
    min_archive_bytes: int = setting(
        "GAS_MIN_ARCHIVE_BYTES",
        "the cold copy of a smaller file stays in S3 Standard, where it costs less",
        default=MIN_ARCHIVE_BYTES,
    )
    restore_requests_topic: str = setting(
        "GAS_RESTORE_REQUESTS_TOPIC", "ARN of the topic on which restores are asked for"
    )
    archive_requests_topic: str = setting(
        "GAS_ARCHIVE_REQUESTS_TOPIC", "ARN of the topic on which archival and new windows are asked for"
    )
    job_requests_topic: str = setting(
        "GAS_JOB_REQUESTS_TOPIC", "ARN of the topic on which the sweep asks for annotation again"
    )
    sweep_patience_seconds: float = setting(
        "GAS_SWEEP_PATIENCE_SECONDS",
        "how late a step may be before the sweep asks for it again; not under the longest pause of a message",
        default=900.0,
    )
