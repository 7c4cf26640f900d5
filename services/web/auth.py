"""Login and logout."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from services.web.context import site
from services.web.globus_login import Attempt
from services.web.identity import safe_next, session_user_id, start_session
from services.web.refusals import LoginRefused

blueprint = Blueprint("auth", __name__)

_ATTEMPT, _NEXT = "login", "next"


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Send the browser to Globus, unless it is logged in."""
    next_path = safe_next(request.args.get("next"))
    if session_user_id():
        return redirect(next_path)
    address, attempt = site().login.begin()
    session[_ATTEMPT] = asdict(attempt)
    session[_NEXT] = next_path
    return redirect(address)


@blueprint.get("/auth/callback")
def callback() -> ResponseReturnValue:
    """Globus sends the browser back here, with a code or with a refusal."""
    started = session.pop(_ATTEMPT, None)
    next_path = safe_next(session.pop(_NEXT, None))
    if started is None:
        raise LoginRefused("This login was not started in this browser, or took too long.")
    if "error" in request.args:
        flash("You were not logged in, because Globus was not allowed to say who you are.", "warning")
        return redirect(url_for("home.home"))
    profile = site().login.finish(
        Attempt(**started), state=request.args.get("state", ""), code=request.args.get("code", "")
    )
    start_session(site().ports.accounts.enter(profile, now=site().clock()))
    return redirect(next_path)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session here, then let Globus end its own."""
    session.clear()
    home = site().settings.web_url.rstrip("/") + "/"
    return redirect(site().login.logout_url(home), 303)
