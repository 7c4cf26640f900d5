"""The task definitions for the ECS console: current, valid, and those of the services."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from moto import mock_aws

from ecs.rendering import FOLDER, write_all
from ecs.stacks import SERVICES

ROOT = Path(__file__).parents[2]

#: How to find the local cloud, which a task on ECS is not told.
LOCAL = ("AWS_", "GLOBUS_SDK_")
#: A trial takes seconds where a deployment takes the default.
HURRIED = {
    "GAS_FREE_INPUT_BYTES",
    "GAS_LEASE_SECONDS",
    "GAS_MAIL_GATHER_SECONDS",
    "GAS_MIN_ARCHIVE_BYTES",
    "GAS_PART_UPLOAD_BYTES",
    "GAS_PREMIUM_INPUT_BYTES",
    "GAS_RETRY_SECONDS",
    "GAS_SWEEP_PATIENCE_SECONDS",
    "GAS_VIEWER_CACHE_MIB",
    "GAS_VISIBILITY_SECONDS",
}
#: What only a deployment says; Compose leaves it to the default.
DEPLOYED = {
    "GAS_COLD_STORE",
    "GAS_ENGINE_WORKERS",
    "GAS_GENOMES",
    "GAS_PACK",
    "GAS_RESTORE_COMPLETED_TOPIC",
    "GAS_RESTORE_TIER",
    "GAS_TRUSTED_PROXIES",
    "GAS_VAULT",
}


def stored(service: str) -> dict:
    return json.loads((FOLDER / f"{service}.json").read_text())


def test_the_files_are_current(tmp_path):
    """Made anew: python -m ecs task-definitions."""
    write_all(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in FOLDER.iterdir()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_file_is_what_ecs_takes(service):
    """Each name and type of the call's model; nothing is left of the template's language."""
    model = botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")

    report = ParamValidator().validate(stored(service), model.input_shape)

    assert report.generate_report() == ""
    assert "${" not in json.dumps(stored(service))
    assert "Ref" not in json.dumps(stored(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_file_can_be_registered(service, monkeypatch):
    """And comes back as it was."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        ecs = boto3.client("ecs", region_name="us-east-1")
        made = ecs.register_task_definition(**stored(service))["taskDefinition"]

    assert made["family"] == f"gas-{service}"
    assert made["containerDefinitions"][0]["image"] == stored(service)["containerDefinitions"][0]["image"]


@pytest.mark.parametrize("service", SERVICES)
def test_ecs_and_compose_say_the_same_to_a_service(service):
    """Every difference has a name."""
    (container,) = stored(service)["containerDefinitions"]
    said = {each["name"] for each in [*container["environment"], *container.get("secrets", [])]}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][service]["environment"]
    composed = {name for name in compose if not name.startswith(LOCAL)}

    assert composed - said <= HURRIED
    assert said - composed <= DEPLOYED


def test_no_difference_is_named_in_vain():
    """What both or neither say is no difference."""
    said = {
        each["name"]
        for service in SERVICES
        for container in stored(service)["containerDefinitions"]
        for each in container["environment"]
    }

    assert said >= DEPLOYED
    assert not HURRIED & said
