"""Who may ask: a request signed in its header, or by its address, and nobody else.

moto serves an expired or altered presigned address. A header signature is left to moto, which does not
compare it: the local cloud has one account, and its key is known to everybody on this machine.
"""

import datetime as dt
from collections.abc import Iterable

from local.cloud.accounts import AccessKey
from local.cloud.s3.bodies import drain
from local.cloud.s3.errors import S3Error, access_denied, bad_request
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.signatures import ALGORITHM, check_query_signature, parse_date

#: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
LONGEST_EXPIRY_S = 604_800
CLOCK_SKEW = dt.timedelta(minutes=15)
REQUIRED = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")


class Access:
    """Lets through what is signed; answers the rest with S3's refusals."""

    def __init__(self, app: Application, key: AccessKey) -> None:
        self._app, self._key = app, key

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        if _needs_no_query_signature(request):
            return self._app(environ, start_response)
        try:
            self._check(request)
        except S3Error as refusal:
            drain(environ)
            return refusal.respond(start_response)
        return self._app(environ, start_response)

    def _check(self, request: Request) -> None:
        _check_is_presigned(request)
        _check_is_current(request)
        check_query_signature(request, self._key)


def _needs_no_query_signature(request: Request) -> bool:
    """A form carries its signature among its fields, and is judged by `local.cloud.s3.forms`."""
    return not request.is_s3 or request.header("authorization") is not None or request.is_form_upload


def _check_is_presigned(request: Request) -> None:
    query = request.query
    if "Signature" in query and "AWSAccessKeyId" in query:
        raise bad_request(
            "InvalidRequest",
            f"The authorization mechanism you have provided is not supported. Please use {ALGORITHM}.",
        )
    if "X-Amz-Algorithm" not in query:
        raise access_denied()
    if query["X-Amz-Algorithm"] != ALGORITHM or any(name not in query for name in REQUIRED):
        raise bad_request(
            "AuthorizationQueryParametersError",
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
            " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        )


def _check_is_current(request: Request) -> None:
    signed_at = parse_date(request.query["X-Amz-Date"])
    lifetime = request.query["X-Amz-Expires"]
    if not lifetime.isdecimal() or not 0 < int(lifetime) <= LONGEST_EXPIRY_S:
        raise bad_request(
            "AuthorizationQueryParametersError",
            f"X-Amz-Expires must be between 1 and {LONGEST_EXPIRY_S} seconds",
        )
    now = dt.datetime.now(dt.UTC)
    if signed_at > now + CLOCK_SKEW:
        raise access_denied("Request is not yet valid")
    if now >= signed_at + dt.timedelta(seconds=int(lifetime)):
        raise access_denied("Request has expired", ServerTime=now.isoformat())
