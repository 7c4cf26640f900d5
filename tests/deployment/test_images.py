"""Building and pushing the images, on a docker and a registry that note what they are told."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from ecs.images import push_images
from ecs.stacks import SERVICES


class Registry:
    """Gives one login, and knows what was pushed.

    :ivar tags: digests by repository and tag.
    """

    def __init__(self) -> None:
        self.tags: dict[tuple[str, str], str] = {}

    def describe_images(self, repositoryName, imageIds):  # noqa: N803 - as boto3 has it.
        digest = self.tags.get((repositoryName, imageIds[0]["imageTag"]))
        if not digest:
            raise ClientError({"Error": {"Code": "ImageNotFoundException"}}, "DescribeImages")
        return {"imageDetails": [{"imageDigest": digest}]}

    def get_authorization_token(self):
        access = {"authorizationToken": "QVdTOnNlY3JldA==", "proxyEndpoint": "https://r"}
        return {"authorizationData": [access]}


def test_images_are_named_by_the_digest_of_the_registry():
    """Built for the hosts' processors; the password goes through a pipe and stands in no command."""
    commands: list[tuple[list[str], str]] = []

    def run(arguments, given):
        commands.append((arguments, given))
        repository = arguments[-1].rpartition(":")[0]
        return json.dumps(["other/x@sha256:0", f"{repository}@sha256:{'b' * 64}"])

    repositories = {service: f"r/gas/{service}" for service in SERVICES}
    images = push_images(Registry(), repositories, "v1", run)

    assert images == {service: f"r/gas/{service}@sha256:{'b' * 64}" for service in SERVICES}
    builds = [arguments for arguments, _ in commands if arguments[0] == "build"]
    assert all("linux/arm64" in arguments for arguments in builds)
    assert len(builds) == len(SERVICES)
    assert [given for _, given in commands if given] == ["secret"]
    assert not any("secret" in part for arguments, _ in commands for part in arguments)


def test_images_that_were_pushed_before_an_interruption_are_taken_as_they_are():
    """The registry lets no tag be pushed twice, not even with the same content."""
    registry, builds = Registry(), []
    registry.tags["gas/web", "v1"] = f"sha256:{'c' * 64}"

    def run(arguments, _given):
        builds.append(arguments)
        return json.dumps([f"{arguments[-1].rpartition(':')[0]}@sha256:{'b' * 64}"])

    images = push_images(registry, {service: f"r/gas/{service}" for service in SERVICES}, "v1", run)

    assert images["web"] == f"r/gas/web@sha256:{'c' * 64}"
    assert images["restorer"] == f"r/gas/restorer@sha256:{'b' * 64}"
    assert not any("r/gas/web:v1" in part for arguments in builds for part in arguments)
