"""What programs send in, checked field by field."""

from __future__ import annotations

import re

from flask import request

from services.web.once import is_form_id
from services.web.part_uploads import MAX_SIGNED, WantedPart
from services.web.refusals import Refusal
from services.web.submission import JobRequest

#: JSON numbers are exact up to here in every language.
MAX_SIZE = 2**53
_WANTED = 'Send a JSON object such as {"file_name": "sample.vcf", "size": 1234}.'
_WANTED_PARTS = (
    f'Send up to {MAX_SIGNED} parts, such as {{"parts": [{{"number": 1, "sha256": "..."}}]}}, each with its'
    " SHA-256 digest in hexadecimal."
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def ticket_request() -> JobRequest:
    """The file that is about to be uploaded, and how it is to be annotated."""
    body = _json_body()
    if not isinstance(body, dict):
        raise Refusal(_WANTED)
    name, size = body.get("file_name"), body.get("size")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(f"The field file_name is missing or empty. {_WANTED}")
    return JobRequest(name, _checked_size(size), **_settings(body))


def estimated_size() -> int:
    """The size of a file that is not submitted yet."""
    body = _json_body()
    return _checked_size(body.get("size") if isinstance(body, dict) else None)


def _checked_size(size: object) -> int:
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MAX_SIZE:
        raise Refusal(f"The field size is not a number of bytes. {_WANTED}")
    return size


def job_settings() -> dict[str, str]:
    """Name, genome and mode of a job, those of them that are sent."""
    body = _json_body() if request.get_data() else {}
    if not isinstance(body, dict):
        raise Refusal('Send nothing, or a JSON object such as {"name": "sample", "mode": "local"}.')
    return _settings(body)


def idempotency_key() -> str:
    """What makes a repetition of this request the same as the first; empty if the program has none.

    Named as in draft-ietf-httpapi-idempotency-key-header.
    """
    key = request.headers.get("Idempotency-Key", "")
    if key and not is_form_id(key):
        raise Refusal("The Idempotency-Key has to be a random UUID (version 4), in lower case.")
    return key


def _settings(body: dict[str, object]) -> dict[str, str]:
    """What says how a job is called and annotated; every field may be left out."""
    settings = {}
    for name in ("name", "genome", "mode"):
        value = body.get(name, "")
        if not isinstance(value, str):
            raise Refusal(f"The field {name} is not a text. Send a text, or leave it out.")
        settings[name] = value.strip()
    return settings


def wanted_parts() -> list[WantedPart]:
    """The parts of a file that are about to be sent."""
    body = _json_body()
    parts = body.get("parts") if isinstance(body, dict) else None
    if not isinstance(parts, list) or not 0 < len(parts) <= MAX_SIGNED:
        raise Refusal(_WANTED_PARTS)
    return [_wanted_part(each) for each in parts]


def _wanted_part(sent: object) -> WantedPart:
    number, digest = (sent.get("number"), sent.get("sha256")) if isinstance(sent, dict) else (None, None)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise Refusal(_WANTED_PARTS)
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise Refusal(_WANTED_PARTS)
    return WantedPart(number, digest)


def digest_of_parts() -> str:
    """What the sender of parts has sent; nothing, or no body at all, if it does not say."""
    body = _json_body() if request.get_data() else {}
    digest = body.get("sha256", "") if isinstance(body, dict) else ""
    if not isinstance(digest, str) or (digest and not _SHA256.fullmatch(digest)):
        raise Refusal("Send nothing, or the SHA-256 of the digests of all parts, in hexadecimal.")
    return digest


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
