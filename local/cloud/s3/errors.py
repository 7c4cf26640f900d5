"""S3's errors, as the XML document that every client library knows."""

from collections.abc import Iterable
from uuid import uuid4
from xml.sax.saxutils import escape

from local.cloud.s3.requests import StartResponse


class S3Error(Exception):
    """A request that S3 refuses.

    Codes and statuses: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """

    def __init__(self, status: str, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def document(self) -> bytes:
        """The body of the answer."""
        fields = {"Code": self.code, "Message": self.message, **self.details, "RequestId": uuid4().hex[:16]}
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()

    def respond(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request with this error."""
        body = self.document()
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        start_response(self.status, headers)
        return [body]


def access_denied(message: str = "Access Denied", **details: object) -> S3Error:
    """403: not allowed, or not allowed any more."""
    return S3Error("403 Forbidden", "AccessDenied", message, **details)


def bad_request(code: str, message: str, **details: object) -> S3Error:
    """400: what was asked cannot be."""
    return S3Error("400 Bad Request", code, message, **details)


def signature_mismatch() -> S3Error:
    """403: the request was changed after it was signed, or signed with another secret."""
    return S3Error(
        "403 Forbidden",
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided."
        " Check your key and signing method.",
    )


def unknown_access_key() -> S3Error:
    """403: signed by a key that this account does not have."""
    return S3Error(
        "403 Forbidden",
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    )
