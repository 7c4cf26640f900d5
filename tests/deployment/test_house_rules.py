"""The rules of the house, as far as a machine can check them."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gas import ports, storage_ports

ROOT = Path(__file__).parents[2]
SERVICES = ("web", "annotator", "archiver", "restorer")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def modules(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports_of(path: Path) -> set[str]:
    """Dotted names of everything that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def importing(paths: list[Path], *prefixes: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in sorted(imports_of(path))
        if name.split(".")[0] in prefixes or any(name.startswith(f"{prefix}.") for prefix in prefixes)
    ]


def test_gas_knows_no_service():
    """What the services share depends on none of them, nor on the local cloud."""
    assert importing(modules("gas"), "services", "local", "flask", "pysam", "moto") == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_no_other_service(service):
    """They speak through topics and queues alone, and each image holds one of them."""
    others = [f"services.{other}" for other in SERVICES if other != service]

    assert importing(modules(f"services/{service}"), "local", *others) == []


def test_the_services_know_nothing_of_the_local_cloud():
    """The same code runs on AWS: there is no local branch in it."""
    assert importing(modules("gas", "services"), "local", "moto") == []
    told = re.compile(r"[\"']AWS_ENDPOINT_URL|localhost|127\.0\.0\.1")
    # A health check asks the process beside it, wherever that runs.
    paths = [path for path in modules("gas", "services") if path.stem != "health_check"]
    assert [path for path in paths if told.search(path.read_text())] == []


def test_only_one_place_speaks_to_aws():
    """boto3 is imported in gas/aws and nowhere else in the product."""
    rest = [path for path in modules("gas", "services") if "aws" not in path.relative_to(ROOT).parts]

    assert importing(rest, "boto3", "botocore") == []


def test_the_parts_of_gas_are_shared():
    """A module is here because two services need it, directly or through another one of these.

    An adapter is here in any case: nothing else speaks to AWS.
    """
    users: dict[str, set[str]] = {}
    for service in SERVICES:
        for name in _reached_from(modules(f"services/{service}")):
            users.setdefault(name, set()).add(service)
    shared = {name: who for name, who in users.items() if not name.startswith("gas.aws.")}
    lonely = {name: who for name, who in shared.items() if len(who) < 2}

    assert lonely == {}


def _reached_from(paths: list[Path]) -> set[str]:
    reached: set[str] = set()
    todo = [name for path in paths for name in imports_of(path)]
    while todo:
        name = todo.pop()
        path = _module_file(name)
        if path and path.stem != "__init__" and (module := _dotted(path)) not in reached:
            reached.add(module)
            todo += imports_of(path)
    return reached


def _module_file(name: str) -> Path | None:
    parts = name.split(".")
    for end in (len(parts), len(parts) - 1):
        path = ROOT.joinpath(*parts[:end]).with_suffix(".py")
        if parts[0] == "gas" and path.is_file():
            return path
    return None


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_a_file_is_named_by_its_subject():
    """No drawer for odds and ends."""
    stems = {path.stem for path in modules("gas", "services", "local", "tests", "benchmarks")}

    assert stems & FORBIDDEN_NAMES == set()


def test_a_port_has_at_most_five_methods():
    """A port that needs more is two ports."""
    members = inspect.getmembers(ports, inspect.isclass) + inspect.getmembers(storage_ports, inspect.isclass)
    for name, port in members:
        if getattr(port, "_is_protocol", False) and port.__module__ in {
            ports.__name__,
            storage_ports.__name__,
        }:
            methods = [each for each in vars(port) if not each.startswith("_")]
            assert len(methods) <= 5, name
            assert all(inspect.getdoc(getattr(port, method)) for method in methods), name


@pytest.mark.parametrize("folder", ["gas", "services"])
def test_modules_and_functions_stay_small(folder):
    """A module under 200 lines of code, a function on one screen."""
    for path in modules(folder):
        tree = ast.parse(path.read_text())
        assert len(path.read_text().splitlines()) <= 230, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno <= 50, f"{path}: {node.name}"


def test_the_end_to_end_tests_know_nothing_of_the_code():
    """They see what a user and an operator see."""
    assert importing(modules("tests/e2e"), "gas", "services", "local") == []


def test_requirements_are_pinned_with_hashes_and_name_no_index():
    """Every line is a version with hashes; where it comes from is the machine's affair."""
    for path in ROOT.rglob("requirements*.txt"):
        if ".venv" in path.parts:
            continue
        text = path.read_text()
        assert "://" not in text, path
        assert "index-url" not in text, path
        for block in re.split(r"\n(?=\S)", text):
            if block and not block.startswith("#"):
                assert re.match(r"[a-z0-9._\[\]-]+==\S+", block, re.IGNORECASE), block
                assert "--hash=sha256:" in block, block


def test_a_service_asks_for_no_other_version_than_its_neighbours():
    """One resolution for all."""
    pin = re.compile(r"^([a-z0-9._-]+)==([^\s;]+)(?: ; (.*?))? \\$", re.MULTILINE | re.IGNORECASE)
    everything = {(m[1], m[3]): m[2] for m in pin.finditer((ROOT / "requirements-dev.txt").read_text())}
    for service in SERVICES:
        for match in pin.finditer((ROOT / "services" / service / "requirements.txt").read_text()):
            versions = {version for (name, _), version in everything.items() if name == match[1]}
            assert match[2] in versions, (service, match[0])


IMPORT_ALL = """
import importlib, logging, sys
import numpy, pyarrow  # They set variables of their own for the libraries that they load.
def refuse(event, arguments):
    if event in {"socket.connect", "subprocess.Popen", "os.putenv", "os.system"}:
        raise RuntimeError(f"{event} {arguments} at import")
sys.addaudithook(refuse)
for name in sys.argv[1:]:
    importlib.import_module(name)
boto3 = sys.modules["boto3"]
assert boto3.DEFAULT_SESSION is None, "a client was made at import"
assert logging.root.handlers == [], "logging was set up at import"
"""


def test_importing_a_module_has_no_side_effects():
    """No client, no setting, no process, no log configuration: everything can be imported bare."""
    paths = [path for path in modules("gas", "services") if path.stem not in {"__main__", "__init__"}]
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALL, *map(_dotted, paths)]

    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
