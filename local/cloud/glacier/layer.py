"""Takes the requests to Amazon Glacier out of moto's hands."""

from collections.abc import Iterable

from local.cloud.glacier.answers import Answer, refusal
from local.cloud.glacier.archive_requests import ArchiveRequests
from local.cloud.glacier.bodies import allow_many_files
from local.cloud.glacier.calls import Call, is_glacier
from local.cloud.glacier.errors import GlacierError
from local.cloud.glacier.job_requests import JobRequests
from local.cloud.glacier.output_requests import OutputRequests
from local.cloud.glacier.retrievals import Later, Retrievals
from local.cloud.glacier.routes import answer
from local.cloud.glacier.upload_requests import UploadRequests
from local.cloud.glacier.vault_requests import VaultRequests
from local.cloud.glacier.vaults import Vaults
from local.cloud.s3.requests import Application, Environ, StartResponse
from local.cloud.s3.tiers import Tiers


class Glacier:
    """The vault service; `later` is told what to do when a tier's time is over."""

    def __init__(self, app: Application, tiers: Tiers, later: Later) -> None:
        allow_many_files()
        vaults, retrievals = Vaults(), Retrievals(tiers, later)
        self._app = app
        self._routes = [
            *VaultRequests(vaults).routes(),
            *ArchiveRequests(vaults).routes(),
            *UploadRequests(vaults).routes(),
            *JobRequests(vaults, retrievals).routes(),
            *OutputRequests(vaults).routes(),
        ]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, refuse, or pass on."""
        if not is_glacier(environ):
            return self._app(environ, start_response)
        return self._answer(Call(environ)).send(start_response)

    def _answer(self, call: Call) -> Answer:
        """A refused body is read to its end: whoever still sends would see a broken connection."""
        try:
            call.check_version()
            return answer(self._routes, call)
        except GlacierError as error:
            call.drain()
            return refusal(error)
