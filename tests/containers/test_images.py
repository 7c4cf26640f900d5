"""Each image is what an operator accepts in production."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid

import pytest

from tests.containers.conftest import ENVIRONMENT, REVISION, ROOT, SERVICES, VERSION

pytestmark = pytest.mark.containers

MEGABYTE = 1_000_000
BUDGET = {"web": 400, "annotator": 480, "archiver": 260, "restorer": 260}

#: Where a process of the image may write while the root file system is read-only: what is mounted.
WRITABLE = {
    "web": {"/tmp", "/scratch", "/dev/shm", "/dev/mqueue"},
    "annotator": {"/tmp", "/scratch", "/dev/shm", "/dev/mqueue"},
    "archiver": {"/tmp", "/dev/shm", "/dev/mqueue"},
    "restorer": {"/tmp", "/dev/shm", "/dev/mqueue"},
}

FIND_WRITABLE = """
import json, os, tempfile
found = []
for folder, folders, _ in os.walk("/"):
    if folder in ("/proc", "/sys"):
        folders.clear()
        continue
    try:
        with tempfile.TemporaryFile(dir=folder):
            found.append(folder)
    except OSError:
        pass
print(json.dumps(found))
"""

FIND_MODULES = """
import importlib.util, json, os
names = ["pysam", "flask", "gunicorn", "globus_sdk", "moto", "pytest", "pip", "setuptools"]
found = [name for name in names if importlib.util.find_spec(name)]
listed = {name: sorted(os.listdir(path)) for name, path in [("services", "/app/services"), ("app", "/app")]}
print(json.dumps({**listed, "has": found}))
"""


def run_python(engine, service: str, code: str) -> str:
    """Run a piece of Python in the image, under the restrictions of production."""
    owned = "uid=10001,gid=10001,mode=0700"
    return engine.containers.run(
        f"gas-{service}",
        entrypoint=["python", "-c", code],
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        tmpfs={"/tmp": owned, **({"/scratch": owned} if service in {"annotator", "web"} else {})},
        network_mode="none",
        remove=True,
    ).decode()


@pytest.mark.parametrize("service", SERVICES)
def test_the_process_is_nobody_in_particular(images, service):
    """A fixed user without a name, and an entry point in exec form so that signals reach it."""
    config = images[service].attrs["Config"]

    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["python", "-m", f"services.{service}"]
    assert not config.get("Cmd")
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"][:3] == ["CMD", "python", "-m"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_says_what_it_is(images, service):
    """Version and revision lead from a running container to its source."""
    labels = images[service].labels

    assert labels["org.opencontainers.image.version"] == VERSION
    assert labels["org.opencontainers.image.revision"] == REVISION
    assert labels["org.opencontainers.image.title"] == f"GAS {service}"
    assert labels["org.opencontainers.image.licenses"] == "MIT"


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_keeps_to_its_size(images, service):
    """What is not in it need not be pulled, scanned or mended."""
    assert images[service].attrs["Size"] < BUDGET[service] * MEGABYTE


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_holds_its_own_service_alone(images, engine, service):
    """And only that service's dependencies; no installer."""
    found = json.loads(run_python(engine, service, FIND_MODULES))

    assert found["services"] == sorted({"__init__.py", "__pycache__", service})
    assert found["app"] == ["LICENSE", "gas", "services"]
    expected = {"web": {"flask", "gunicorn", "globus_sdk"}, "annotator": {"pysam"}}.get(service, set())
    assert set(found["has"]) == expected


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_can_be_written_but_what_is_declared(images, engine, service):
    """A read-only root, and scratch space where it is needed."""
    assert set(json.loads(run_python(engine, service, FIND_WRITABLE))) == WRITABLE[service]


@pytest.mark.parametrize("service", SERVICES)
def test_everything_is_compiled(images, engine, service):
    """A read-only container could never keep the bytecode that it makes at every start."""
    code = (
        "import pathlib, json; root = pathlib.Path('/app');"
        "sources = [p for p in root.rglob('*.py') if p.stat().st_size];"
        "print(json.dumps([str(p) for p in sources"
        " if not list((p.parent / '__pycache__').glob(p.stem + '.*.pyc'))]))"
    )

    assert json.loads(run_python(engine, service, code)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_told_nothing_says_what_it_needs(images, engine, service):
    """One sentence with every missing setting, and the exit status of a wrong configuration."""
    container = engine.containers.run(f"gas-{service}", detach=True, read_only=True, network_mode="none")
    try:
        status = container.wait(timeout=60)["StatusCode"]
        said = container.logs().decode()
    finally:
        container.remove(v=True)

    assert status == 78
    assert "This service cannot start" in said
    assert "GAS_JOBS_TABLE" in said
    assert "GAS_RESULTS_BUCKET" in said


def test_a_change_of_the_source_installs_nothing_anew(images, tmp_path):
    """The layer of the dependencies is reused: a rebuild takes seconds."""
    context = tmp_path / "context"
    shutil.copytree(
        ROOT, context, ignore=shutil.ignore_patterns(".git", ".venv*", ".local", "tests", "__pycache__")
    )
    changed = context / "gas" / "jobs.py"
    changed.write_text(changed.read_text() + f"\n# A change that no earlier build has seen: {uuid.uuid4()}\n")

    command = ["docker", "build", "--progress=plain", "-f", "services/annotator/Dockerfile", "."]
    done = subprocess.run(command, cwd=context, env=ENVIRONMENT, capture_output=True, text=True, check=True)

    steps = done.stderr.split("\n\n")
    (install,) = (step for step in steps if "--require-hashes" in step)
    assert "CACHED" in install
    (copied,) = (step for step in steps if "COPY gas /app/gas" in step)
    assert "CACHED" not in copied
