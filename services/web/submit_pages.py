"""Submitting: the page with its three tabs, and what its forms and its script ask for."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.web.again import Changes, run_again
from services.web.context import site
from services.web.forecast import estimate
from services.web.identity import current_account, require_login
from services.web.owned_jobs import owned_job
from services.web.refusals import Refusal
from services.web.request_bodies import digest_of_parts, estimated_size, ticket_request
from services.web.submission import JobRequest, confirm_upload, create_job, submit_text
from services.web.submit_view import EXAMPLE_GENOME, TABS, Chosen, chosen, pasted, submit_page
from services.web.upload_shapes import PAGES, ticket_shape

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
    ticket = create_job(site(), current_account(), ticket_request())
    job_id = ticket.job.job_id
    return jsonify(
        **ticket_shape(ticket, PAGES),
        uploaded_url=url_for("submit.uploaded", job_id=job_id),
        job_url=url_for("jobs.show", job_id=job_id),
    ), 201


@blueprint.post("/jobs/<job_id>/uploaded")
def uploaded(job_id: str) -> ResponseReturnValue:
    """The browser has uploaded the file."""
    job = confirm_upload(site(), current_account(), job_id, digest_of_parts())
    return jsonify(job_url=url_for("jobs.show", job_id=job.job_id))


@blueprint.post("/jobs/preflight")
def preflight() -> ResponseReturnValue:
    """How long a file of this size would wait and run, were it submitted now."""
    return jsonify(estimate(site(), current_account(), estimated_size()))


@blueprint.post("/jobs/paste")
def paste() -> ResponseReturnValue:
    """Submit the text of a form field."""
    sent = pasted()
    return _submit(sent.file_name or "pasted.vcf", sent.text.encode(), sent.chosen)


@blueprint.post("/jobs/example")
def example() -> ResponseReturnValue:
    """Submit the example."""
    return _submit(EXAMPLE_NAME, site().example, Chosen(genome=EXAMPLE_GENOME))


@blueprint.post("/jobs/earlier")
def earlier() -> ResponseReturnValue:
    """Submit the stored file of an earlier job once more."""
    job_id = request.form.get("job", "")
    if not job_id:
        raise Refusal("No earlier upload was chosen. Please go back and choose one.")
    changes = Changes(**asdict(chosen()), form_id=request.form.get("form_id", ""))
    job = run_again(site(), current_account(), owned_job(job_id), changes)
    return redirect(url_for("jobs.show", job_id=job.job_id), 303)


def _submit(name: str, text: bytes, settings: Chosen) -> ResponseReturnValue:
    wanted = JobRequest(file_name=name, size=len(text), **asdict(settings))
    job = submit_text(site(), current_account(), wanted, text, form_id=request.form.get("form_id", ""))
    return redirect(url_for("jobs.show", job_id=job.job_id), 303)
