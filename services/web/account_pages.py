"""The account: profile, plan and personal access tokens."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gas.accounts import Plan
from services.web.access_tokens import MAX_DAYS, MAX_NAME, make_token
from services.web.archive_view import archive_of
from services.web.context import site
from services.web.identity import current_account, require_login
from services.web.limits import input_limit
from services.web.plans import downgrade, upgrade
from services.web.results import restore_all

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.before_request(require_login)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The account page."""
    return _page()


@blueprint.post("/upgrade")
def go_premium() -> ResponseReturnValue:
    """Change to the premium plan."""
    upgrade(site(), current_account().user_id, request.form.get("tier", ""))
    flash("You are on the premium plan. Archived results are being brought back.", "success")
    return redirect(url_for("account.show"), 303)


@blueprint.get("/archive")
def archive() -> ResponseReturnValue:
    """What is archived, and the ways to get all of it back."""
    account = current_account()
    found = archive_of(site(), account.user_id)
    return render_template("archive.html", account=account, archive=found)


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Ask for everything that is archived."""
    restore_all(site(), current_account(), request.form.get("tier", ""))
    flash("Your archived results have been asked for. The list shows when each is back.", "success")
    return redirect(url_for("jobs.index"), 303)


@blueprint.post("/downgrade")
def go_free() -> ResponseReturnValue:
    """Change to the free plan."""
    downgrade(site(), current_account().user_id)
    flash("You are on the free plan. Your results stay downloadable for a last time.", "success")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/tokens")
def new_token() -> ResponseReturnValue:
    """Make a token; this answer is the only one that shows it."""
    days = request.form.get("days", type=int) or 0
    return _page(make_token(site(), current_account().user_id, request.form.get("name", ""), days))


@blueprint.post("/tokens/<token_hash>/revoke")
def revoke_token(token_hash: str) -> ResponseReturnValue:
    """Make a token useless."""
    site().ports.tokens.revoke(current_account().user_id, token_hash)
    flash("The token was revoked. Programs that use it are refused from now on.", "success")
    return redirect(url_for("account.show"), 303)


def _page(new_token: str | None = None) -> str:
    settings = site().settings
    return render_template(
        "account.html",
        account=current_account(),
        settings=settings,
        limits={plan: input_limit(plan, settings) for plan in Plan},
        tokens=site().ports.tokens.of_user(current_account().user_id),
        new_token=new_token,
        now=site().clock(),
        max_days=MAX_DAYS,
        max_name=MAX_NAME,
    )
