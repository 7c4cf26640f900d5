"""The list of jobs, the page of one job, and everything that can be fetched from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from gas.jobs import Job
from services.web.context import site
from services.web.identity import current_account, require_login
from services.web.job_list import listed_jobs
from services.web.job_search import wanted
from services.web.job_view import JobState, job_details, job_state
from services.web.keeping import keep_results
from services.web.owned_jobs import owned_job
from services.web.provenance import provenance_name, provenance_of
from services.web.results import input_link, open_log, restore_job, result_link, summary_bytes
from services.web.status_card import status_card
from services.web.viewer.tables import table_file

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")
blueprint.before_request(require_login)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The user's jobs, newest first: all of them, or those that are looked for."""
    cursor = request.args.get("after")
    search = wanted(request.args.get("status"), request.args.get("q"))
    return render_template("jobs.html", **listed_jobs(site(), current_account(), search, cursor))


@blueprint.get("/<job_id>")
def show(job_id: str) -> ResponseReturnValue:
    """One job."""
    return render_template("job.html", **_shown(_job(job_id), details=True))


@blueprint.get("/<job_id>/status")
def status(job_id: str) -> ResponseReturnValue:
    """The part of the page that changes; nothing when the page is still right."""
    shown = _shown(_job(job_id), details=False)
    seen, _, told = request.args.get("seen", "").partition("~")
    if seen != shown["state"].version:
        update = render_template("job_update.html", **_shown(shown["state"].job, details=True))
        return Response(update, headers={"HX-Retarget": "#status"})
    right = told == f"{shown['card'].version}.{shown['state'].poll}"
    return ("", 204) if right else render_template("job_progress.html", **shown)


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


@blueprint.get("/<job_id>/provenance.json")
def provenance(job_id: str) -> ResponseReturnValue:
    """What was made of what, by what and when, to keep beside the results."""
    job = owned_job(job_id)
    headers = {"Content-Disposition": f'attachment; filename="{provenance_name(job)}"'}
    return Response(provenance_of(site(), job), mimetype="application/json", headers=headers)


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
    return owned_job(job_id)


def _shown(job: Job, *, details: bool) -> dict[str, Any]:
    state = job_state(site(), current_account(), job)
    shown = {
        "state": state,
        "card": status_card(site(), job),
        "job": job,
        "table_url": _table_url(state),
        "account": current_account(),
        "settings": site().settings,
    }
    return {**shown, "details": job_details(site(), job)} if details else shown


def _table_url(state: JobState) -> Callable[[Mapping[str, str]], str] | None:
    """The address of the table with a filter; None while there is no table to be seen."""
    job = state.job
    if not state.downloadable or table_file(job) is None:
        return None
    return lambda wanted: url_for("table.show", job_id=job.job_id, **wanted)  # type: ignore[arg-type]
