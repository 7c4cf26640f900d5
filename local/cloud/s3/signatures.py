"""AWS Signature Version 4, recomputed with botocore's own signer.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import datetime as dt
import hmac
from dataclasses import dataclass

from botocore.auth import S3SigV4PostAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.cloud.accounts import AccessKey
from local.cloud.iam.roles import policies_of
from local.cloud.s3.errors import S3Error, bad_request, signature_mismatch, unknown_access_key
from local.cloud.s3.requests import CREDENTIAL_SCOPE_PARTS, S3_SIGNING_NAME, Request

ALGORITHM = "AWS4-HMAC-SHA256"
AMZ_DATE = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Scope:
    """key id / date / region / s3 / aws4_request: who signed, and for which day and region."""

    key_id: str
    date: str
    region: str

    @classmethod
    def parse(cls, credential: str, amz_date: str) -> "Scope":
        """Refuses a credential that is not for S3 or not of the day that was signed."""
        parts = credential.rsplit("/", CREDENTIAL_SCOPE_PARTS - 1)
        if len(parts) != CREDENTIAL_SCOPE_PARTS or parts[3:] != [S3_SIGNING_NAME, "aws4_request"]:
            raise _malformed("Error parsing the X-Amz-Credential parameter; it must be for S3.")
        if parts[1] != amz_date[:8]:
            raise _malformed("Invalid credential date. This date is not the same as X-Amz-Date.")
        return cls(parts[0], parts[1], parts[2])


def _malformed(message: str) -> S3Error:
    return bad_request("AuthorizationQueryParametersError", message)


def parse_date(amz_date: str) -> dt.datetime:
    """The moment of signing."""
    try:
        return dt.datetime.strptime(amz_date, AMZ_DATE).replace(tzinfo=dt.UTC)
    except ValueError as e:
        raise _malformed("X-Amz-Date must be in the ISO8601 Long Format yyyyMMdd'T'HHmmss'Z'") from e


def _credentials(scope: Scope, key: AccessKey) -> Credentials:
    if scope.key_id != key.id and policies_of(scope.key_id) is None:
        raise unknown_access_key()
    return Credentials(scope.key_id, key.secret)


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise signature_mismatch()


def check_query_signature(request: Request, key: AccessKey) -> None:
    """Refuse a presigned address that differs from what was signed in method, path, query or headers."""
    query = request.query
    scope = Scope.parse(query["X-Amz-Credential"], query["X-Amz-Date"])
    signer = S3SigV4QueryAuth(_credentials(scope, key), S3_SIGNING_NAME, scope.region)
    signed = _as_signed(request)
    signed.context["timestamp"] = query["X-Amz-Date"]
    canonical = signer.canonical_request(signed)
    _compare(signer.signature(signer.string_to_sign(signed, canonical), signed), query["X-Amz-Signature"])


def _as_signed(request: Request) -> AWSRequest:
    pairs = [p for p in request.query_string.split("&") if not p.startswith("X-Amz-Signature=")]
    names = request.query["X-Amz-SignedHeaders"].split(";")
    return AWSRequest(
        method=request.method,
        url=f"http://{request.header('host')}{request.raw_path}?{'&'.join(pairs)}",
        headers={name: request.header(name) or "" for name in names},
    )


def check_policy_signature(policy: str, fields: dict[str, str], key: AccessKey) -> None:
    """Refuse a form whose policy is not the one that was signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
    """
    date = fields["x-amz-date"]
    scope = Scope.parse(fields["x-amz-credential"], date)
    signer = S3SigV4PostAuth(_credentials(scope, key), S3_SIGNING_NAME, scope.region)
    signed = AWSRequest()
    signed.context["timestamp"] = date
    _compare(signer.signature(policy, signed), fields["x-amz-signature"])
