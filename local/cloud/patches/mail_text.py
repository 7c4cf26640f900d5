"""moto keeps only the HTML part of a mail that has both; people and tests read the text part."""

import functools
import json

from moto.ses.responses import EmailResponse
from moto.sesv2.responses import SESV2Response

from local.cloud.patches.replacing import replace

HTML_FIELD = "Message.Body.Html.Data"
TEXT_FIELD = "Message.Body.Text.Data"


def _text_only(body: str) -> str:
    content = json.loads(body)
    parts = content.get("Content", {}).get("Simple", {}).get("Body", {})
    if "Text" in parts:
        parts.pop("Html", None)
    return json.dumps(content)


def install() -> None:
    """Drop the HTML part where there is a text part, before moto looks."""
    send_v1, send_v2 = EmailResponse.send_email, SESV2Response.send_email

    @functools.wraps(send_v2)
    def send_email_v2(response: SESV2Response) -> str:
        response.body = _text_only(response.body)
        return send_v2(response)

    @functools.wraps(send_v1)
    def send_email_v1(response: EmailResponse) -> object:
        if TEXT_FIELD in response.querystring:
            response.querystring.pop(HTML_FIELD, None)
        return send_v1(response)

    replace(EmailResponse, "send_email", send_email_v1)
    replace(SESV2Response, "send_email", send_email_v2)
