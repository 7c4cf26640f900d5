"""How each service says that something is not allowed."""

import json
from collections.abc import Iterable
from xml.sax.saxutils import escape

from local.cloud.accounts import ACCOUNT
from local.cloud.iam.permissions import Permission
from local.cloud.s3.errors import access_denied
from local.cloud.s3.requests import S3_SIGNING_NAME, StartResponse


def refuse(role: str, permission: Permission, service: str, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request with the refusal that its service would give."""
    message = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role}/local is not authorized to perform: "
        f"{permission.action} on resource: {permission.resource} because no identity-based policy allows "
        f"the {permission.action} action"
    )
    if service == S3_SIGNING_NAME:
        return access_denied(message).respond(start_response)
    if service == "sns":
        return _answer(start_response, "403 Forbidden", "text/xml", _xml("AuthorizationError", message))
    if service == "glacier":
        body = {"code": "AccessDeniedException", "type": "Client", "message": message}
        return _answer(start_response, "403 Forbidden", "application/json", json.dumps(body))
    # SQS, DynamoDB and Step Functions speak JSON; the first calls it by a shorter name.
    name = "AccessDenied" if service == "sqs" else "AccessDeniedException"
    status = "403 Forbidden" if service == "sqs" else "400 Bad Request"
    body = {"__type": f"com.amazonaws.{service}#{name}", "message": message}
    return _answer(start_response, status, "application/x-amz-json-1.0", json.dumps(body))


def _xml(code: str, message: str) -> str:
    error = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    return f"<ErrorResponse><Error>{error}</Error><RequestId>local</RequestId></ErrorResponse>"


def _answer(start_response: StartResponse, status: str, kind: str, text: str) -> Iterable[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
