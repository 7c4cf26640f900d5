"""The archiver's process: settings, logs, adapters, handlers, run."""

from __future__ import annotations

import time
from functools import partial

from gas.aws.accounts import DynamoAccountStore
from gas.aws.clients import Clients
from gas.aws.glacier_classes import GlacierClassStorage
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SnsBus, SqsInbox, StepFunctionsExecutions
from gas.aws.objects import S3ObjectStore
from gas.logs import configure_logs
from gas.messages import AccountDowngraded, ArchiveDue, Topic, WindowRequested
from gas.process import announce_start, run_service
from gas.settings import load
from gas.worker import Handlers, Worker
from services.archiver.handlers import archive_results, open_window, open_windows
from services.archiver.settings import ArchiverSettings


def main() -> None:
    """Archive what is due, until told to stop."""
    settings = load(ArchiverSettings)
    configure_logs("archiver", level=settings.log_level)
    aws = Clients()
    inbox = SqsInbox(aws["sqs"], settings.queue_url, visibility=settings.visibility_seconds)
    jobs = DynamoJobStore(aws["dynamodb"], settings.jobs_table)
    accounts = DynamoAccountStore(aws["dynamodb"], settings.accounts_table)
    results = S3ObjectStore(aws["s3"], settings.results_bucket)
    cold = GlacierClassStorage(aws["s3"], settings.results_bucket, storage_class=settings.cold_store)
    executions = StepFunctionsExecutions(aws["stepfunctions"], settings.state_machine_arn)
    topics = {
        Topic.RESTORE_REQUESTS: settings.restore_requests_topic,
        Topic.ARCHIVE_REQUESTS: settings.archive_requests_topic,
    }
    bus = SnsBus(aws["sns"], topics)
    announce_start(settings, [inbox, jobs, accounts, results, cold, executions, bus])
    handlers: Handlers = {
        ArchiveDue: partial(
            archive_results,
            jobs=jobs,
            accounts=accounts,
            results=results,
            cold=cold,
            bus=bus,
            clock=time.time,
        ),
        AccountDowngraded: partial(open_windows, jobs=jobs, bus=bus),
        WindowRequested: partial(
            open_window,
            jobs=jobs,
            accounts=accounts,
            executions=executions,
            clock=time.time,
            retention_seconds=settings.retention_seconds,
        ),
    }
    Worker(inbox, handlers, settings.timing, health_file=settings.health_file).run()


if __name__ == "__main__":
    run_service(main)
