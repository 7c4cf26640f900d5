"""The annotator's process: settings, logs, adapters, handlers, run."""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path

import structlog

from gas.aws.clients import Clients
from gas.aws.job_queue import DynamoJobQueue
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SqsInbox, StepFunctionsExecutions
from gas.aws.objects import S3ObjectStore
from gas.errors import Misconfigured
from gas.heartbeat import beating
from gas.logs import configure_logs
from gas.messages import JobSubmitted
from gas.process import Verifiable, announce_start, run_service
from gas.settings import load
from gas.task_protection import open_protection
from gas.worker import Handlers, Worker
from services.annotator.engines.built_in import Buckets
from services.annotator.engines.choice import choose_engine
from services.annotator.engines.engine import Engine
from services.annotator.handlers import Annotating, annotate_job
from services.annotator.settings import AnnotatorSettings

#: Well within what a health check is patient for.
SIGN_SECONDS = 10.0

log = structlog.get_logger()


def main() -> None:
    """Annotate what is submitted, until told to stop."""
    settings = load(AnnotatorSettings)
    configure_logs("annotator", level=settings.log_level)
    aws = Clients()
    protection = open_protection(settings.agent_uri)
    inbox = SqsInbox(aws["sqs"], settings.queue_url, visibility=settings.visibility_seconds)
    annotating = Annotating(
        jobs=DynamoJobStore(aws["dynamodb"], settings.jobs_table),
        queue=DynamoJobQueue(aws["dynamodb"], settings.jobs_table),
        inputs=S3ObjectStore(aws["s3"], settings.inputs_bucket),
        results=S3ObjectStore(aws["s3"], settings.results_bucket),
        executions=StepFunctionsExecutions(aws["stepfunctions"], settings.state_machine_arn),
        engine=open_engine(settings, partial(S3ObjectStore, aws["s3"])),
        clock=time.time,
        scratch=_empty(settings.scratch),
        lease_seconds=settings.lease_seconds,
        retention_seconds=settings.retention_seconds,
        warning_seconds=settings.warning_seconds,
    )
    ports: list[Verifiable] = [
        inbox,
        protection,
        annotating.jobs,
        annotating.inputs,
        annotating.results,
        annotating.executions,
    ]
    announce_start(settings, ports)
    log.info("engine.ready", engine=annotating.engine.name, **vars(annotating.engine.capabilities))
    handlers: Handlers = {JobSubmitted: partial(annotate_job, annotating=annotating)}
    Worker(inbox, handlers, settings.timing, health_file=settings.health_file, protection=protection).run()


def open_engine(settings: AnnotatorSettings, buckets: Buckets) -> Engine:
    """The engine, with signs of life for the health check: a pack from S3 may take minutes to come."""
    with beating(SIGN_SECONDS, settings.health_file.touch):
        return choose_engine(settings, buckets)


def _empty(scratch: Path) -> Path:
    """Remove what a worker that was killed left behind."""
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        for leftover in scratch.glob("job-*"):
            shutil.rmtree(leftover)
    except OSError as error:
        raise Misconfigured(f"GAS_SCRATCH: {error}") from error
    return scratch


if __name__ == "__main__":
    run_service(main)
