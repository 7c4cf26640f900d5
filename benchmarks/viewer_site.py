"""A web app as shipped, on a local cloud, with one job whose result has a million variants."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from benchmarks.archive_cloud import local_cloud
from benchmarks.measuring import ROOT
from gas.accounts import Profile
from gas.aws.accounts import DynamoAccountStore
from gas.aws.clients import Clients
from gas.aws.jobs import DynamoJobStore
from gas.aws.objects import S3ObjectStore
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from gas.keys import result_key
from local.addresses import Addresses
from local.environment import aws_environment, web_environment
from local.readiness import wait_until_ready

ADDRESSES = Addresses(web_port=18180, aws_port=14666, globus_port=14667, control_port=14668)
USER, JOB = "benchmark", "11111111-2222-3333-4444-555555555555"

_READY_SECONDS = 60.0
_HOUR = 3600
_MIB_KB = 1024


@dataclass(frozen=True)
class RunningSite:
    """The web app.

    :ivar pid: of the process that the server processes are children of.
    :ivar cookie: of a browser that is logged in.
    """

    pid: int
    cookie: str

    def browser(self) -> requests.Session:
        """A browser of the job's owner."""
        session = requests.Session()
        session.cookies.set("gas", self.cookie)
        return session

    def address(self, path: str) -> str:
        """Of a page of the job."""
        return f"{ADDRESSES.web}/jobs/{JOB}/{path}"

    def peak_megabytes(self) -> list[int]:
        """The most memory that each server process had so far, with what it shares (VmHWM)."""
        return [_kilobytes(pid, "VmHWM") // _MIB_KB for pid in _children(self.pid)]


@contextmanager
def running_site(folder: Path, files: list[Path], summary: Path) -> Iterator[RunningSite]:
    """A site with a completed job that has these result files."""
    (folder / "site").mkdir(exist_ok=True)
    with local_cloud(folder, ADDRESSES, retrieval_seconds=1) as outputs:
        environment = web_environment(outputs, ADDRESSES, folder / "site", {"GAS_LOG_LEVEL": "WARNING"})
        aws = aws_environment(ADDRESSES)
        os.environ.update(aws)
        _record(outputs, files, summary)
        with (folder / "web.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.web"],
                cwd=ROOT,
                env={**os.environ, **aws, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                wait_until_ready("The web app", f"{ADDRESSES.web}/readyz", _READY_SECONDS)
                yield RunningSite(process.pid, _cookie(environment["GAS_SECRET_KEY"]))
            finally:
                process.terminate()
                process.wait()


def _record(outputs: dict[str, str], files: list[Path], summary: Path) -> None:
    clients, now = Clients(), time.time()
    profile = Profile(user_id=USER, name="Benchmark", username=USER, email="")
    DynamoAccountStore(clients["dynamodb"], outputs["AccountsTable"]).enter(profile, now=now)
    store = S3ObjectStore(clients["s3"], outputs["ResultsBucket"])
    kept = tuple(_store(store, path) for path in files)
    summary_key = result_key(USER, JOB, "summary.json")
    with summary.open("rb") as source:
        store.upload(summary_key, source, content_type="application/json")
    job = Job(
        job_id=JOB,
        user_id=USER,
        file_name="big.vcf.gz",
        input_key=f"inputs/{USER}/{JOB}/big.vcf.gz",
        submit_time=now,
        max_input_bytes=1,
        status=JobStatus.COMPLETED,
        location=ResultLocation.HOT,
        cycle=1,
        available_until=int(now) + _HOUR,
        result_files=kept,
        summary_key=summary_key,
    )
    DynamoJobStore(clients["dynamodb"], outputs["JobsTable"]).add(job)


def _store(store: S3ObjectStore, path: Path) -> ResultFile:
    key = result_key(USER, JOB, path.name)
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        source.seek(0)
        store.upload(key, source, content_type="application/octet-stream")
    return ResultFile(name=path.name, key=key, size=path.stat().st_size, sha256=digest)


def _cookie(secret_key: str) -> str:
    app = Flask("benchmark")
    app.secret_key = secret_key
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    session = {"user_id": USER, "name": "Benchmark", "since": int(time.time())}
    return str(signer.dumps(session))


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
