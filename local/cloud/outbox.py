"""Mail that the local cloud was asked to send: kept for people and tests to read, never sent."""

import email
import email.policy
import functools
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from moto.ses.models import SESBackend

from local.cloud.patches.mail_text import HTML
from local.cloud.patches.replacing import replace

#: The newest so many are kept.
CAPACITY = 10_000


@dataclass(frozen=True)
class Mail:
    """One sent message."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    sent_at: str

    def as_json(self) -> dict[str, Any]:
        """For tests."""
        return asdict(self)


class Outbox:
    """Sent mail, oldest first."""

    def __init__(self) -> None:
        self._mails: list[Mail] = []
        self._lock = threading.Lock()

    def add(
        self, message_id: str, sender: str, recipients: Iterable[str], subject: str, text: str, html: str = ""
    ) -> None:
        """Keep one message, with the time."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self._mails.append(Mail(message_id, sender, tuple(recipients), subject, text, html, now))
            del self._mails[:-CAPACITY]

    def mails(self) -> list[Mail]:
        """A copy of what there is now."""
        with self._lock:
            return list(self._mails)

    def listen(self) -> None:
        """Hear of every message that SES accepts, by either version of its API.

        The v2 API and the state machines' aws-sdk:sesv2 task end in the same two calls of moto.
        """
        send, send_raw = SESBackend.send_email, SESBackend.send_raw_email
        outbox = self

        @functools.wraps(send)
        def send_email(
            backend: SESBackend, source: str, subject: str, body: str, destinations: dict[str, list[str]]
        ) -> Any:
            sent = send(backend, source, subject, body, destinations)
            everybody = [address for addresses in destinations.values() for address in addresses]
            outbox.add(sent.id, source, everybody, subject, body, HTML.get())
            return sent

        @functools.wraps(send_raw)
        def send_raw_email(backend: SESBackend, source: str, destinations: list[str], raw_data: str) -> Any:
            sent = send_raw(backend, source, destinations, raw_data)
            subject, text = _read_raw(raw_data)
            outbox.add(sent.id, sent.source, sent.destinations, subject, text)
            return sent

        replace(SESBackend, "send_email", send_email)
        replace(SESBackend, "send_raw_email", send_raw_email)


def _read_raw(raw: str) -> tuple[str, str]:
    message = email.message_from_string(raw, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return str(message["subject"] or ""), body.get_content() if body else ""
