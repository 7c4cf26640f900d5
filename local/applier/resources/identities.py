"""AWS::SES::EmailIdentity."""

from typing import Any

from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

SHAPE = {"EmailIdentity": SCALAR}


def apply(_logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """An address or a domain that mail may come from; the local cloud needs no confirmation."""
    ses, identity = target.client("sesv2"), properties["EmailIdentity"]
    try:
        ses.get_email_identity(EmailIdentity=identity)
    except ses.exceptions.NotFoundException:
        ses.create_email_identity(EmailIdentity=identity)
    return Applied(identity)
