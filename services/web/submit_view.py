"""The page to submit on: new, or with what was pasted and could not be taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import g, render_template, request
from werkzeug.exceptions import HTTPException

from services.web.context import site
from services.web.identity import current_account
from services.web.limits import input_limit, paste_limit
from services.web.once import new_form_id

TABS = {"file": "File", "paste": "Paste", "example": "Example"}
PASTE_ENDPOINT = "submit.paste"


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """What the form of the tab Paste holds.

    :ivar form_id: see `services.web.once`.
    """

    text: str = ""
    name: str = ""
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
    account, settings = current_account(), site().settings
    return render_template(
        "submit.html",
        settings=settings,
        account=account,
        limit=input_limit(account.plan, settings),
        paste_limit=paste_limit(account.plan, settings),
        tabs=TABS,
        tab=tab,
        example=site().example.decode("utf-8", errors="replace"),
        pasted=pasted or Pasted(),
        problem=problem,
    )


def pasted() -> Pasted:
    """What the present request has sent."""
    # Forms send CRLF for every line break, whatever was pasted.
    text = request.form.get("text", "").replace("\r\n", "\n")
    form_id = request.form.get("form_id") or new_form_id()
    return Pasted(text=text, name=request.form.get("name", "").strip(), form_id=form_id)


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
