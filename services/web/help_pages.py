"""The help page: its limits are those of the settings, its statuses those of the pages of jobs."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from services.web.context import site
from services.web.limits import input_limit
from services.web.status_text import COMPLETED, UNFINISHED, StatusText

blueprint = Blueprint("help", __name__)

#: How a free user meets the states of a completed job.
_PLACES = (
    ResultLocation.HOT,
    ResultLocation.ARCHIVING,
    ResultLocation.ARCHIVED,
    ResultLocation.RESTORING,
)


@blueprint.get("/help")
def show() -> ResponseReturnValue:
    """Everything that a researcher may ask."""
    settings = site().settings
    return render_template(
        "help.html",
        settings=settings,
        limits={plan: input_limit(plan, settings) for plan in Plan},
        statuses=_statuses(),
    )


def _statuses() -> list[StatusText]:
    before = [UNFINISHED[status] for status in JobStatus if status in UNFINISHED]
    after = [COMPLETED[place, Plan.FREE] for place in _PLACES]
    return [*before, *after]
