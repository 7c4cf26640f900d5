"""What the views of one application share, handed to `create_app` and found here again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from gas.ports import AccountStore, Bus, JobStore, TokenStore
from gas.storage_ports import ObjectStore, SignedAccess
from services.web.globus_login import GlobusLogin
from services.web.settings import WebSettings

EXTENSION = "gas"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything outside that the web application needs, Globus Auth excepted."""

    jobs: JobStore
    accounts: AccountStore
    tokens: TokenStore
    inputs: ObjectStore
    results: ObjectStore
    input_access: SignedAccess
    result_access: SignedAccess
    bus: Bus


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application's settings, ports and clock.

    :ivar example: the VCF behind the Example tab.
    """

    settings: WebSettings
    ports: Ports
    login: GlobusLogin
    clock: Callable[[], float]
    example: bytes


def site() -> Site:
    """The site that the present request is for."""
    found: Site = current_app.extensions[EXTENSION]
    return found
