"""What programs send in, checked field by field."""

from __future__ import annotations

from flask import request

from services.web.refusals import Refusal

_WANTED = 'Send a JSON object such as {"file_name": "sample.vcf", "size": 1234}.'


def ticket_request() -> tuple[str, int]:
    """Name and size of the file that is about to be uploaded."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal(_WANTED)
    name, size = body.get("file_name"), body.get("size")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(f"The field file_name is missing or empty. {_WANTED}")
    if not isinstance(size, int) or isinstance(size, bool):
        raise Refusal(f"The field size is not a number of bytes. {_WANTED}")
    return name, size
