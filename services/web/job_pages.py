"""The list of jobs, the page of one job, and everything that can be fetched from it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from gas.jobs import Job
from services.web.context import site
from services.web.identity import current_account, require_login
from services.web.job_view import job_details, job_state
from services.web.keeping import keep_results
from services.web.results import input_link, open_log, restore_job, result_link, summary_bytes

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")
blueprint.before_request(require_login)

#: Jobs on a page of the list.
PAGE = 25


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The user's jobs, newest first."""
    cursor = request.args.get("after")
    page = site().ports.jobs.page_of_user(current_account().user_id, cursor=cursor, limit=PAGE)
    states = [job_state(site(), current_account(), job) for job in page.jobs]
    return render_template("jobs.html", states=states, cursor=page.cursor, first=cursor is None)


@blueprint.get("/<job_id>")
def show(job_id: str) -> ResponseReturnValue:
    """One job."""
    return render_template("job.html", **_shown(_job(job_id), details=True))


@blueprint.get("/<job_id>/status")
def status(job_id: str) -> ResponseReturnValue:
    """The part of the page that changes; nothing when the page is still right."""
    shown = _shown(_job(job_id), details=False)
    if request.args.get("seen") == shown["state"].version:
        return "", 204
    return render_template("job_update.html", **_shown(shown["state"].job, details=True))


@blueprint.get("/<job_id>/results/<name>")
def result(job_id: str, name: str) -> ResponseReturnValue:
    """Download one result file."""
    return redirect(result_link(site(), current_account(), _job(job_id), name))


@blueprint.get("/<job_id>/input")
def input_file(job_id: str) -> ResponseReturnValue:
    """Download the input."""
    return redirect(input_link(site(), _job(job_id)))


@blueprint.get("/<job_id>/log")
def log(job_id: str) -> ResponseReturnValue:
    """The whole log, to read in the browser."""
    return send_file(open_log(site(), _job(job_id)), mimetype="text/plain")


@blueprint.get("/<job_id>/summary.json")
def summary(job_id: str) -> ResponseReturnValue:
    """The summary, for programs."""
    return Response(summary_bytes(site(), _job(job_id)), mimetype="application/json")


@blueprint.post("/<job_id>/restore")
def restore(job_id: str) -> ResponseReturnValue:
    """Ask for the archived results of this job."""
    restore_job(site(), current_account(), _job(job_id), request.form.get("tier", ""))
    flash("The results have been asked for. This page shows when they are back.", "success")
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/<job_id>/keep")
def keep(job_id: str) -> ResponseReturnValue:
    """Keep the results of this job for longer; the form says which cycle its page was about."""
    seen = request.form.get("cycle", default=0, type=int)
    keep_results(site(), current_account(), _job(job_id), seen=seen)
    return redirect(url_for("jobs.show", job_id=job_id), 303)


def _job(job_id: str) -> Job:
    return site().ports.jobs.get(job_id, owner=current_account().user_id)


def _shown(job: Job, *, details: bool) -> dict[str, Any]:
    state = job_state(site(), current_account(), job)
    shown = {"state": state, "job": job, "account": current_account(), "settings": site().settings}
    return {**shown, "details": job_details(site(), job)} if details else shown
