"""Uploaded data: taken in by pieces, and kept only if both of its checksums are right."""

import hashlib
from dataclasses import dataclass

from local.cloud.glacier.bodies import Body
from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.tree_hashes import LeafHashes, root

TREE_HASH = "x-amz-sha256-tree-hash"
LINEAR_HASH = "x-amz-content-sha256"
#: https://docs.aws.amazon.com/amazonglacier/latest/dev/uploading-an-archive.html: 4 GB in one request.
LARGEST_PAYLOAD = 4 * 1024**3


@dataclass(frozen=True)
class Payload:
    """Data of one request, with the hash of each MiB."""

    body: Body
    size: int
    leaves: tuple[bytes, ...]

    @property
    def tree_hash(self) -> str:
        """In hexadecimal."""
        return root(self.leaves)


def receive(call: Call) -> Payload:
    """Read, keep and verify the body of an upload."""
    tree_hash, linear_hash = call.required(TREE_HASH), call.required(LINEAR_HASH)
    if not 0 < call.length <= LARGEST_PAYLOAD:
        raise invalid(f"Invalid content length: {call.length}")
    body, leaves, linear, size = Body(), LeafHashes(), hashlib.sha256(), 0
    for chunk in call.chunks():
        body.write(size, chunk)
        leaves.update(chunk)
        linear.update(chunk)
        size += len(chunk)
    payload = Payload(body, size, leaves.leaves())
    _check("content SHA-256", linear_hash, linear.hexdigest())
    _check("SHA-256 tree hash", tree_hash, payload.tree_hash)
    return payload


def _check(what: str, declared: str, computed: str) -> None:
    if declared != computed:
        raise invalid(f"Checksum mismatch: the {what} is {computed}, not {declared}")
