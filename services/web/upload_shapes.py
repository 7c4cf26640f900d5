"""What is told to whoever uploads a file: the browser's script, or a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from gas.jobs import Job
from gas.part_uploads import Part, PartAddress
from services.web.part_uploads import WantedPart, cut_of
from services.web.submission import Ticket

#: Where parts are asked about, for browsers and for programs: GET says which are stored, POST signs.
PAGES, API = "uploads.parts", "api.parts"


def ticket_shape(ticket: Ticket, endpoint: str) -> dict[str, Any]:
    """How the file is uploaded: with one form, or in parts."""
    if ticket.form is None:
        return {"parts": parts_shape(ticket.job, endpoint)}
    return {"upload": {"url": ticket.form.url, "fields": dict(ticket.form.fields)}}


def parts_shape(job: Job, endpoint: str) -> dict[str, Any]:
    """How the file is cut, and where parts are asked about."""
    cut, address = cut_of(job), url_for(endpoint, job_id=job.job_id)
    return {"size": cut.part_size, "count": cut.count, "sign_url": address, "stored_url": address}


def stored_shape(job: Job, stored: Sequence[Part], endpoint: str) -> dict[str, Any]:
    """What is needed to go on with an upload."""
    return {
        "file_name": job.file_name,
        "file_size": job.upload_bytes,
        "parts": parts_shape(job, endpoint),
        "stored": [{"number": each.number, "size": each.size, "sha256": each.sha256} for each in stored],
    }


def signed_shape(wanted: Sequence[WantedPart], addresses: Sequence[PartAddress]) -> dict[str, Any]:
    """Where each of the wanted parts is sent by PUT, and with which headers."""
    pairs = zip(wanted, addresses, strict=True)
    return {
        "parts": [
            {"number": part.number, "url": address.url, "headers": dict(address.headers)}
            for part, address in pairs
        ]
    }
