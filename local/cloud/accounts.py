"""The one account that lives in the local cloud."""

from dataclasses import dataclass

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import S3Backend, s3_backends

ACCOUNT = DEFAULT_ACCOUNT_ID
PARTITION = "aws"


@dataclass(frozen=True)
class AccessKey:
    """The operator's key pair; the key of a role has the role's name for its id, and the same secret."""

    id: str
    secret: str


def object_store() -> S3Backend:
    """S3 is one store for all regions, as on AWS."""
    return s3_backends[ACCOUNT][PARTITION]
