"""Vaults, and what each of them holds.

https://docs.aws.amazon.com/amazonglacier/latest/dev/working-with-vaults.html
"""

import re
import threading
from dataclasses import dataclass, field
from typing import Any

from local.cloud.accounts import ACCOUNT
from local.cloud.glacier.archives import Archive
from local.cloud.glacier.errors import invalid, not_found, too_many
from local.cloud.glacier.jobs import Job
from local.cloud.glacier.times import now
from local.cloud.glacier.uploads import Upload

#: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vault-put.html
NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}")
MOST_VAULTS = 1_000


@dataclass
class Vault:
    """One vault; ``archives`` has what can be retrieved, ``deleted`` the ids of what could be once."""

    name: str
    region: str
    created: str = field(default_factory=now)
    archives: dict[str, Archive] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    uploads: dict[str, Upload] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    notifications: dict[str, Any] | None = None

    @property
    def path(self) -> str:
        """Where its address begins."""
        return f"/{ACCOUNT}/vaults/{self.name}"

    @property
    def arn(self) -> str:
        """Its name in the whole of AWS."""
        return f"arn:aws:glacier:{self.region}:{ACCOUNT}:vaults/{self.name}"

    def as_json(self) -> dict[str, Any]:
        """DescribeVault.

        On AWS the numbers are those of the last inventory, about a day old. Here they are those of now.
        """
        archives = list(self.archives.values())
        return {
            "CreationDate": self.created,
            "LastInventoryDate": now(),
            "NumberOfArchives": len(archives),
            "SizeInBytes": sum(archive.size for archive in archives),
            "VaultARN": self.arn,
            "VaultName": self.name,
        }


class Vaults:
    """Every vault of the cloud; a vault belongs to one region."""

    def __init__(self) -> None:
        self._vaults: dict[tuple[str, str], Vault] = {}
        self._lock = threading.Lock()

    def create(self, region: str, name: str) -> Vault:
        """A new one, or the one that is there, with all that it holds."""
        _check_name(name)
        with self._lock:
            vault = self._vaults.get((region, name))
            if vault is None:
                if len(self._of(region)) >= MOST_VAULTS:
                    raise too_many("vaults")
                vault = self._vaults[region, name] = Vault(name, region)
            return vault

    def find(self, region: str, name: str) -> Vault:
        """One that exists."""
        _check_name(name)
        vault = self._vaults.get((region, name))
        if vault is None:
            arn = Vault(name, region).arn
            raise not_found(f"Vault not found for ARN: {arn}")
        return vault

    def sorted(self, region: str) -> list[Vault]:
        """All of a region, by their names."""
        with self._lock:
            return sorted(self._of(region), key=lambda vault: vault.name)

    def delete(self, region: str, name: str) -> None:
        """Remove an empty vault; nothing happens if it is gone."""
        _check_name(name)
        with self._lock:
            vault = self._vaults.get((region, name))
            if vault and vault.archives:
                raise invalid(f"Vault not empty or recently written to: {vault.arn}")
            self._vaults.pop((region, name), None)

    def keep(self, vault: Vault, archive: Archive) -> None:
        """Add an archive to a vault, which may have been deleted while the archive came in."""
        with self._lock:
            if self._vaults.get((vault.region, vault.name)) is not vault:
                raise not_found(f"Vault not found for ARN: {vault.arn}")
            vault.archives[archive.id] = archive

    def discard(self, vault: Vault, archive_id: str) -> None:
        """Remove an archive; nothing happens if that was done before."""
        with self._lock:
            if vault.archives.pop(archive_id, None):
                vault.deleted.add(archive_id)
            elif archive_id not in vault.deleted:
                raise not_found(f"The archive ID was not found: {archive_id}")

    def _of(self, region: str) -> list[Vault]:
        return [vault for vault in self._vaults.values() if vault.region == region]


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise invalid(f"Invalid vault name: {name}")
