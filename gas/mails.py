"""The mails that tell of a job, as text and as HTML.

The state machine sends them. It knows the address of the site, which the services that write these mails do
not: so every text has three parts, and the address belongs between them, before the path of the job and
before the path of the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from typing import Any

from gas.jobs import Job, JobStatus

#: Stands for the address of the site while a mail is put together; no text from users holds it.
_SITE = "\0"

#: A subject that is longer is cut by readers of mail anyway.
_MAX_NAME = 80


class MailKind(StrEnum):
    """What a mail is about; each kind can be unwanted by itself (`gas.accounts.MailWishes`)."""

    COMPLETED = "completed"
    FAILED = "failed"
    WARNING = "warning"
    RESTORED = "restored"


@dataclass(frozen=True)
class _Letter:
    """What is the case, what that means for the reader, and where the link to the job leads."""

    kind: MailKind
    subject: str
    news: str
    advice: str
    link: str = "The page of the job"


def end_mail(job: Job) -> dict[str, Any]:
    """That a job is completed, or why it failed."""
    return _document(job, _completed(job) if job.status is JobStatus.COMPLETED else _failed(job))


def warning_mail(job: Job) -> dict[str, Any]:
    """That results are to be archived at the end of their window."""
    name, until = _name(job), _time(job.available_until)
    letter = _Letter(
        MailKind.WARNING,
        f"Your results of {name} will be archived",
        f"The results of {name} can be downloaded until {until}. Then they will be archived.",
        "Download them, keep them for longer, or upgrade to premium on the page of the job. Nothing is lost"
        " in the archive: an upgrade brings the results back at any time. Log and summary stay readable.",
    )
    return _document(job, letter)


def restored_mail(job: Job) -> dict[str, Any]:
    """That results are back, these and whatever else came back with them."""
    letter = _Letter(
        MailKind.RESTORED,
        f"Your results of {_name(job)} are back",
        f"The results of {_name(job)} can be downloaded again.",
        "Whatever else came back by now is in the list of your jobs.",
    )
    return _document(job, letter)


def _completed(job: Job) -> _Letter:
    name, until = _name(job), _time(job.available_until)
    return _Letter(
        MailKind.COMPLETED,
        f"Your annotation of {name} is completed",
        f"The annotation of {name} is completed.",
        f"On the free plan the result files can be downloaded until {until}; after that they are archived,"
        " and an upgrade brings them back. Log and summary stay readable.",
        "Summary, log and results",
    )


def _failed(job: Job) -> _Letter:
    name = _name(job)
    subject = f"Your annotation of {name} failed"
    return _Letter(
        MailKind.FAILED, subject, f"The annotation of {name} failed:", job.failure, "Details and log"
    )


def _document(job: Job, letter: _Letter) -> dict[str, Any]:
    page = f"{_SITE}/jobs/{job.job_id}"
    return {
        "kind": letter.kind.value,
        "subject": letter.subject,
        "text": _parts(_text(letter, page)),
        "html": _parts(_html(letter, page)),
    }


def _text(letter: _Letter, page: str) -> str:
    body = f"{_clean(letter.news)}\n\n{_clean(letter.advice)}"
    return f"{body}\n\n{letter.link}:\n{page}\n\nWhich mails you get: {_SITE}/account#mail\n"


def _html(letter: _Letter, page: str) -> str:
    """Without pictures, styles from elsewhere or scripts; every word of the user's is escaped."""
    choice = f'<a href="{_SITE}/account#mail">Which mails you get</a>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title></head>"
        '<body style="font-family:sans-serif;line-height:1.5;max-width:40em">'
        f"<p>{_lines(letter.news)}</p><p>{_lines(letter.advice)}</p>"
        f'<p><a href="{page}">{escape(letter.link)}</a></p>'
        f"<p><small>Genomics Annotation Service. {choice}</small></p></body></html>"
    )


def _parts(document: str) -> dict[str, str]:
    start, middle, end = document.split(_SITE)
    return {"start": start, "middle": middle, "end": end}


def _lines(paragraph: str) -> str:
    return escape(_clean(paragraph)).replace("\n", "<br>")


def _clean(text: str) -> str:
    return text.replace(_SITE, "")


def _name(job: Job) -> str:
    """What the user calls the job, in one line."""
    name = "".join(each for each in job.name or job.file_name if each.isprintable())
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"


def _time(seconds: int | None) -> str:
    moment = datetime.fromtimestamp(seconds or 0, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
