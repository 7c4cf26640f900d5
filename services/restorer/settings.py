"""What the restorer can be told."""

from __future__ import annotations

from dataclasses import dataclass

from gas.settings import setting
from gas.worker_settings import WorkerSettings


@dataclass(frozen=True, kw_only=True)
class RestorerSettings(WorkerSettings):
    """The settings of the restorer."""

    accounts_table: str = setting("GAS_ACCOUNTS_TABLE", "DynamoDB table of the accounts")
    usual_tier: str = setting(
        "GAS_RESTORE_TIER",
        "how results are asked for where the user does not say: Expedited, Standard or Bulk",
        default="Expedited",
    )
    restore_requests_topic: str = setting(
        "GAS_RESTORE_REQUESTS_TOPIC", "ARN of the topic on which restores are asked for"
    )
