"""A local cloud for a benchmark: processes of their own, made from the project's templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import ROOT
from local.addresses import Addresses
from local.environment import aws_environment
from local.readiness import wait_until_ready

#: What the cloud needs to answer at all, on a slow machine.
READY_SECONDS = 60.0


@contextmanager
def local_cloud(folder: Path, addresses: Addresses, *, retrieval_seconds: float) -> Iterator[dict[str, str]]:
    """The outputs of the templates, while a cloud runs in which every retrieval takes so long."""
    environment = {**os.environ, **aws_environment(addresses)}
    options = [f"--port={addresses.aws_port}", f"--globus-port={addresses.globus_port}"]
    options += [f"--control-port={addresses.control_port}"]
    options += [f"--{tier}-seconds={retrieval_seconds}" for tier in ("expedited", "standard", "bulk")]
    with (folder / "cloud.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.cloud", *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready("The local cloud", f"{addresses.control}/health", READY_SECONDS)
            yield _deploy(folder / "outputs.json", addresses, environment)
        finally:
            process.terminate()
            process.wait()


def _deploy(outputs: Path, addresses: Addresses, environment: dict[str, str]) -> dict[str, str]:
    command = [
        sys.executable,
        "-m",
        "local.deployment",
        "--web-url",
        addresses.web,
        "--outputs",
        str(outputs),
    ]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    made: dict[str, str] = json.loads(outputs.read_text())
    return made
