"""moto keeps only the HTML part of a mail that has both; the mailbox shows both."""

import functools
import json
from contextvars import ContextVar

from moto.ses.responses import EmailResponse
from moto.sesv2.responses import SESV2Response

from local.cloud.patches.replacing import replace

HTML_FIELD = "Message.Body.Html.Data"
TEXT_FIELD = "Message.Body.Text.Data"

#: The HTML part of the mail that is being sent, where it has a text part as well.
HTML: ContextVar[str] = ContextVar("html", default="")


def _take_html(body: str) -> tuple[str, str]:
    """The request with the text part alone, and the HTML part; one of the two it keeps in any case."""
    content = json.loads(body)
    parts = content.get("Content", {}).get("Simple", {}).get("Body", {})
    html = parts.pop("Html", {}).get("Data", "") if "Text" in parts else ""
    return json.dumps(content), html


def install() -> None:
    """Take the HTML part where there is a text part, before moto looks."""
    send_v1, send_v2 = EmailResponse.send_email, SESV2Response.send_email

    @functools.wraps(send_v2)
    def send_email_v2(response: SESV2Response) -> str:
        response.body, html = _take_html(response.body)
        HTML.set(html)
        return send_v2(response)

    @functools.wraps(send_v1)
    def send_email_v1(response: EmailResponse) -> object:
        both = TEXT_FIELD in response.querystring
        HTML.set(response.querystring.pop(HTML_FIELD, [""])[0] if both else "")
        return send_v1(response)

    replace(EmailResponse, "send_email", send_email_v1)
    replace(SESV2Response, "send_email", send_email_v2)
