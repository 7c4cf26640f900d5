"""The account: profile, plan, usage, mail and personal access tokens."""

from __future__ import annotations

import math

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from gas.accounts import MailWishes, Plan
from gas.jobs import JobStatus, ResultLocation
from gas.mails import MailKind
from services.web.access_tokens import MAX_DAYS, MAX_NAME, make_token
from services.web.archive_view import archive_of
from services.web.context import site
from services.web.identity import current_account, require_login
from services.web.limits import input_limit
from services.web.plan_changes import outlook_of
from services.web.plans import downgrade, upgrade
from services.web.refusals import Refusal
from services.web.results import restore_all
from services.web.status_text import COMPLETED, UNFINISHED
from services.web.usage import usage_of

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.before_request(require_login)

#: What each kind of mail is called on the page.
MAIL_KINDS = {
    MailKind.COMPLETED: "When a job is completed",
    MailKind.FAILED: "When a job failed, and why",
    MailKind.WARNING: "Before results are archived, where the time for downloads is long enough",
    MailKind.RESTORED: "When results are back from the archive",
}


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The account page."""
    return _page()


@blueprint.get("/upgrade")
def consider_premium() -> ResponseReturnValue:
    """What the premium plan would do to which results."""
    return _outlook("upgrade.html")


@blueprint.get("/downgrade")
def consider_free() -> ResponseReturnValue:
    """What the free plan would do to which results, and when."""
    return _outlook("downgrade.html")


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


@blueprint.post("/mail")
def choose_mail() -> ResponseReturnValue:
    """Which mails are wanted; a box that is not ticked is not sent."""
    wishes = MailWishes(**{str(kind): kind in request.form for kind in MailKind})
    site().ports.accounts.set(current_account().user_id, mail_wishes=wishes)
    flash("Your choice of mails is kept.", "success")
    return redirect(url_for("account.show", _anchor="mail"), 303)


@blueprint.post("/log-out-everywhere")
def log_out_everywhere() -> ResponseReturnValue:
    """End every session of the user, this one too; tokens go on."""
    now = math.ceil(site().clock())
    site().ports.accounts.set(current_account().user_id, sessions_since=now)
    session.clear()
    return redirect(url_for("home.home"), 303)


@blueprint.post("/tokens")
def new_token() -> ResponseReturnValue:
    """Make a token; this answer is the only one that shows it."""
    days = request.form.get("days", type=int) or 0
    try:
        token = make_token(site(), current_account().user_id, request.form.get("name", ""), days)
    except Refusal as problem:
        return _page(problem=str(problem)), problem.status
    return _page(token)


@blueprint.post("/tokens/<token_hash>/revoke")
def revoke_token(token_hash: str) -> ResponseReturnValue:
    """Make a token useless."""
    site().ports.tokens.revoke(current_account().user_id, token_hash)
    flash("The token was revoked. Programs that use it are refused from now on.", "success")
    return redirect(url_for("account.show"), 303)


def _page(new_token: str | None = None, problem: str = "") -> str:
    settings = site().settings
    return render_template(
        "account.html",
        account=current_account(),
        settings=settings,
        limits={plan: input_limit(plan, settings) for plan in Plan},
        tokens=site().ports.tokens.of_user(current_account().user_id),
        new_token=new_token,
        problem=problem,
        usage=usage_of(site(), current_account().user_id),
        words=UNFINISHED | {JobStatus.COMPLETED: COMPLETED[ResultLocation.HOT, Plan.PREMIUM]},
        mail_kinds=MAIL_KINDS,
        now=site().clock(),
        max_days=MAX_DAYS,
        max_name=MAX_NAME,
    )


def _outlook(template: str) -> str:
    settings = site().settings
    return render_template(
        template,
        account=current_account(),
        settings=settings,
        outlook=outlook_of(site(), current_account().user_id),
        limits={plan: input_limit(plan, settings) for plan in Plan},
    )
