"""Who the present request is from: the session of a browser, and the pages that ask for one."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Response, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from gas.accounts import Account
from gas.errors import NotFound
from services.web.context import site
from services.web.refusals import NotAuthenticated

#: A login is good for a working day.
SESSION_SECONDS = 12 * 3600


def start_session(account: Account) -> None:
    """Log this browser in: whatever its session held before is dropped, and ids only are kept."""
    session.clear()
    session["user_id"] = account.user_id
    session["name"] = account.name
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
    user_id = session_user_id()
    try:
        g.account = site().ports.accounts.get(user_id) if user_id else None
    except NotFound:
        g.account = None
    return None if g.account else _ask_for_login()


def current_account() -> Account:
    """The account of the present request; `require_login` or the bearer token has found it."""
    account: Account = g.account
    return account


def safe_next(path: str | None) -> str:
    """The path to go to after the login: on this site only, else the list of jobs."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return "/jobs"
    # Browsers drop control characters and read a backslash as a slash, which would leave the site.
    harmless = path.isprintable() and "\\" not in path and not urlsplit(path).netloc
    return path if harmless else "/jobs"


def wants_json() -> bool:
    """Whether the caller is a program."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _ask_for_login() -> ResponseReturnValue:
    if wants_json():
        raise NotAuthenticated("You are not logged in any more. Please reload the page and log in.")
    if "HX-Request" in request.headers:
        # A redirect to Globus would be followed inside the page; a reload goes through the login.
        return Response(status=401, headers={"HX-Refresh": "true"})
    back_to = request.full_path.rstrip("?") if request.method == "GET" else "/jobs"
    return redirect(url_for("auth.login") + "?next=" + quote(back_to))
