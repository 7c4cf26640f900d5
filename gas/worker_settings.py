"""The settings that every worker has."""

from __future__ import annotations

from dataclasses import dataclass

from gas.after_completion import WARNING_SECONDS
from gas.health_check import HealthSettings
from gas.settings import setting
from gas.worker import Timing


@dataclass(frozen=True, kw_only=True)
class WorkerSettings(HealthSettings):
    """What a worker needs to know besides its own subject."""

    queue_url: str = setting("GAS_QUEUE_URL", "address of the queue that this service takes its work from")
    jobs_table: str = setting("GAS_JOBS_TABLE", "DynamoDB table of the jobs")
    results_bucket: str = setting("GAS_RESULTS_BUCKET", "S3 bucket of the results")
    state_machine_arn: str = setting("GAS_STATE_MACHINE_ARN", "ARN of the after_completion state machine")
    retention_seconds: int = setting(
        "GAS_RETENTION_SECONDS", "for how long a free user can download results", default=180
    )
    warning_seconds: float = setting(
        "GAS_WARNING_SECONDS",
        "how long before the results of a free user are archived a mail says so; 0: never",
        default=WARNING_SECONDS,
    )
    stop_grace_seconds: float = setting(
        "GAS_STOP_GRACE_SECONDS",
        "what SIGTERM leaves for the work in hand; under the stop timeout",
        default=20.0,
    )
    retry_seconds: float = setting(
        "GAS_RETRY_SECONDS", "pause before a failed message is tried again; doubled each time", default=5.0
    )
    agent_uri: str = setting(
        "ECS_AGENT_URI",
        "where the worker has its task protected from scale-in; set by ECS itself; empty: nowhere",
        default="",
    )
    log_level: str = setting("GAS_LOG_LEVEL", "least level that is logged", default="INFO")

    @property
    def timing(self) -> Timing:
        """The settings of the worker loop."""
        return Timing(self.visibility_seconds, self.stop_grace_seconds, self.retry_seconds)
