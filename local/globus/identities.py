"""The researchers who can log in."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """One Globus identity; its id is the same at every start, so that jobs keep their owner."""

    username: str
    name: str
    organization: str
    email: str

    @property
    def id(self) -> str:
        """A UUID made from the username."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.username))

    @property
    def provider_id(self) -> str:
        """The identity provider: the domain of the username."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.username.partition("@")[2]))

    def summary(self) -> dict[str, str]:
        """As an `identity_set` lists it."""
        return {
            "sub": self.id,
            "username": self.username,
            "name": self.name,
            "email": self.email,
            "organization": self.organization,
            "identity_provider": self.provider_id,
            "identity_provider_display_name": self.organization,
        }


IDENTITIES = (
    Identity("ada@uchicago.edu", "Ada Lovelace", "University of Chicago", "ada@uchicago.edu"),
    Identity("barbara@cshl.edu", "Barbara McClintock", "Cold Spring Harbor Laboratory", "barbara@cshl.edu"),
    Identity("gregor@augustinian.org", "Gregor Mendel", "St Thomas's Abbey", "gregor@augustinian.org"),
)
