"""Applications that are registered with the stand-in."""

import hmac
import uuid
from dataclasses import dataclass

from werkzeug.datastructures import Authorization

DEFAULT_CLIENT_ID = str(uuid.uuid5(uuid.NAMESPACE_DNS, "gas.local"))
#: Known to everybody on purpose: it protects nothing but a stand-in on this machine.
DEFAULT_CLIENT_SECRET = "local-client-secret"  # noqa: S105


@dataclass(frozen=True)
class Client:
    """A confidential client: a web application that keeps a secret."""

    id: str
    name: str
    secret: str
    redirect_uris: frozenset[str]


@dataclass(frozen=True)
class Clients:
    """The registry."""

    known: dict[str, Client]

    @classmethod
    def of(cls, clients: list[Client]) -> "Clients":
        """By their ids."""
        return cls({client.id: client for client in clients})

    def find(self, client_id: str) -> Client | None:
        """None for an application that nobody registered."""
        return self.known.get(client_id)

    def authenticate(self, given: Authorization | None) -> Client | None:
        """The client that HTTP Basic proves; None when it proves nobody."""
        if given is None or given.type != "basic":
            return None
        client = self.find(given.username or "")
        if client and hmac.compare_digest(client.secret.encode(), (given.password or "").encode()):
            return client
        return None
