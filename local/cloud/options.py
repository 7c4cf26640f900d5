"""The command line of the cloud."""

import argparse
import os
from dataclasses import dataclass

from local.cloud.accounts import AccessKey
from local.cloud.s3.tiers import BULK, DEFAULT_SECONDS, EXPEDITED, STANDARD, Tiers
from local.globus.clients import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Client

DEFAULT_KEY = "local"


@dataclass(frozen=True)
class Options:
    """How the cloud was asked to run."""

    host: str
    port: int
    globus_port: int
    control_port: int
    globus_issuer: str
    globus_name: str
    control_name: str
    key: AccessKey
    tiers: Tiers
    minute_seconds: float
    client: Client

    @property
    def ports(self) -> list[int]:
        """All three."""
        return [self.port, self.globus_port, self.control_port]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description="The embedded cloud of GAS.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=4566, help="AWS")
    parser.add_argument("--globus-port", type=int, default=4567, help="the stand-in for Globus Auth")
    parser.add_argument("--control-port", type=int, default=4568, help="sent mail and switches")
    parser.add_argument("--globus-issuer", help="its address as browsers see it, if another")
    parser.add_argument("--globus-name", default="", help="host name under which it is on the AWS port too")
    parser.add_argument("--control-name", default="", help="the same for sent mail and switches")
    parser.add_argument("--client-id", default=DEFAULT_CLIENT_ID)
    parser.add_argument("--client-secret", default=DEFAULT_CLIENT_SECRET)
    parser.add_argument("--client-name", default="Genomics Annotation Service")
    parser.add_argument("--redirect-uri", action="append", default=[], help="may be repeated")
    parser.add_argument("--access-key", default=os.environ.get("AWS_ACCESS_KEY_ID", DEFAULT_KEY))
    parser.add_argument("--secret-key", default=os.environ.get("AWS_SECRET_ACCESS_KEY", DEFAULT_KEY))
    for tier in (EXPEDITED, STANDARD, BULK):
        flag = f"--{tier.lower()}-seconds"
        parser.add_argument(flag, type=float, default=DEFAULT_SECONDS[tier], help=f"{tier} retrieval")
    parser.add_argument("--minute-seconds", type=float, default=60, help="length of a schedule's minute")
    parser.add_argument("--no-expedited", action="store_true", help="refuse Expedited retrievals")
    return parser


def parse(arguments: list[str] | None = None) -> Options:
    """Read the command line, or exit with the reason."""
    given = _parser().parse_args(arguments)
    seconds = {tier: getattr(given, f"{tier.lower()}_seconds") for tier in DEFAULT_SECONDS}
    return Options(
        host=given.host,
        port=given.port,
        globus_port=given.globus_port,
        control_port=given.control_port,
        globus_issuer=given.globus_issuer or f"http://{given.host}:{given.globus_port}",
        globus_name=given.globus_name,
        control_name=given.control_name,
        key=AccessKey(given.access_key, given.secret_key),
        tiers=Tiers(seconds, expedited_available=not given.no_expedited),
        minute_seconds=given.minute_seconds,
        client=Client(given.client_id, given.client_name, given.client_secret, frozenset(given.redirect_uri)),
    )
