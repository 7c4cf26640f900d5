"""boto3 clients, and what their errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from gas.errors import Misconfigured

#: The longest answer that is waited for is the long poll of SQS, 20 seconds.
READ_TIMEOUT_SECONDS = 65
CONNECT_TIMEOUT_SECONDS = 5
ATTEMPTS = 4


class Clients:
    """Makes each client once; clients, unlike sessions, may be shared by threads.

    https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    """

    def __init__(self) -> None:
        self._session = boto3.session.Session()
        self._clients: dict[str, Any] = {}

    def __getitem__(self, service: str) -> Any:
        if service not in self._clients:
            config = _S3_CONFIG if service == "s3" else _CONFIG
            self._clients[service] = self._session.client(service, config=config)
        return self._clients[service]


_CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_SECONDS,
    read_timeout=READ_TIMEOUT_SECONDS,
    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    user_agent_extra="gas",
)

# Version 4 signatures are asked for because boto3 would still presign with version 2 in us-east-1.
_S3_CONFIG = _CONFIG.merge(Config(signature_version="s3v4"))


def code_of(error: ClientError) -> str:
    """The error code of AWS, such as ``NoSuchKey``."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def proving(what: str) -> Iterator[None]:
    """Turn any failure into `Misconfigured`, saying what could not be reached and why."""
    try:
        yield
    except (ClientError, BotoCoreError, ValueError) as error:
        raise Misconfigured(f"{what} cannot be reached: {error}") from error
