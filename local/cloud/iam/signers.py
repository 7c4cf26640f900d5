"""Who signed a request, for which service and region."""

from dataclasses import dataclass

from local.cloud.s3.form_reader import read_form
from local.cloud.s3.requests import CREDENTIAL_SCOPE_PARTS, S3_SIGNING_NAME, Request


@dataclass(frozen=True)
class Signer:
    """A credential scope: key id / date / region / service / aws4_request."""

    key_id: str
    region: str
    service: str

    @classmethod
    def of(cls, request: Request) -> "Signer | None":
        """From the header, the address or the upload form; None where there is no signature."""
        parts = _credential(request).rsplit("/", CREDENTIAL_SCOPE_PARTS - 1)
        return cls(parts[0], parts[2], parts[3]) if len(parts) == CREDENTIAL_SCOPE_PARTS else None


def _credential(request: Request) -> str:
    if authorization := request.header("authorization"):
        return authorization.partition("Credential=")[2].partition(",")[0]
    if request.is_s3 and request.is_form_upload:
        return form_fields(request).get("x-amz-credential", "")
    return request.query.get("X-Amz-Credential", f"///{S3_SIGNING_NAME}")


def form_fields(request: Request) -> dict[str, str]:
    """Of an upload form, whose body lies in a file since `local.cloud.s3.forms` judged it."""
    body = request.environ["wsgi.input"]
    form = read_form(request.header("content-type") or "", body)
    body.seek(0)
    return form.fields
