"""What programs send in, checked field by field."""

from __future__ import annotations

from flask import request

from services.web.refusals import Refusal

#: JSON numbers are exact up to here in every language.
MAX_SIZE = 2**53
_WANTED = 'Send a JSON object such as {"file_name": "sample.vcf", "size": 1234}.'


def ticket_request() -> tuple[str, int]:
    """Name and size of the file that is about to be uploaded."""
    body = _json_body()
    if not isinstance(body, dict):
        raise Refusal(_WANTED)
    name, size = body.get("file_name"), body.get("size")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(f"The field file_name is missing or empty. {_WANTED}")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MAX_SIZE:
        raise Refusal(f"The field size is not a number of bytes. {_WANTED}")
    return name, size


def wanted_tier() -> str:
    """How archived results are to be asked for; nothing, or no body at all, stands for the usual way."""
    body = _json_body() if request.get_data() else {}
    tier = body.get("tier", "") if isinstance(body, dict) else None
    if not isinstance(tier, str):
        raise Refusal('Send nothing, or a JSON object such as {"tier": "Standard"}.')
    return tier


def seen_cycle() -> int:
    """The cycle of the job that the program means."""
    body = _json_body()
    cycle = body.get("cycle") if isinstance(body, dict) else None
    if not isinstance(cycle, int) or isinstance(cycle, bool):
        raise Refusal('Send a JSON object such as {"cycle": 1}, with the cycle of the job as you saw it.')
    return cycle


def _json_body() -> object:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        # Nested so deeply that nobody can mean it.
        return None
