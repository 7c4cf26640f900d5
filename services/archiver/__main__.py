"""The archiver's process: settings, logs, adapters, handlers, run."""

from __future__ import annotations

import time
from functools import partial

from gas.aws.accounts import DynamoAccountStore
from gas.aws.clients import Clients
from gas.aws.cold_stores import ColdStores, open_cold_stores
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SnsBus, SqsInbox, StepFunctionsExecutions
from gas.aws.objects import S3ObjectListing, S3ObjectStore
from gas.aws.part_uploads import S3PartUploads
from gas.logs import configure_logs
from gas.messages import (
    AccountDowngraded,
    ArchiveDue,
    DeletionRequested,
    SweepDue,
    Topic,
    WindowRequested,
)
from gas.process import Verifiable, announce_start, run_service
from gas.settings import load
from gas.task_protection import open_protection
from gas.worker import Handlers, Worker
from services.archiver.deletion import Bucket, Deleting, remove_deleted
from services.archiver.handlers import Archiving, archive_results, open_window, open_windows
from services.archiver.settings import ArchiverSettings
from services.archiver.sweep import Sweeping, sweep


def main() -> None:
    """Archive what is due, until told to stop."""
    settings = load(ArchiverSettings)
    configure_logs("archiver", level=settings.log_level)
    aws = Clients()
    protection = open_protection(settings.agent_uri)
    inbox = SqsInbox(aws["sqs"], settings.queue_url, visibility=settings.visibility_seconds)
    jobs = DynamoJobStore(aws["dynamodb"], settings.jobs_table)
    accounts = DynamoAccountStore(aws["dynamodb"], settings.accounts_table)
    results = S3ObjectStore(aws["s3"], settings.results_bucket)
    cold = _open_cold_stores(aws, settings)
    deleting = _open_deleting(aws, settings, jobs, cold)
    executions = StepFunctionsExecutions(aws["stepfunctions"], settings.state_machine_arn)
    topics = {
        Topic.RESTORE_REQUESTS: settings.restore_requests_topic,
        Topic.ARCHIVE_REQUESTS: settings.archive_requests_topic,
        Topic.JOB_REQUESTS: settings.job_requests_topic,
    }
    bus = SnsBus(aws["sns"], topics)
    stores: list[Verifiable] = [jobs, accounts, deleting.inputs.objects, results, cold]
    announce_start(settings, [inbox, protection, *stores, executions, bus])
    sweeping = Sweeping(
        jobs=jobs,
        late=jobs,
        accounts=accounts,
        untold=accounts,
        bus=bus,
        clock=time.time,
        patience_seconds=settings.sweep_patience_seconds,
    )
    archiving = Archiving(
        jobs=jobs,
        accounts=accounts,
        results=results,
        cold=cold,
        executions=executions,
        bus=bus,
        clock=time.time,
        retention_seconds=settings.retention_seconds,
        warning_seconds=settings.warning_seconds,
    )
    handlers: Handlers = {
        ArchiveDue: partial(archive_results, archiving=archiving),
        AccountDowngraded: partial(open_windows, archiving=archiving),
        WindowRequested: partial(open_window, archiving=archiving),
        DeletionRequested: partial(remove_deleted, deleting=deleting),
        SweepDue: partial(sweep, sweeping=sweeping),
    }
    Worker(inbox, handlers, settings.timing, health_file=settings.health_file, protection=protection).run()


def _open_deleting(
    aws: Clients, settings: ArchiverSettings, jobs: DynamoJobStore, cold: ColdStores
) -> Deleting:
    return Deleting(
        jobs=jobs,
        inputs=_open_bucket(aws, settings.inputs_bucket),
        uploads=S3PartUploads(aws["s3"], settings.inputs_bucket),
        results=_open_bucket(aws, settings.results_bucket),
        cold=cold,
        clock=time.time,
    )


def _open_bucket(aws: Clients, name: str) -> Bucket:
    return Bucket(S3ObjectStore(aws["s3"], name), S3ObjectListing(aws["s3"], name))


def _open_cold_stores(aws: Clients, settings: ArchiverSettings) -> ColdStores:
    return open_cold_stores(
        aws,
        settings.results_bucket,
        name=settings.cold_store,
        vault=settings.vault,
        min_bytes=settings.min_archive_bytes,
    )


if __name__ == "__main__":
    run_service(main)
