"""Submitting: the page with its three tabs, and what its forms and its script ask for."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.web.context import site
from services.web.identity import current_account, require_login
from services.web.request_bodies import ticket_request
from services.web.submission import confirm_upload, create_job, submit_text
from services.web.submit_view import TABS, pasted, submit_page

blueprint = Blueprint("submit", __name__)
blueprint.before_request(require_login)

EXAMPLE_NAME = "example.vcf"


@blueprint.get("/jobs/new")
def new_job() -> ResponseReturnValue:
    """The page to submit a VCF on."""
    tab = request.args.get("tab", "file")
    return submit_page(tab if tab in TABS else "file")


@blueprint.post("/jobs")
def make_ticket() -> ResponseReturnValue:
    """Record a job for the file that the browser is about to upload."""
    ticket = create_job(site(), current_account(), *ticket_request())
    job_id = ticket.job.job_id
    return jsonify(
        upload={"url": ticket.form.url, "fields": dict(ticket.form.fields)},
        uploaded_url=url_for("submit.uploaded", job_id=job_id),
        job_url=url_for("jobs.show", job_id=job_id),
    ), 201


@blueprint.post("/jobs/<job_id>/uploaded")
def uploaded(job_id: str) -> ResponseReturnValue:
    """The browser has uploaded the file."""
    job = confirm_upload(site(), current_account(), job_id)
    return jsonify(job_url=url_for("jobs.show", job_id=job.job_id))


@blueprint.post("/jobs/paste")
def paste() -> ResponseReturnValue:
    """Submit the text of a form field."""
    sent = pasted()
    return _submit(sent.name or "pasted.vcf", sent.text.encode())


@blueprint.post("/jobs/example")
def example() -> ResponseReturnValue:
    """Submit the example."""
    return _submit(EXAMPLE_NAME, site().example)


def _submit(name: str, text: bytes) -> ResponseReturnValue:
    job = submit_text(site(), current_account(), name, text, form_id=request.form.get("form_id", ""))
    return redirect(url_for("jobs.show", job_id=job.job_id), 303)
