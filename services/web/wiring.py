"""The ports of the web application, on AWS."""

from __future__ import annotations

from gas.aws.accounts import DynamoAccountStore, DynamoTokenStore
from gas.aws.clients import Clients
from gas.aws.job_queue import DynamoJobQueue
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SnsBus
from gas.aws.object_copies import S3ObjectCopies
from gas.aws.objects import S3ObjectStore, S3ObjectStream, S3SignedAccess
from gas.aws.owned_jobs import DynamoOwnedJobs
from gas.aws.part_uploads import S3PartUploads
from gas.messages import Topic
from services.web.context import Ports
from services.web.settings import WebSettings

#: A server has few threads and people do not wait long: a call that hangs gives its thread back within
#: seconds. The workers wait longer, for they poll queues and copy large files.
READ_TIMEOUT_SECONDS = 5
ATTEMPTS = 2

#: S3 may take this long to put the parts of a large file together, and says little meanwhile.
PARTS_TIMEOUT_SECONDS = 50

#: Of an input that is copied in parts: S3 copies such a part well within that time.
COPY_PART_BYTES = 64 * 1024**2


def connect(settings: WebSettings) -> Ports:
    """Clients are made here, so each server process has to call this for itself, after its fork."""
    aws = Clients(read_timeout=READ_TIMEOUT_SECONDS, attempts=ATTEMPTS)
    patient = Clients(read_timeout=PARTS_TIMEOUT_SECONDS, attempts=ATTEMPTS)
    topics = {
        Topic.ARCHIVE_REQUESTS: settings.archive_requests_topic,
        Topic.RESTORE_REQUESTS: settings.restore_requests_topic,
    }
    return Ports(
        jobs=DynamoJobStore(aws["dynamodb"], settings.jobs_table),
        queue=DynamoJobQueue(aws["dynamodb"], settings.jobs_table),
        accounts=DynamoAccountStore(aws["dynamodb"], settings.accounts_table),
        owned_jobs=DynamoOwnedJobs(aws["dynamodb"], settings.accounts_table, settings.jobs_table),
        tokens=DynamoTokenStore(aws["dynamodb"], settings.tokens_table),
        inputs=S3ObjectStore(aws["s3"], settings.inputs_bucket),
        results=S3ObjectStore(aws["s3"], settings.results_bucket),
        input_access=S3SignedAccess(aws["s3"], settings.inputs_bucket),
        input_copies=S3ObjectCopies(
            patient["s3"], settings.inputs_bucket, single_bytes=COPY_PART_BYTES, part_bytes=COPY_PART_BYTES
        ),
        result_access=S3SignedAccess(aws["s3"], settings.results_bucket),
        result_stream=S3ObjectStream(aws["s3"], settings.results_bucket),
        part_uploads=S3PartUploads(patient["s3"], settings.inputs_bucket),
        bus=SnsBus(aws["sns"], topics),
    )
