"""The mails: three parts with room for the site's address between them, and nothing of users unescaped."""

import pytest

from gas.accounts import MailWishes
from gas.jobs import JobStatus
from gas.mails import MailKind, end_mail, restored_mail, warning_mail
from tests.unit.gas.test_jobs import make_job

SITE = "https://gas.example"
UNTIL = 1_800_000_000


def joined(parts: dict[str, str]) -> str:
    return SITE.join((parts["start"], parts["middle"], parts["end"]))


def job(**fields):
    return make_job(**{"status": JobStatus.COMPLETED, "available_until": UNTIL, **fields})


def test_each_kind_of_mail_can_be_unwanted():
    """The state machine finds the wish under the name of the kind."""
    assert {str(kind) for kind in MailKind} == set(vars(MailWishes()))


@pytest.mark.parametrize("write", [end_mail, warning_mail, restored_mail])
def test_a_mail_leads_to_its_job_and_to_the_choice_of_mails(write):
    """In both parts."""
    mail = write(job())

    for part in ("text", "html"):
        assert f"{SITE}/jobs/j1" in joined(mail[part])
        assert f"{SITE}/account#mail" in joined(mail[part])


@pytest.mark.parametrize("write", [end_mail, warning_mail])
def test_the_exact_end_of_the_window_is_said(write):
    """To the second, with its zone."""
    assert "until 2027-01-15 08:00:00 UTC" in joined(write(job())["text"])


def test_why_a_job_failed_is_said_as_it_is():
    """Line by line, and as text in HTML too."""
    mail = end_mail(job(status=JobStatus.FAILED, failure="Line 3: <script>\nPlease correct it."))

    assert "Line 3: <script>\nPlease correct it." in joined(mail["text"])
    assert "Line 3: &lt;script&gt;<br>Please correct it." in joined(mail["html"])


def test_the_name_that_the_user_gave_is_the_subject_in_one_line():
    """A line break would begin another header; a very long name is cut."""
    subject = end_mail(job(name="trio\r\nBcc: x" + "y" * 200))["subject"]

    assert subject.startswith("Your annotation of trioBcc: x")
    assert subject.endswith("y… is completed")
    assert len(subject) < 120


def test_what_a_user_writes_cannot_take_the_place_of_the_address():
    """Whatever characters it has."""
    mail = end_mail(job(status=JobStatus.FAILED, failure="a\0b"))

    assert "ab" in mail["text"]["start"]
