"""Who the present request is from: the session of a browser, and the pages that ask for one."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from flask import Response, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from gas.accounts import Account
from gas.errors import NotFound
from services.web.context import site
from services.web.login_attempts import keeping_logins
from services.web.refusals import NotAuthenticated

#: A login is good for a working day.
SESSION_SECONDS = 12 * 3600

#: The session is a cookie, and browsers drop one above 4,096 bytes: what comes from outside is bounded.
MAX_NEXT = 500
_MAX_NAME = 100

LOGGED_OUT = "You are not logged in any more. Please log in and try again."
_IN_API = re.compile(r"/+api(/|$)", re.IGNORECASE)


def start_session(account: Account) -> None:
    """Log this browser in: of what its session held before, only logins of other tabs go on."""
    with keeping_logins():
        session.clear()
    session["user_id"] = account.user_id
    session["name"] = account.name[:_MAX_NAME]
    session["since"] = int(site().clock())


def session_user_id() -> str | None:
    """The user of this browser, unless the login is too old."""
    since = session.get("since")
    if not isinstance(since, int) or since + SESSION_SECONDS <= site().clock():
        return None
    user_id: str | None = session.get("user_id")
    return user_id


def session_name() -> str | None:
    """The name to greet the user of this browser by; None when nobody is logged in."""
    return str(session.get("name")) if session_user_id() else None


def require_login() -> ResponseReturnValue | None:
    """Before a page that belongs to somebody: find the account, or send the browser to the login."""
    return None if find_account() else _ask_for_login()


def find_account() -> Account | None:
    """The account of this browser's user, from now on that of the request; None when nobody is logged in."""
    user_id = session_user_id()
    account = _read_account(user_id) if user_id else None
    # The user may have ended all sessions that are older than this.
    g.account = account if account and session["since"] >= account.sessions_since else None
    found: Account | None = g.account
    return found


def current_account() -> Account:
    """The account of the present request; `require_login` or the bearer token has found it."""
    account: Account = g.account
    return account


def safe_next(path: str | None) -> str:
    """The path to go to after the login: on this site only, else the list of jobs."""
    if not path or len(path) > MAX_NEXT or not path.startswith("/") or path.startswith("//"):
        return "/jobs"
    # Browsers drop control characters and read a backslash as a slash, which would leave the site.
    harmless = path.isascii() and path.isprintable() and "\\" not in path and not urlsplit(path).netloc
    return path if harmless else "/jobs"


def wants_json() -> bool:
    """Whether the caller is a program."""
    return in_api() or request.accept_mimetypes.best == "application/json"


def in_api() -> bool:
    """Whether the address is meant for the API, be it misspelt."""
    return _IN_API.match(request.path) is not None


def _read_account(user_id: str) -> Account | None:
    """The account, and in the same breath the job that the address names: such pages are asked for most."""
    ports = site().ports
    job_id = (request.view_args or {}).get("job_id")
    if job_id is not None:
        account, g.addressed_job = ports.owned_jobs.find(user_id, job_id)
        return account
    try:
        return ports.accounts.get(user_id)
    except NotFound:
        return None


def _ask_for_login() -> ResponseReturnValue:
    if wants_json():
        raise NotAuthenticated(
            "You are not logged in any more. Please reload the page and log in.", challenge=""
        )
    if "HX-Request" in request.headers:
        # A redirect to Globus would be followed inside the page; a reload goes through the login.
        return Response(status=401, headers={"HX-Refresh": "true"})
    if "text" in request.form:
        # A redirect would lose it; the page of a refusal gives it back.
        raise NotAuthenticated(LOGGED_OUT, challenge="")
    back_to = request.full_path.rstrip("?") if request.method == "GET" else "/jobs"
    return redirect(url_for("auth.login") + "?next=" + quote(back_to))
