"""Building the four images, and naming each by the digest that the registry gave it."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ecs.stacks import SERVICES, CannotDeploy

ROOT = Path(__file__).parents[1]

#: That of the hosts (templates/40-cluster.yaml).
PLATFORM = "linux/arm64"

Run = Callable[[list[str], str], str]


def run_docker(arguments: list[str], given: str = "") -> str:
    """Run one docker command; its output.

    :raises CannotDeploy: it failed; its own words say why.
    """
    done = subprocess.run(  # noqa: S603 - the commands are this module's own.
        ["docker", *arguments],  # noqa: S607 - whichever docker the operator uses.
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotDeploy(f"docker {' '.join(arguments[:2])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


def push_images(ecr: Any, repositories: Mapping[str, str], tag: str, run: Run = run_docker) -> dict[str, str]:
    """Build and push every image under this tag, which the registry never lets another one have.

    One that is there already, from a run that was interrupted, is taken as it is.

    :param repositories: by service, the repository's address.
    :returns: by service, the image with its digest.
    """
    _log_in(ecr, run)
    images = {}
    for service in SERVICES:
        repository = repositories[service]
        images[service] = _pushed(ecr, repository, tag) or _push(service, repository, tag, run)
    return images


def _push(service: str, repository: str, tag: str, run: Run) -> str:
    address, dockerfile = f"{repository}:{tag}", f"services/{service}/Dockerfile"
    build = ["--build-arg", f"REVISION={tag}", "--file", dockerfile, "--tag", address, "."]
    run(["build", "--platform", PLATFORM, *build], "")
    run(["push", address], "")
    return _digest_of(address, repository, run)


def _pushed(ecr: Any, repository: str, tag: str) -> str | None:
    """The image that has this tag, with its digest."""
    try:
        found = ecr.describe_images(repositoryName=repository.partition("/")[2], imageIds=[{"imageTag": tag}])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ImageNotFoundException":
            return None
        raise
    return f"{repository}@{found['imageDetails'][0]['imageDigest']}"


def _log_in(ecr: Any, run: Run) -> None:
    (access,) = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(access["authorizationToken"]).decode().partition(":")
    run(["login", "--username", user, "--password-stdin", access["proxyEndpoint"]], password)


def _digest_of(address: str, repository: str, run: Run) -> str:
    digests = json.loads(run(["image", "inspect", "--format", "{{json .RepoDigests}}", address], ""))
    for digest in digests:
        if digest.startswith(f"{repository}@"):
            return str(digest)
    raise CannotDeploy(f"The registry gave {address} no digest; push it again.")
