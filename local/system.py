"""The whole system as processes of this machine: the local cloud, the templates, the four services."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.addresses import Addresses
from local.applier.stack import Outputs
from local.cloud.ports import taken_ports
from local.environment import aws_environment, web_environment, worker_environment
from local.readiness import wait_until_ready
from local.supervisor import Service, Supervisor
from local.task_roles import SERVICES

ROOT = Path(__file__).parents[1]
WORKERS = ("annotator", "archiver", "restorer")
READY_SECONDS = 60.0
VAULT = "gas"


class CannotStart(Exception):
    """The system could not be started."""


@dataclass(frozen=True)
class Tuning:
    """How a local run differs from a deployment: everything takes seconds.

    :ivar retention_seconds: how long free results can be downloaded.
    :ivar free_input_bytes: small, so that the refusal can be seen with a small file.
    :ivar part_upload_bytes: small, so that an upload in parts can be seen with a file of a few of them.
    :ivar cold_store: where cold copies go: a name of `gas.cold_stores`.
    :ivar min_archive_bytes: nothing, so that small results go to cold storage as well.
    :ivar mail_gather_seconds: how long mails about restored results are gathered.
    :ivar restore_seconds: how long cold storage takes, by tier.
    :ivar agent_uri: where workers have themselves protected; nowhere, as nobody takes them away.
    :ivar minute_seconds: how long a minute of a schedule lasts: the sweep comes every five of them.
    """

    retention_seconds: int = 180
    free_input_bytes: int = 150_000
    premium_input_bytes: int = 1_000_000_000
    part_upload_bytes: int = 20_000_000
    visibility_seconds: float = 10.0
    lease_seconds: float = 8.0
    retry_seconds: float = 1.0
    stop_grace_seconds: float = 10.0
    sweep_patience_seconds: float = 20.0
    minute_seconds: float = 2.0
    agent_uri: str = ""
    cold_store: str = "GLACIER"
    min_archive_bytes: int = 0
    mail_gather_seconds: float = 3.0
    restore_seconds: Mapping[str, float] = field(
        default_factory=lambda: {"expedited": 3, "standard": 6, "bulk": 9}
    )

    def environment(self) -> dict[str, str]:
        """As settings of the services."""
        return {
            "GAS_RETENTION_SECONDS": str(self.retention_seconds),
            "GAS_FREE_INPUT_BYTES": str(self.free_input_bytes),
            "GAS_PREMIUM_INPUT_BYTES": str(self.premium_input_bytes),
            "GAS_PART_UPLOAD_BYTES": str(self.part_upload_bytes),
            "GAS_VISIBILITY_SECONDS": str(self.visibility_seconds),
            "GAS_LEASE_SECONDS": str(self.lease_seconds),
            "GAS_RETRY_SECONDS": str(self.retry_seconds),
            "GAS_STOP_GRACE_SECONDS": str(self.stop_grace_seconds),
            "GAS_SWEEP_PATIENCE_SECONDS": str(self.sweep_patience_seconds),
            "GAS_MAIL_GATHER_SECONDS": str(self.mail_gather_seconds),
            "ECS_AGENT_URI": self.agent_uri,
            "GAS_COLD_STORE": self.cold_store,
            "GAS_MIN_ARCHIVE_BYTES": str(self.min_archive_bytes),
        }


class System:
    """Started once, stopped once; what it wrote stays in its folder."""

    def __init__(self, addresses: Addresses, folder: Path, tuning: Tuning) -> None:
        self._addresses = addresses
        self._folder = folder
        self._tuning = tuning
        urls = {"web": addresses.web, "cloud": addresses.aws, "globus": addresses.globus}
        urls["control"] = addresses.control
        self._supervisor = Supervisor((), folder, urls, grace_s=tuning.stop_grace_seconds + 5)

    def start(self) -> None:
        """Start everything and return once it answers.

        :raises CannotStart: a port is taken, or a part did not become ready.
        """
        self._refuse_taken_ports()
        self._supervisor.start()
        self._supervisor.add(self._cloud())
        wait_until_ready("The local cloud", f"{self._addresses.control}/health", READY_SECONDS)
        outputs = self._deploy()
        began = time.time()
        for service in self._services(outputs):
            self._supervisor.add(service)
        wait_until_ready("The web app", f"{self._addresses.web}/readyz", READY_SECONDS)
        for name in WORKERS:
            wait_until_ready(f"The {name}", self._folder / f"{name}.health", READY_SECONDS, since=began)

    def stop(self) -> bool:
        """Stop everything, gently first; whether there was anything to stop."""
        running = bool(self._supervisor.pids)
        self._supervisor.stop()
        return running

    def _refuse_taken_ports(self) -> None:
        if len(set(self._addresses.ports)) < len(self._addresses.ports):
            raise CannotStart("Each part needs a port of its own; two of the options name the same one.")
        taken = taken_ports(self._addresses.host, self._addresses.ports)
        if taken:
            ports = " and ".join(map(str, taken))
            raise CannotStart(
                f"Taken on {self._addresses.host}: port {ports}. Stop what uses it, or choose others with "
                "the options of `python -m local --help`."
            )

    def _cloud(self) -> Service:
        a = self._addresses
        options = {
            "host": a.host,
            "port": a.aws_port,
            "globus-port": a.globus_port,
            "control-port": a.control_port,
            "redirect-uri": f"{a.web}/auth/callback",
            "minute-seconds": self._tuning.minute_seconds,
            **{f"{tier}-seconds": seconds for tier, seconds in self._tuning.restore_seconds.items()},
        }
        flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        return self._service("cloud", "local.cloud", aws_environment(a), *flags)

    def _deploy(self) -> Outputs:
        file = self._folder / "outputs.json"
        command = [sys.executable, "-m", "local.deployment"]
        command += ["--web-url", self._addresses.web, "--outputs", str(file)]
        command += ["--vault", VAULT] if self._tuning.cold_store == "VAULT" else []
        done = subprocess.run(  # noqa: S603 - the command is this package's own.
            command,
            cwd=ROOT,
            env=aws_environment(self._addresses),
            capture_output=True,
            text=True,
            check=False,
        )
        (self._folder / "logs" / "deployment.log").write_text(done.stdout + done.stderr)
        if done.returncode:
            raise CannotStart(f"The templates could not be applied: {done.stderr.strip().splitlines()[-1]}")
        outputs: Outputs = json.loads(file.read_text())
        return outputs

    def _services(self, outputs: Outputs) -> list[Service]:
        tuning = self._tuning.environment()
        aws = {
            name: aws_environment(self._addresses, outputs[f"{name.capitalize()}TaskRole"])
            for name in SERVICES
        }
        web = web_environment(outputs, self._addresses, self._folder, tuning)
        services = [self._service("web", "services.web", {**aws["web"], **web})]
        for name in WORKERS:
            worker = worker_environment(name, outputs, self._folder, tuning)
            services.append(self._service(name, f"services.{name}", {**aws[name], **worker}))
        return services

    def _service(self, name: str, module: str, environment: Mapping[str, str], *flags: str) -> Service:
        return Service(name, (sys.executable, "-m", module, *flags), environment, ROOT)
