"""What can be done to jobs from the list and from their pages: run again, delete, and actions on many."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gas.jobs import Job
from services.web.again import Changes, run_again
from services.web.bulk import Outcome, cancel_jobs, chosen_jobs, delete_jobs, restore_jobs
from services.web.cancelling import cancel_job
from services.web.context import site
from services.web.deleting import DELETABLE, delete_job
from services.web.downloads import download_list
from services.web.identity import current_account, require_login
from services.web.job_view import job_state
from services.web.owned_jobs import owned_job
from services.web.refusals import Refusal

blueprint = Blueprint("job_actions", __name__, url_prefix="/jobs")
blueprint.before_request(require_login)

#: What the box of a confirmation sends.
UNDERSTOOD = "yes"

#: How many names are said of the jobs of which something could not be done, and how much of each: a message
#: to the next page travels in a cookie, and a cookie is small.
_NAMES, _NAME_CHARACTERS = 2, 40


@blueprint.post("/<job_id>/again")
def again(job_id: str) -> ResponseReturnValue:
    """Run a job once more, with a copy of its stored input."""
    sent = {name: request.form.get(name, "").strip() for name in ("name", "genome", "mode", "form_id")}
    job = run_again(site(), current_account(), owned_job(job_id), Changes(**sent))
    flash("This is a new job with the same file. The earlier one is unchanged.", "success")
    return redirect(url_for("jobs.show", job_id=job.job_id), 303)


@blueprint.post("/<job_id>/delete")
def delete(job_id: str) -> ResponseReturnValue:
    """Delete a job; without the tick, ask for it and say what goes."""
    job = owned_job(job_id)
    if request.form.get("understood") != UNDERSTOOD:
        return _confirmation([job])
    delete_job(site(), job, cancel=True)
    flash("The job was deleted. Everything that belongs to it is being removed.", "success")
    return redirect(url_for("jobs.index"), 303)


@blueprint.post("/<job_id>/cancel")
def cancel(job_id: str) -> ResponseReturnValue:
    """Stop a job that has not ended."""
    cancel_job(site(), owned_job(job_id))
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/bulk")
def bulk() -> ResponseReturnValue:
    """Do something to every job that was ticked."""
    action = request.form.get("action", "")
    jobs = chosen_jobs(site(), current_account(), request.form.getlist("job"))
    if action == "download":
        return _downloads(jobs)
    if action == "delete":
        return _delete_all(jobs)
    if action == "restore":
        _say("asked for", restore_jobs(site(), current_account(), jobs))
    elif action == "cancel":
        _say("cancelled", cancel_jobs(site(), jobs))
    else:
        raise Refusal("There is no such action. Please go back and choose one of the buttons.")
    return _back_to_list()


def _delete_all(jobs: Sequence[Job]) -> ResponseReturnValue:
    if request.form.get("understood") != UNDERSTOOD:
        return _confirmation(jobs)
    _say("deleted", delete_jobs(site(), jobs))
    return _back_to_list()


def _back_to_list() -> ResponseReturnValue:
    """With the search that it was sent from."""
    status, text = (request.form.get(name) or None for name in ("status", "q"))
    return redirect(url_for("jobs.index", status=status, q=text), 303)


def _confirmation(jobs: Sequence[Job]) -> str:
    states = [job_state(site(), current_account(), job) for job in jobs]
    unfinished = [job for job in jobs if job.status not in DELETABLE]
    size = sum((job.input_bytes or 0) + job.result_bytes for job in jobs)
    return render_template("delete_jobs.html", states=states, unfinished=unfinished, size=size)


def _downloads(jobs: Sequence[Job]) -> ResponseReturnValue:
    found = download_list(site(), current_account(), jobs)
    if request.form.get("format") != "text":
        return render_template("downloads.html", found=found, jobs=jobs)
    headers = {"Content-Disposition": 'attachment; filename="download.sh"'}
    return Response(found.text, mimetype="text/plain", headers=headers)


def _say(verb: str, outcome: Outcome) -> None:
    if outcome.done:
        flash(f"{_count(outcome.done)} {verb}.", "success")
    for reason, names in outcome.refused.items():
        named = ", ".join(
            textwrap.shorten(name, _NAME_CHARACTERS, placeholder="...") for name in names[:_NAMES]
        )
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        flash(f"Not {verb}: {named}{more}. The reason: {reason.removesuffix('.')}.", "warning")


def _count(number: int) -> str:
    return "1 job was" if number == 1 else f"{number} jobs were"
