"""Lets a role do what its policies allow, and nothing else."""

from collections.abc import Iterable, Iterator

from werkzeug.test import run_wsgi_app

from local.cloud.iam.keys import on_key
from local.cloud.iam.ledger import Ledger
from local.cloud.iam.permissions import Permission
from local.cloud.iam.policies import deciding_statement
from local.cloud.iam.refusals import refuse
from local.cloud.iam.requested import permissions_of
from local.cloud.iam.requested_s3 import is_read_of_object, listing_of
from local.cloud.iam.roles import policies_of
from local.cloud.iam.signers import Signer
from local.cloud.s3.bodies import drain
from local.cloud.s3.requests import S3_SIGNING_NAME, Application, Environ, Request, StartResponse


class Guard:
    """Judges what a role signed; what another key signed is passed on."""

    def __init__(self, app: Application, ledger: Ledger) -> None:
        self._app, self._ledger = app, ledger

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse, or pass on."""
        request = Request(environ)
        signer = Signer.of(request)
        policies = policies_of(signer.key_id) if signer else None
        if signer is None or policies is None:
            return self._app(environ, start_response)
        for permission in _all_needed(request, signer):
            if not self._allows(signer.key_id, policies, permission):
                drain(environ)
                return refuse(signer.key_id, permission, signer.service, start_response)
        if signer.service == S3_SIGNING_NAME and is_read_of_object(request):
            return self._read(request, signer.key_id, policies, start_response)
        return self._app(environ, start_response)

    def _allows(self, role: str, policies: list[str], permission: Permission) -> bool:
        sid = deciding_statement(policies, permission)
        if sid is None:
            self._ledger.note_refused(role, permission)
        else:
            self._ledger.note_allowed(role, sid, permission)
        return sid is not None

    def _read(
        self, request: Request, role: str, policies: list[str], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Who may not list a bucket does not learn what is not in it."""
        body, status, headers = run_wsgi_app(self._app, request.environ)
        listing = listing_of(request)
        if status.startswith("404") and not self._allows(role, policies, listing):
            return refuse(role, listing, S3_SIGNING_NAME, start_response)
        start_response(status, headers.to_wsgi_list())
        return body


def _all_needed(request: Request, signer: Signer) -> Iterator[Permission]:
    for permission in permissions_of(request, signer):
        yield permission
        yield from on_key(permission)
