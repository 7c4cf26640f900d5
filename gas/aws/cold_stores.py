"""Both kinds of cold storage behind one port, so that the setting may change while archives lie in both."""

from __future__ import annotations

from collections.abc import Callable

from gas.aws.clients import Clients
from gas.aws.glacier_classes import GlacierClassStorage
from gas.aws.glacier_vault import GlacierVaultStorage
from gas.aws.vault_retrievals import VAULT
from gas.cold_stores import COLD_STORES
from gas.errors import Misconfigured
from gas.jobs import ResultFile
from gas.keys import ARCHIVE
from gas.storage_ports import ColdStorage, Retrieval


class ColdStores:
    """`gas.storage_ports.ColdStorage` that puts new copies where the setting says and finds all of them.

    An archive id tells where its archive is: in S3 it is the key of the cold copy, and begins with
    ``archive/``; in a vault it is what the vault calls the archive, and has no slash.

    :param name: a name of `gas.cold_stores`.
    :param vault: None if there is none, and no archive lies in one.
    :param min_bytes: smaller files go to the S3 classes in any case.
    """

    def __init__(
        self, name: str, classes: ColdStorage, vault: ColdStorage | None, *, min_bytes: int = 0
    ) -> None:
        self.name = name
        self._classes = classes
        self._vault = vault
        self._min_bytes = min_bytes

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:
        """See `gas.storage_ports.ColdStorage`; a vault takes no empty archive."""
        small = file.size < max(self._min_bytes, 1)
        place = self._classes if self.name != VAULT or small else self._the_vault()
        return place.store(file, archive_key, note_upload)

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:
        """See `gas.storage_ports.ColdStorage`."""
        return self._place_of(file).retrieve(file, job_id, tier=tier)

    def bring_back(self, file: ResultFile, key: str) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        self._place_of(file).bring_back(file, key)

    def discard(self, file: ResultFile) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        self._place_of(file).discard(file)

    def verify(self) -> None:
        """See `gas.storage_ports.ColdStorage`."""
        self._classes.verify()
        if self._vault:
            self._vault.verify()

    def _place_of(self, file: ResultFile) -> ColdStorage:
        return self._classes if file.archive_id.startswith(f"{ARCHIVE}/") else self._the_vault()

    def _the_vault(self) -> ColdStorage:
        if self._vault is None:
            raise Misconfigured("GAS_VAULT is not set, and an archive lies in a vault; set it to its name")
        return self._vault


def open_cold_stores(
    clients: Clients,
    bucket: str,
    *,
    name: str = "GLACIER",
    vault: str = "",
    topic: str | None = None,
    min_bytes: int = 0,
) -> ColdStores:
    """The cold storage of a service, from its settings.

    :param name: ``GAS_COLD_STORE``.
    :param vault: ``GAS_VAULT``; empty if there is none.
    :param topic: ARN of the topic on which the vault says that a retrieval has ended; None for a service
        that asks for none.
    :param min_bytes: smaller files are not worth a place in Glacier (`GlacierClassStorage`).
    :raises Misconfigured: the settings do not go together.
    """
    if name not in COLD_STORES:
        raise Misconfigured(f"GAS_COLD_STORE: {name!r} is none of {', '.join(COLD_STORES)}")
    if name == VAULT and not vault:
        raise Misconfigured("GAS_VAULT: is not set; GAS_COLD_STORE is VAULT, so it has to name the vault")
    if vault and topic == "":
        raise Misconfigured("GAS_RESTORE_COMPLETED_TOPIC: is not set; with GAS_VAULT it has to be")
    in_classes = GlacierClassStorage(
        clients["s3"], bucket, storage_class="GLACIER" if name == VAULT else name, min_bytes=min_bytes
    )
    in_vault = (
        GlacierVaultStorage(clients["glacier"], clients["s3"], vault=vault, bucket=bucket, topic=topic or "")
        if vault
        else None
    )
    return ColdStores(name, in_classes, in_vault, min_bytes=min_bytes)
