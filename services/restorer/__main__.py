"""The restorer's process: settings, logs, adapters, handlers, run."""

from __future__ import annotations

import time
from functools import partial

from gas.aws.accounts import DynamoAccountStore
from gas.aws.clients import Clients
from gas.aws.cold_stores import open_cold_stores
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SnsBus, SqsInbox, StepFunctionsExecutions
from gas.aws.objects import S3ObjectStore
from gas.logs import configure_logs
from gas.messages import JobRestoreRequested, RestoreRequested, RetrievalCompleted, Topic
from gas.process import Verifiable, announce_start, run_service
from gas.settings import load
from gas.task_protection import open_protection
from gas.worker import Handlers, Worker
from services.restorer.handlers import Restoring, finish_retrieval, restore_account, restore_job
from services.restorer.settings import RestorerSettings


def main() -> None:
    """Restore what is asked for, until told to stop."""
    settings = load(RestorerSettings)
    configure_logs("restorer", level=settings.log_level)
    aws = Clients()
    protection = open_protection(settings.agent_uri)
    inbox = SqsInbox(aws["sqs"], settings.queue_url, visibility=settings.visibility_seconds)
    bus = SnsBus(aws["sns"], {Topic.RESTORE_REQUESTS: settings.restore_requests_topic})
    restoring = Restoring(
        jobs=DynamoJobStore(aws["dynamodb"], settings.jobs_table),
        accounts=DynamoAccountStore(aws["dynamodb"], settings.accounts_table),
        results=S3ObjectStore(aws["s3"], settings.results_bucket),
        cold=open_cold_stores(
            aws, settings.results_bucket, vault=settings.vault, topic=settings.restore_completed_topic
        ),
        executions=StepFunctionsExecutions(aws["stepfunctions"], settings.state_machine_arn),
        clock=time.time,
        retention_seconds=settings.retention_seconds,
        warning_seconds=settings.warning_seconds,
        mail_gather_seconds=settings.mail_gather_seconds,
        usual_tier=settings.usual_tier,
    )
    ports: list[Verifiable] = [
        inbox,
        protection,
        bus,
        restoring.jobs,
        restoring.accounts,
        restoring.cold,
        restoring.executions,
    ]
    announce_start(settings, ports)
    handlers: Handlers = {
        RestoreRequested: partial(restore_account, jobs=restoring.jobs, bus=bus),
        JobRestoreRequested: partial(restore_job, restoring=restoring),
        RetrievalCompleted: partial(finish_retrieval, restoring=restoring),
    }
    Worker(inbox, handlers, settings.timing, health_file=settings.health_file, protection=protection).run()


if __name__ == "__main__":
    run_service(main)
