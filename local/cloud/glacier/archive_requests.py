"""The operations on archives.

https://docs.aws.amazon.com/amazonglacier/latest/dev/archive-operations.html
"""

from local.cloud.glacier.answers import Answer, archive_created, done
from local.cloud.glacier.archives import Archive, check_description
from local.cloud.glacier.calls import Call
from local.cloud.glacier.payloads import receive
from local.cloud.glacier.routes import Route
from local.cloud.glacier.vaults import Vaults

DESCRIPTION = "x-amz-archive-description"


class ArchiveRequests:
    """Answers them over the vaults of the cloud."""

    def __init__(self, vaults: Vaults) -> None:
        self._vaults = vaults

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            Route("POST", "vaults/*/archives", self.upload),
            Route("DELETE", "vaults/*/archives/*", self.delete),
        ]

    def upload(self, call: Call, name: str) -> Answer:
        """UploadArchive."""
        vault = self._vaults.find(call.region, name)
        description = check_description(call.header(DESCRIPTION))
        payload = receive(call)
        archive = Archive(payload.body, payload.size, payload.leaves, description)
        self._vaults.keep(vault, archive)
        return archive_created(vault.path, archive.id, archive.tree_hash)

    def delete(self, call: Call, name: str, archive_id: str) -> Answer:
        """DeleteArchive."""
        self._vaults.discard(self._vaults.find(call.region, name), archive_id)
        return done()
