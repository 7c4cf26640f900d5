"""The JSON API for programs. A bearer token is the only way in; the session cookie means nothing here."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from gas.jobs import Job
from services.web.access_tokens import account_of
from services.web.again import Changes, run_again
from services.web.api_shapes import account_shape, job_shape
from services.web.cancelling import cancel_job
from services.web.context import site
from services.web.deleting import delete_job
from services.web.identity import current_account
from services.web.job_search import find_jobs, wanted
from services.web.keeping import keep_results
from services.web.owned_jobs import owned_job
from services.web.plans import downgrade, upgrade
from services.web.request_bodies import (
    digest_of_parts,
    idempotency_key,
    job_settings,
    seen_cycle,
    ticket_request,
    wanted_tier,
)
from services.web.results import open_log, restore_job, result_link, summary_bytes
from services.web.submission import confirm_upload, create_job
from services.web.upload_pages import answer_about_parts
from services.web.upload_shapes import API, ticket_shape

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
    """Record a job; the file is then posted to the address in the answer, or sent in parts."""
    ticket = create_job(site(), current_account(), ticket_request())
    return jsonify(job=_shape(ticket.job), **ticket_shape(ticket, API)), 201


@blueprint.route("/jobs/<job_id>/parts", methods=["GET", "POST"])
def parts(job_id: str) -> ResponseReturnValue:
    """GET: which parts of a large file are stored. POST: addresses for some others."""
    return answer_about_parts(job_id, API)


@blueprint.post("/jobs/<job_id>/uploaded")
def uploaded(job_id: str) -> ResponseReturnValue:
    """The file was sent, by the form or in parts."""
    return jsonify(job=_shape(confirm_upload(site(), current_account(), job_id, digest_of_parts())))


@blueprint.get("/jobs")
def index() -> ResponseReturnValue:
    """The jobs of the account, newest first: all of them, or those that are looked for."""
    limit = min(max(request.args.get("limit", 25, type=int), 1), MAX_PAGE)
    search = wanted(request.args.get("status"), request.args.get("q"))
    cursor = request.args.get("cursor")
    found = find_jobs(site(), current_account(), search, cursor=cursor, limit=limit)
    return jsonify(jobs=[_shape(job) for job in found.jobs], cursor=found.cursor)


@blueprint.get("/jobs/<job_id>")
def show(job_id: str) -> ResponseReturnValue:
    """One job."""
    return jsonify(job=_shape(_job(job_id)))


@blueprint.delete("/jobs/<job_id>")
def delete(job_id: str) -> ResponseReturnValue:
    """Delete one job, which has to have ended, with everything that belongs to it."""
    delete_job(site(), _job(job_id))
    return "", 204


@blueprint.post("/jobs/<job_id>/again")
def again(job_id: str) -> ResponseReturnValue:
    """Make a new job with a copy of the stored input of this one."""
    changes = Changes(**job_settings(), form_id=idempotency_key())
    job = run_again(site(), current_account(), _job(job_id), changes)
    return jsonify(job=_shape(job)), 201


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


@blueprint.post("/jobs/<job_id>/cancel")
def cancel(job_id: str) -> ResponseReturnValue:
    """Stop a job that has not ended."""
    return jsonify(job=_shape(cancel_job(site(), _job(job_id))))


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
    return owned_job(job_id)


def _shape(job: Job) -> dict[str, object]:
    return job_shape(site(), current_account(), job)
