"""The Compose file, the settings and the templates agree; and the containers are locked down."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
import yaml
from moto import mock_aws

from gas.settings import describe
from local.applier import apply_template
from local.applier.target import Target
from local.environment import settings_of
from local.globus.clients import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = {
    "web": "WebSettings",
    "annotator": "AnnotatorSettings",
    "archiver": "ArchiverSettings",
    "restorer": "RestorerSettings",
}
ALL = COMPOSE["services"]


def settings_rows(service: str):
    return describe(getattr(import_module(f"services.{service}.settings"), SERVICES[service]))


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_exists_and_every_required_one_is_given(service):
    """No variable that nobody reads, none that is missing."""
    rows = settings_rows(service)
    given = {name for name in ALL[service]["environment"] if name.startswith("GAS_")}

    assert given <= {row.env for row in rows}
    assert {row.env for row in rows if row.default == "required"} <= given


@pytest.fixture(scope="module")
def outputs():
    """What the templates make, in an account of its own."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": False}}):
        session = boto3.Session("local", "local", region_name="us-east-1")
        templates = ROOT / "ecs" / "templates"
        web = {"WebOrigin": "http://127.0.0.1:8080"}
        data = apply_template(templates / "20-data.yaml", web, session=session)
        handed_on = ("DataKey", "JobsTable", "AccountsTable", "JobRequestsTopic", "RestoreCompletedTopic")
        definition = ROOT / "ecs" / "state_machines" / "after_completion.asl.json"
        parameters = {
            "WebUrl": "http://127.0.0.1:8080",
            "MailFrom": "a@example.org",
            "ArtifactsBucket": "artifacts",
            **{name: data[name] for name in handed_on},
        }
        files = {definition.name: definition}
        messaging = apply_template(templates / "30-messaging.yaml", parameters, files, session)
        yield {**data, **messaging}


@pytest.mark.parametrize("service", SERVICES)
def test_the_names_are_those_of_the_templates(service, outputs):
    """Tables, buckets, topics, the state machine, and the queue of the service."""
    environment = ALL[service]["environment"]

    for name, value in settings_of(outputs).items():
        if name in environment:
            assert environment[name] == value, name
    if service != "web":
        queue = outputs[f"{service.capitalize()}QueueUrl"].rsplit("/", maxsplit=1)[-1]
        assert environment["GAS_QUEUE_URL"].endswith(f":4566/123456789012/{queue}")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_under_its_own_role(service):
    """The local cloud lets it do what the policies of that role allow; the deployment makes it."""
    name = f"gas-{service}"

    assert ALL[service]["environment"]["AWS_ACCESS_KEY_ID"] == Target.name(
        SimpleNamespace(stack_name=name), "TaskRole"
    )


def test_the_client_is_the_one_that_the_stand_in_knows():
    """Id and secret of the login."""
    environment = ALL["web"]["environment"]

    assert environment["GAS_GLOBUS_CLIENT_ID"] == DEFAULT_CLIENT_ID
    assert environment["GAS_GLOBUS_CLIENT_SECRET"] == DEFAULT_CLIENT_SECRET


@pytest.mark.parametrize("service", ALL)
def test_every_container_is_locked_down(service):
    """Read-only, without capabilities or new privileges, and with nothing but /tmp and scratch to write."""
    container = ALL[service]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    writable = ["/tmp", "/scratch"] if service in {"annotator", "web"} else ["/tmp"]
    assert [mount.split(":")[0] for mount in container["tmpfs"]] == writable
    assert "volumes" not in container
    assert "privileged" not in container


def test_only_two_ports_are_published_and_only_here():
    """The web app and the embedded cloud, on loopback."""
    published = [port for container in ALL.values() for port in container.get("ports", [])]

    assert sorted(published) == ["127.0.0.1:4566:4566", "127.0.0.1:8080:8080"]


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "web"])
def test_a_container_is_given_longer_to_stop_than_its_worker_takes(service):
    """Else the engine kills it in the middle of giving its work back."""
    grace = float(ALL[service]["environment"]["GAS_STOP_GRACE_SECONDS"])

    assert float(ALL[service]["stop_grace_period"].removesuffix("s")) >= grace + 5


@pytest.mark.parametrize("service", SERVICES)
def test_services_wait_for_the_deployment(service):
    """And the deployment for a healthy cloud."""
    assert ALL[service]["depends_on"] == {"deployment": {"condition": "service_completed_successfully"}}
    assert ALL["deployment"]["depends_on"] == {"cloud": {"condition": "service_healthy"}}


@pytest.mark.parametrize("service", SERVICES)
def test_the_dockerfiles_differ_in_their_service_alone(service):
    """Read one, know all: the same steps in the same order, but for what the service needs."""

    def steps(name: str) -> list[str]:
        text = (ROOT / "services" / name / "Dockerfile").read_text().replace(name, "SERVICE")
        own = (
            "VOLUME",
            "EXPOSE",
            "#",
            "COPY services/SERVICE/requirements-assets",
            "RUN python /build",
            "RUN cp",
        )
        own += ("RUN install", "LABEL", "      org.", '  CMD ["python"')
        return [line for line in text.splitlines() if line and not line.startswith(own)]

    assert steps(service) == steps("archiver")
    text = (ROOT / "services" / service / "Dockerfile").read_text()
    assert text.count("FROM python:3.13-slim-trixie") == 2
    assert json.dumps(["python", "-m", f"services.{service}"]) in text


def test_development_watches_the_source_and_loosens_nothing():
    """The override rebuilds what changed; every restriction stays."""
    override = yaml.safe_load((ROOT / "docker-compose.dev.yml").read_text())["services"]

    assert set(override) == set(SERVICES)
    for service, changes in override.items():
        assert set(changes) == {"develop"}
        watch = [(each["action"], each["path"]) for each in changes["develop"]["watch"]]
        assert watch == [("rebuild", "gas"), ("rebuild", f"services/{service}")]
