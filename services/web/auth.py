"""Login and logout."""

from __future__ import annotations

import structlog
from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from services.web.context import site
from services.web.identity import find_account, safe_next, start_session
from services.web.login_attempts import remember_login, take_login
from services.web.refusals import LoginRefused

log = structlog.get_logger()

blueprint = Blueprint("auth", __name__)

_DENIED = "You were not logged in, because Globus was not allowed to say who you are."
_FAILED = "Globus could not log you in just now; please try again."


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Send the browser to Globus, unless it is logged in."""
    next_path = safe_next(request.args.get("next"))
    # Not the cookie alone: of a session that was ended elsewhere it would send the browser in circles.
    if find_account():
        return redirect(next_path)
    address, attempt = site().login.begin()
    remember_login(attempt, next_path)
    return redirect(address)


@blueprint.get("/auth/callback")
def callback() -> ResponseReturnValue:
    """Globus sends the browser back here, with a code or with a refusal."""
    started = take_login(request.args.get("state", ""))
    if find_account():
        # Another tab was quicker, or this address was opened again.
        return redirect(started.next_path if started else url_for("jobs.index"))
    if started is None:
        raise LoginRefused("This login was not started in this browser, or took too long. Please try again.")
    if "error" in request.args:
        return _go_home(request.args["error"])
    profile = site().login.finish(started.attempt, code=request.args.get("code", ""))
    start_session(site().ports.accounts.enter(profile, now=site().clock()))
    return redirect(started.next_path)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session here, then let Globus end its own."""
    session.clear()
    home = site().settings.web_url.rstrip("/") + "/"
    return redirect(site().login.logout_url(home), 303)


def _go_home(error: str) -> ResponseReturnValue:
    log.warning("login.not_given", error=error[:100])
    flash(_DENIED if error == "access_denied" else _FAILED, "warning")
    return redirect(url_for("home.home"))
