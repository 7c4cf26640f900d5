"""The ports of the web application, on AWS."""

from __future__ import annotations

from gas.aws.accounts import DynamoAccountStore, DynamoTokenStore
from gas.aws.clients import Clients
from gas.aws.jobs import DynamoJobStore
from gas.aws.messaging import SnsBus
from gas.aws.objects import S3ObjectStore, S3SignedAccess
from gas.messages import Topic
from services.web.context import Ports
from services.web.settings import WebSettings

#: A server has few threads and people do not wait long: a call that hangs gives its thread back within
#: seconds. The workers wait longer, for they poll queues and copy large files.
READ_TIMEOUT_SECONDS = 5
ATTEMPTS = 2


def connect(settings: WebSettings) -> Ports:
    """Clients are made here, so each server process has to call this for itself, after its fork."""
    aws = Clients(read_timeout=READ_TIMEOUT_SECONDS, attempts=ATTEMPTS)
    topics = {
        Topic.ARCHIVE_REQUESTS: settings.archive_requests_topic,
        Topic.RESTORE_REQUESTS: settings.restore_requests_topic,
    }
    return Ports(
        jobs=DynamoJobStore(aws["dynamodb"], settings.jobs_table),
        accounts=DynamoAccountStore(aws["dynamodb"], settings.accounts_table),
        tokens=DynamoTokenStore(aws["dynamodb"], settings.tokens_table),
        inputs=S3ObjectStore(aws["s3"], settings.inputs_bucket),
        results=S3ObjectStore(aws["s3"], settings.results_bucket),
        input_access=S3SignedAccess(aws["s3"], settings.inputs_bucket),
        result_access=S3SignedAccess(aws["s3"], settings.results_bucket),
        bus=SnsBus(aws["sns"], topics),
    )
