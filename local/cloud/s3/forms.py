"""Upload forms: moto stores whatever is posted; S3 stores only what the signed policy allows."""

import datetime as dt
from collections.abc import Iterable

from local.cloud.accounts import AccessKey
from local.cloud.s3.bodies import drain, spool
from local.cloud.s3.errors import S3Error, access_denied, bad_request
from local.cloud.s3.form_reader import Form, read_form
from local.cloud.s3.policies import Policy
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.signatures import ALGORITHM, check_policy_signature

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
LARGEST_POST = 5 * 1024**3
SIGNATURE_FIELDS = ("policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature")
FILE_NAME = "${filename}"


class Forms:
    """Judges a form before moto sees it; a refused form stores nothing."""

    def __init__(self, app: Application, key: AccessKey) -> None:
        self._app, self._key = app, key

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        if not request.is_s3 or not request.is_form_upload:
            return self._app(environ, start_response)
        try:
            self._judge(request)
        except S3Error as refusal:
            drain(environ)
            return refusal.respond(start_response)
        return self._app(environ, start_response)

    def _judge(self, request: Request) -> None:
        _check_length(int(request.header("content-length") or 0))
        body = spool(request.environ)
        form = read_form(request.header("content-type") or "", body)
        body.seek(0)
        check_form(form, request.bucket, self._key)


def _check_length(length: int) -> None:
    if length > LARGEST_POST:
        raise bad_request("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")


def check_form(form: Form, bucket: str, key: AccessKey) -> None:
    """Refuse a form that its signer did not allow."""
    fields = {**form.fields, "bucket": bucket}
    if "key" not in fields:
        raise bad_request("InvalidArgument", "Bucket POST must contain a field named 'key'.")
    _check_is_signed(fields)
    check_policy_signature(fields["policy"], fields, key)
    fields["key"] = fields["key"].replace(FILE_NAME, form.file_name or "")
    policy = Policy.parse(fields["policy"])
    policy.check_fields(fields, dt.datetime.now(dt.UTC))
    policy.check_size(form.file_size)


def _check_is_signed(fields: dict[str, str]) -> None:
    """An unsigned form would be an anonymous write, which no bucket here allows."""
    if missing := [name for name in SIGNATURE_FIELDS if name not in fields]:
        raise access_denied(f"Access Denied: the form lacks {', '.join(missing)}")
    if fields["x-amz-algorithm"] != ALGORITHM:
        raise bad_request("InvalidRequest", f"Please use {ALGORITHM}.")
