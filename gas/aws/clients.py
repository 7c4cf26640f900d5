"""boto3 clients, and what their errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from gas.errors import Misconfigured

#: How long an answer may take. A long poll of SQS takes 20 seconds, a copy inside S3 minutes with a sign of
#: life now and then, and a vault hashes a whole part before it answers; everything else is quick, and a
#: heartbeat that hangs must not outlast what it extends.
READ_TIMEOUT_SECONDS = 10
READ_TIMEOUTS = {"sqs": 30, "s3": 60, "glacier": 60}
CONNECT_TIMEOUT_SECONDS = 3
ATTEMPTS = 4


class Clients:
    """Makes each client once; clients, unlike sessions, may be shared by threads.

    :param read_timeout: seconds to wait for an answer; a process that serves people waits less long than
        one that polls a queue.
    :param attempts: how often a call is tried in all.

    https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    """

    def __init__(self, *, read_timeout: float | None = None, attempts: int = ATTEMPTS) -> None:
        core = botocore.session.get_session()
        self._session = boto3.session.Session(botocore_session=core)
        self._configured_style = core.get_scoped_config().get("s3", {}).get("addressing_style")
        self._read_timeout = read_timeout
        self._attempts = attempts
        self._clients: dict[str, Any] = {}

    def __getitem__(self, service: str) -> Any:
        if service not in self._clients:
            with proving(f"AWS ({service})"):
                self._clients[service] = self._session.client(service, config=self._config(service))
        return self._clients[service]

    def _config(self, service: str) -> Config:
        return Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=self._read_timeout or READ_TIMEOUTS.get(service, READ_TIMEOUT_SECONDS),
            retries={"mode": "standard", "total_max_attempts": self._attempts},
            user_agent_extra="gas",
            **(self._s3_options() if service == "s3" else {}),
        )

    def _s3_options(self) -> dict[str, Any]:
        """How S3 is addressed and signed.

        boto3 would still presign with version 2 in us-east-1, and in every other region make signed
        addresses of the global host, which answers for a new bucket with a redirect that no browser follows
        with an upload. Only the AWS configuration file says otherwise, for a storage that has one host name.
        """
        style = self._configured_style or "virtual"
        return {"signature_version": "s3v4", "s3": {"addressing_style": style}}


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
