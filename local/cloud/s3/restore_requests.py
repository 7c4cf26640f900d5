"""The wire form of RestoreObject: POST /bucket/key?restore with a small XML document."""

from collections.abc import Iterable
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from local.cloud.s3.bodies import spool
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.requests import Application, Environ, Request, StartResponse
from local.cloud.s3.restores import Asked, Restores
from local.cloud.s3.tiers import STANDARD


class RestoreRequests:
    """Takes restores out of moto's hands."""

    def __init__(self, app: Application, restores: Restores) -> None:
        self._app, self._restores = app, restores

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a restore, or pass on."""
        request = Request(environ)
        if request.method != "POST" or not request.is_s3 or "restore" not in request.query:
            return self._app(environ, start_response)
        try:
            status = self._restores.ask(read_request(request))
        except S3Error as refusal:
            return refusal.respond(start_response)
        start_response(status, [("Content-Length", "0")])
        return [b""]


def read_request(request: Request) -> Asked:
    """The tier is Standard unless the document says otherwise."""
    try:
        document = xmltodict.parse(spool(request.environ).read())["RestoreRequest"] or {}
        parameters: dict[str, Any] = document.get("GlacierJobParameters") or {}
        days = int(document["Days"])
    except (ExpatError, KeyError, TypeError, ValueError, AttributeError) as e:
        raise bad_request("MalformedXML", "The XML you provided was not well-formed") from e
    if days < 1:
        raise bad_request("InvalidArgument", "Days must be at least 1")
    tier = parameters.get("Tier") or document.get("Tier") or STANDARD
    return Asked(request.bucket, request.key, request.query.get("versionId"), days, tier)
