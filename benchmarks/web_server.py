"""The shipped server with another application in it: `python -m benchmarks.web_server floor|memory PORT`.

``floor`` is the least that Flask can answer. ``memory`` is the site itself with everything behind it in the
memory of its process, so that nothing but its own work is measured.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from benchmarks.web_job import RUNNING, USER, running_job
from gas.accounts import Profile
from gas.fakes import (
    FakeAccountStore,
    FakeBus,
    FakeJobQueue,
    FakeJobStore,
    FakeObjectCopies,
    FakeObjectStore,
    FakeObjectStream,
    FakeOwnedJobs,
    FakePartUploads,
    FakeSignedAccess,
    FakeTokenStore,
)
from gas.logs import configure_logs
from local.addresses import Addresses
from local.environment import web_environment
from services.web.__main__ import Server
from services.web.app import create_app
from services.web.context import Ports
from services.web.settings import WebSettings


class OtherServer(Server):
    """gunicorn as shipped, but for the application."""

    def __init__(self, settings: WebSettings, make: Callable[[WebSettings], Flask]) -> None:
        self._make = make
        self._asked = settings
        super().__init__(settings)

    def load(self) -> Flask:
        """The application of one worker."""
        return self._make(self._asked)


def floor(_settings: WebSettings) -> Flask:
    """One page that says nothing."""
    app = Flask("floor", static_folder=None)
    app.add_url_rule(f"/jobs/{RUNNING}/status", view_func=lambda: ("", 204), endpoint="status")
    return app


def in_memory(settings: WebSettings) -> Flask:
    """The site, with one running job."""
    configure_logs("web", level="WARNING")
    jobs, accounts, inputs, results = FakeJobStore(), FakeAccountStore(), FakeObjectStore(), FakeObjectStore()
    accounts.enter(Profile(user_id=USER, name="Benchmark", username=USER, email=""), now=time.time())
    jobs.add(running_job())
    ports = Ports(
        jobs=jobs,
        queue=FakeJobQueue(jobs),
        accounts=accounts,
        owned_jobs=FakeOwnedJobs(accounts, jobs),
        tokens=FakeTokenStore(),
        inputs=inputs,
        results=results,
        input_access=FakeSignedAccess(),
        input_copies=FakeObjectCopies(inputs),
        result_access=FakeSignedAccess(),
        result_stream=FakeObjectStream(results),
        part_uploads=FakePartUploads(inputs),
        bus=FakeBus(),
    )
    return create_app(settings, ports, example=b"")


def _settings(port: int, scratch: Path) -> WebSettings:
    return WebSettings(
        jobs_table="jobs",
        accounts_table="accounts",
        tokens_table="tokens",
        inputs_bucket="inputs",
        results_bucket="results",
        archive_requests_topic="archive-requests",
        restore_requests_topic="restore-requests",
        web_url=f"http://127.0.0.1:{port}",
        host="127.0.0.1",
        port=port,
        # A cookie of the local system is good here as well.
        secret_key=web_environment({}, Addresses(), scratch, {})["GAS_SECRET_KEY"],
        globus_client_id="client",
        globus_client_secret="none",
        scratch=scratch,
    )


def main() -> None:
    """Serve until told to stop."""
    make = {"floor": floor, "memory": in_memory}[sys.argv[1]]
    with tempfile.TemporaryDirectory(prefix="gas-web-") as scratch:
        OtherServer(_settings(int(sys.argv[2]), Path(scratch)), make).run()


if __name__ == "__main__":
    main()
