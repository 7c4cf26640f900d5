"""The roles of the account, as moto keeps them."""

from moto.iam.models import iam_backends

from local.cloud.accounts import ACCOUNT, PARTITION


def policies_of(name: str) -> list[str] | None:
    """The inline policies of a role, as JSON; None if there is no such role."""
    for role in iam_backends[ACCOUNT][PARTITION].roles.values():
        if role.name == name:
            return list(role.policies.values())
    return None
