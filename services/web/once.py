"""What makes a second click on a button the same submission as the first."""

from __future__ import annotations

import hashlib
import uuid


def new_form_id() -> str:
    """An id for one form on one page."""
    return str(uuid.uuid4())


def job_id_of(form_id: str, *parts: bytes) -> str:
    """The job that a form with this id and this content becomes.

    The same form sent twice is the same job; sent by another user, or with another text, it is another
    one, and nobody can choose the id of a job. Without an id that we could have made, every form is new.
    """
    if not is_form_id(form_id):
        return str(uuid.uuid4())
    digest = hashlib.sha256(form_id.encode())
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return str(uuid.UUID(bytes=digest.digest()[:16], version=4))


def is_form_id(form_id: str) -> bool:
    """Whether this is a random UUID (RFC 9562, version 4) as we write them."""
    try:
        parsed = uuid.UUID(form_id)
    except ValueError:
        return False
    return parsed.version == 4 and str(parsed) == form_id  # noqa: PLR2004 - as in uuid4.
