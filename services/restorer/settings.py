"""What the restorer can be told."""

from __future__ import annotations

from dataclasses import dataclass

from gas.after_completion import MAIL_GATHER_SECONDS
from gas.settings import setting
from gas.worker_settings import WorkerSettings


@dataclass(frozen=True, kw_only=True)
class RestorerSettings(WorkerSettings):
    """The settings of the restorer."""

    accounts_table: str = setting("GAS_ACCOUNTS_TABLE", "DynamoDB table of the accounts")
    vault: str = setting(
        "GAS_VAULT",
        "name of the Amazon Glacier vault; needed as long as archives lie in it",
        default="",
    )
    restore_completed_topic: str = setting(
        "GAS_RESTORE_COMPLETED_TOPIC",
        "ARN of the topic on which the vault says that a retrieval has ended; needed with GAS_VAULT",
        default="",
    )
    usual_tier: str = setting(
        "GAS_RESTORE_TIER",
        "how results are asked for where the user does not say: Expedited, Standard or Bulk",
        default="Expedited",
    )
    mail_gather_seconds: float = setting(
        "GAS_MAIL_GATHER_SECONDS",
        "results of one user that come back within so long are told of by one mail",
        default=MAIL_GATHER_SECONDS,
    )
    restore_requests_topic: str = setting(
        "GAS_RESTORE_REQUESTS_TOPIC", "ARN of the topic on which restores are asked for"
    )
