"""The pages that need no login."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gas.accounts import Plan
from services.web.context import site
from services.web.limits import input_limit

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What this service is, and the way in."""
    settings = site().settings
    return render_template(
        "home.html",
        settings=settings,
        free_limit=input_limit(Plan.FREE, settings),
        premium_limit=input_limit(Plan.PREMIUM, settings),
    )
