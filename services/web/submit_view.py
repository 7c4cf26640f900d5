"""The page to submit on: new, or with what was pasted and could not be taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import g, render_template, request
from werkzeug.exceptions import HTTPException

from gas.accounts import Plan
from gas.jobs import Job, JobStatus
from services.web.context import site
from services.web.genomes import catalogue
from services.web.identity import current_account
from services.web.job_search import MAX_QUERY, Found, find_jobs, wanted
from services.web.limits import input_limit, paste_limit
from services.web.once import new_form_id
from services.web.submission import MAX_JOB_NAME

TABS = {"file": "File", "paste": "Paste", "earlier": "Earlier upload"}
PASTE_ENDPOINT = "submit.paste"

#: The annotation package that the example is for.
EXAMPLE_GENOME = "human_mt"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """How a job is to be called and annotated, as it stands in a form."""

    name: str = ""
    genome: str = ""
    mode: str = ""


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """What the form of the tab Paste holds.

    :ivar form_id: see `services.web.once`.
    """

    text: str = ""
    file_name: str = ""
    chosen: Chosen = field(default_factory=Chosen)
    form_id: str = field(default_factory=new_form_id)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a form has come back.

    :ivar offer: whether the premium plan would help.
    :ivar request_id: what to report, if the fault is on our side.
    """

    sentence: str
    offer: bool = False
    request_id: str = ""


def submit_page(tab: str, *, pasted: Pasted | None = None, problem: Problem | None = None) -> str:
    """The page with this tab open."""
    pasted = pasted or Pasted()
    more = _of_files() if tab == "file" else _of_earlier() if tab == "earlier" else {}
    return render_template(
        "submit.html",
        settings=site().settings,
        account=current_account(),
        limit=input_limit(current_account().plan, site().settings),
        paste_limit=paste_limit(current_account().plan, site().settings),
        tabs=TABS,
        tab=tab,
        has_example=EXAMPLE_GENOME in site().genomes,
        pasted=pasted,
        chosen=pasted.chosen,
        max_name=MAX_JOB_NAME,
        problem=problem,
        **more,
    )


def chosen() -> Chosen:
    """The settings that the present request has sent."""
    return Chosen(**{name: request.form.get(name, "").strip() for name in ("name", "genome", "mode")})


def pasted() -> Pasted:
    """What the present request has sent."""
    # Forms send CRLF for every line break, whatever was pasted.
    text = request.form.get("text", "").replace("\r\n", "\n")
    sent = Pasted(text=text, file_name=request.form.get("file_name", "").strip(), chosen=chosen())
    form_id = request.form.get("form_id")
    return replace(sent, form_id=form_id) if form_id else sent


def pasted_in_vain() -> Pasted | None:
    """What was pasted and would be lost with an answer that does not hold it."""
    if request.endpoint != PASTE_ENDPOINT:
        return None
    try:
        sent = pasted()
    except HTTPException:
        # Larger than any form: it was not read.
        return None
    return sent if sent.text else None


def page_again(sent: Pasted, problem: Problem) -> str | None:
    """The page with what was sent; None when it is not known whose page that would be."""
    return submit_page("paste", pasted=sent, problem=problem) if g.get("account") else None


def _of_files() -> dict[str, Any]:
    """What the script compares files with."""
    settings = site().settings
    return {
        "catalogue": catalogue(site().genomes),
        "premium_limit": input_limit(Plan.PREMIUM, settings),
    }


def _of_earlier() -> dict[str, Any]:
    """The newest jobs whose file can be used again."""
    search = wanted("", request.args.get("q"))
    found: Found = find_jobs(site(), current_account(), search, cursor=request.args.get("after"))
    return {
        "search": search,
        "jobs": _with_input(found.jobs),
        "cursor": found.cursor,
        "max_query": MAX_QUERY,
    }


def _with_input(jobs: Sequence[Job]) -> list[Job]:
    """Those whose file has arrived; should it be gone since, the answer to the form says so."""
    return [job for job in jobs if job.status is not JobStatus.AWAITING_UPLOAD and job.input_bytes]
