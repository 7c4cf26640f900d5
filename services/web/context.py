"""What the views of one application share, handed to `create_app` and found here again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app

from gas.part_uploads import PartUploads
from gas.ports import AccountStore, Bus, JobQueue, JobStore, OwnedJobs, TokenStore
from gas.storage_ports import ObjectCopies, ObjectStore, ObjectStream, SignedAccess
from services.web.genomes import Genome
from services.web.globus_login import GlobusLogin
from services.web.queue_view import QueueWatch
from services.web.settings import WebSettings
from services.web.viewer.tables import Tables

EXTENSION = "gas"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything outside that the web application needs, Globus Auth excepted."""

    jobs: JobStore
    queue: JobQueue
    accounts: AccountStore
    owned_jobs: OwnedJobs
    tokens: TokenStore
    inputs: ObjectStore
    results: ObjectStore
    input_access: SignedAccess
    input_copies: ObjectCopies
    result_access: SignedAccess
    result_stream: ObjectStream
    part_uploads: PartUploads
    bus: Bus


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application's settings, ports and clock.

    :ivar genomes: what can be chosen, by name, the usual one first.
    :ivar example: the VCF behind the Example button.
    :ivar tables: of the results.
    :ivar queue: of all jobs, as this process has seen it lately.
    """

    settings: WebSettings
    ports: Ports
    login: GlobusLogin
    tables: Tables
    queue: QueueWatch
    genomes: Mapping[str, Genome]
    clock: Callable[[], float]
    example: bytes


def site() -> Site:
    """The site that the present request is for."""
    found: Site = current_app.extensions[EXTENSION]
    return found
