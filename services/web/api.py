"""The JSON API for programs. A bearer token is the only way in; the session cookie means nothing here."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from gas.jobs import Job
from services.web.access_tokens import account_of
from services.web.api_shapes import account_shape, job_shape
from services.web.context import site
from services.web.identity import current_account
from services.web.keeping import keep_results
from services.web.plans import downgrade, upgrade
from services.web.request_bodies import seen_cycle, ticket_request, wanted_tier
from services.web.results import open_log, restore_job, result_link, summary_bytes
from services.web.submission import confirm_upload, create_job

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

#: No request of this API needs more.
MAX_BODY_BYTES = 16_384
MAX_PAGE = 100


@blueprint.before_request
def require_token() -> None:
    """Find the account that the token speaks for."""
    request.max_content_length = MAX_BODY_BYTES
    g.account = account_of(site(), request.headers.get("Authorization", ""))


@blueprint.post("/jobs")
def create() -> ResponseReturnValue:
    """Record a job; the file is then posted to the address in the answer."""
    ticket = create_job(site(), current_account(), *ticket_request())
    upload = {"url": ticket.form.url, "fields": dict(ticket.form.fields)}
    return jsonify(job=_shape(ticket.job), upload=upload), 201


@blueprint.post("/jobs/<job_id>/uploaded")
def uploaded(job_id: str) -> ResponseReturnValue:
    """The file was posted."""
    return jsonify(job=_shape(confirm_upload(site(), current_account(), job_id)))


@blueprint.get("/jobs")
def index() -> ResponseReturnValue:
    """The jobs of the account, newest first."""
    limit = min(max(request.args.get("limit", 25, type=int), 1), MAX_PAGE)
    page = site().ports.jobs.page_of_user(
        current_account().user_id, cursor=request.args.get("cursor"), limit=limit
    )
    return jsonify(jobs=[_shape(job) for job in page.jobs], cursor=page.cursor)


@blueprint.get("/jobs/<job_id>")
def show(job_id: str) -> ResponseReturnValue:
    """One job."""
    return jsonify(job=_shape(_job(job_id)))


@blueprint.get("/jobs/<job_id>/results/<name>")
def result(job_id: str, name: str) -> ResponseReturnValue:
    """An address to download a result file from, for some minutes and without the token."""
    return jsonify(url=result_link(site(), current_account(), _job(job_id), name))


@blueprint.get("/jobs/<job_id>/log")
def log(job_id: str) -> ResponseReturnValue:
    """The whole log."""
    return send_file(open_log(site(), _job(job_id)), mimetype="text/plain")


@blueprint.get("/jobs/<job_id>/summary")
def summary(job_id: str) -> ResponseReturnValue:
    """The summary as the annotator wrote it."""
    return summary_bytes(site(), _job(job_id)), {"Content-Type": "application/json"}


@blueprint.post("/jobs/<job_id>/restore")
def restore(job_id: str) -> ResponseReturnValue:
    """Ask for the archived results of one job."""
    restore_job(site(), current_account(), _job(job_id), wanted_tier())
    return jsonify(job=_shape(_job(job_id))), 202


@blueprint.post("/jobs/<job_id>/keep")
def keep(job_id: str) -> ResponseReturnValue:
    """Keep the results of one job for longer."""
    keep_results(site(), current_account(), _job(job_id), seen=seen_cycle())
    return jsonify(job=_shape(_job(job_id)))


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """The account that the token speaks for."""
    return jsonify(account_shape(site(), current_account()))


@blueprint.post("/account/upgrade")
def go_premium() -> ResponseReturnValue:
    """Change to the premium plan."""
    return jsonify(account_shape(site(), upgrade(site(), current_account().user_id, wanted_tier())))


@blueprint.post("/account/downgrade")
def go_free() -> ResponseReturnValue:
    """Change to the free plan."""
    return jsonify(account_shape(site(), downgrade(site(), current_account().user_id)))


def _job(job_id: str) -> Job:
    return site().ports.jobs.get(job_id, owner=current_account().user_id)


def _shape(job: Job) -> dict[str, object]:
    return job_shape(site(), current_account(), job)
