"""The state of one running stand-in."""

from dataclasses import dataclass, field

from local.globus.clients import Clients
from local.globus.grants import Grants
from local.globus.identities import IDENTITIES, Identity
from local.globus.signing import SigningKey


@dataclass(frozen=True)
class Provider:
    """Everything that the pages and endpoints share."""

    issuer: str
    clients: Clients
    grants: Grants = field(default_factory=Grants)
    key: SigningKey = field(default_factory=SigningKey)

    def identity(self, identity_id: str) -> Identity | None:
        """One of the researchers."""
        return next((identity for identity in IDENTITIES if identity.id == identity_id), None)
