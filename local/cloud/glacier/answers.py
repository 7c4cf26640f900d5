"""What is sent back for a request."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from local.cloud.glacier.errors import GlacierError
from local.cloud.s3.requests import StartResponse


@dataclass(frozen=True)
class Answer:
    """One answer; a body of a size that is not known from `content` names it in its headers."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | Iterable[bytes] = b""

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Begin the answer and give its body."""
        headers = {"x-amzn-RequestId": uuid.uuid4().hex, **self.headers}
        if isinstance(self.content, bytes):
            headers["Content-Length"] = str(len(self.content))
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(headers.items()))
        return [self.content] if isinstance(self.content, bytes) else self.content


def document(content: dict[str, Any]) -> Answer:
    """200 with JSON."""
    return Answer(200, {"Content-Type": "application/json"}, json.dumps(content).encode())


def refusal(error: GlacierError) -> Answer:
    """The error as an answer."""
    return Answer(error.status, {"Content-Type": "application/json"}, error.document())


def done() -> Answer:
    """204: nothing to say."""
    return Answer(204)


def archive_created(vault_path: str, archive_id: str, tree_hash: str) -> Answer:
    """201 for a new archive; what its tree hash was found to be is told."""
    location = f"{vault_path}/archives/{archive_id}"
    headers = {"Location": location, "x-amz-archive-id": archive_id, "x-amz-sha256-tree-hash": tree_hash}
    return Answer(201, headers)
